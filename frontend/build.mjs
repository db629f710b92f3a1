// Builds styles and scripts into platform/kaohe/static with content-hashed names, compressed
// beside each, and manifest.json, which the server reads for asset('app.css').
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { basename, dirname, join, parse } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../platform/kaohe/static");
const entries = ["styles/app.css", "scripts/app.js", "scripts/theme.js", "scripts/charts.js", "scripts/upload.js", "scripts/hasher.js"];

const unusedPico = /^(Group|Nav|Tooltip|Card|Accordion|Modal|Loading|Checkboxes|Input type (color|file|range))\b/;

/** Pico as base only: without the parts that we draw ourselves, the dark theme, and icons in data: addresses. */
function trimPico(css) {
  const parts = css.split(/\/\*\*\n \* /).filter((part) => !unusedPico.test(part));
  const light = parts.map((part) => (part.startsWith("Color schemes") ? part.slice(0, part.indexOf("@media only screen and (prefers-color-scheme: dark)")) : part));
  return light.join("/**\n * ").replace(/--pico-icon-[a-z-]+:\s*url\("[^"]*"\);/g, "");
}

const picoAsBase = {
  name: "pico-as-base",
  setup({ onLoad }) {
    onLoad({ filter: /pico\.classless\.css$/ }, async ({ path }) => ({ contents: trimPico(await readFile(path, "utf8")), loader: "css" }));
  },
};

/** icons/*.svg as one sprite: each drawing becomes <symbol id="its file name">. */
async function sprite() {
  const names = (await readdir(join(here, "icons"))).filter((name) => name.endsWith(".svg")).sort();
  const symbols = await Promise.all(names.map(async (name) => {
    const svg = await readFile(join(here, "icons", name), "utf8");
    return svg.trim().replace(/^<svg[^>]*>/, `<symbol id="${parse(name).name}" viewBox="0 0 24 24">`).replace("</svg>", "</symbol>");
  }));
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
}

async function bundles() {
  const result = await build({
    entryPoints: entries.map((entry) => join(here, entry)),
    outdir: out,
    entryNames: "[name]",
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: ["chrome99", "firefox97", "safari15.4"],
    legalComments: "none",
    logLevel: "warning",
    plugins: [picoAsBase],
  });
  return result.outputFiles.map(({ path, contents }) => [basename(path), contents]);
}

const hashed = (name, contents) => {
  const { name: stem, ext } = parse(name);
  return `${stem}.${createHash("sha256").update(contents).digest("hex").slice(0, 10)}${ext}`;
};

const files = [...(await bundles()), ["icons.svg", Buffer.from(await sprite())], ["favicon.svg", await readFile(join(here, "favicon.svg"))]];
const manifest = {};
await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
for (const [name, contents] of files) {
  manifest[name] = hashed(name, contents);
  await writeFile(join(out, manifest[name]), contents);
  await writeFile(join(out, `${manifest[name]}.gz`), gzipSync(contents, { level: 9 }));
}
await writeFile(join(out, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
