// Draws a chart above its table; the table folds below it.
import { BarChart, GaugeChart, LineChart, RadarChart } from "echarts/charts";
import { GridComponent, LegendComponent, RadarComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { gauge, radar, series, waterfall } from "./chart-options.js";

use([BarChart, LineChart, RadarChart, GaugeChart, GridComponent, LegendComponent, RadarComponent, TooltipComponent, SVGRenderer]);

const OPTIONS = { waterfall, bar: series("bar"), line: series("line"), radar, gauge };

/** The table's figures; Number only places points on the screen, what is read are the cells' own texts. */
function read(table) {
  const names = [...table.querySelectorAll("thead th")].map((cell) => cell.textContent.trim());
  const rows = [...table.querySelectorAll("tbody tr")].map((row) => ({
    label: row.querySelector("th").textContent.trim(),
    kind: row.dataset.kind,
    value: row.dataset.value,
    values: [...row.querySelectorAll("td")].map((cell) => cell.textContent.trim()),
  }));
  return { names, rows };
}

function draw(figure) {
  const canvas = figure.querySelector(".chart-canvas");
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const data = read(document.getElementById(figure.dataset.table));
  canvas.hidden = false;
  if (figure.dataset.chart === "waterfall" && canvas.clientWidth < 520) canvas.style.height = `${data.rows.length * 36 + 48}px`;
  figure.querySelector("details").open = false;
  const chart = init(canvas, null, { renderer: "svg" });
  const show = () => chart.setOption({
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 300,
    animationDurationUpdate: 0,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour("ink") },
    ...OPTIONS[figure.dataset.chart](data, colour, { narrow: canvas.clientWidth < 520, max: figure.dataset.max }),
  }, true);
  show();
  new ResizeObserver(() => { chart.resize(); show(); }).observe(canvas);
  new MutationObserver(show).observe(document.documentElement, { attributeFilter: ["data-contrast"] });
}

function drawAll(root) {
  root.querySelectorAll("[data-chart]:not([data-drawn])").forEach((figure) => {
    figure.dataset.drawn = "";
    draw(figure);
  });
}

document.addEventListener("htmx:load", ({ target }) => drawAll(target));
drawAll(document);
