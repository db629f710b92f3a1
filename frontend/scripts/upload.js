// Evidence slots: several files at once over tus, with progress, pause, and resumption after a cut or a new visit.
// Without this script the plain multipart form in the slot does the same for small files.
import { Upload } from "tus-js-client";
import { newKey, csrfToken, words } from "./page.js";
import { digestOf, useAgain } from "./same-content.js";
import { UploadRow } from "./upload-row.js";

const AT_ONCE = 2;
const CHUNK = 16 * 1024 * 1024; // a cut costs at most this much
const RETRY = [0, 1000, 3000, 5000, 10_000, 20_000];
const AGAIN = 15_000; // the browser does not notice when only the server, or the way to it, was away

class Slot {
  constructor(element) {
    this.element = element;
    this.words = words(element);
    this.queue = [];
    this.listed = Promise.resolve();
    this.sign = element.querySelector("[data-upload-choose] .icon");
    this.list = element.querySelector("[data-upload-queue]");
    this.status = element.querySelector("[data-upload-status]");
    this.input = element.querySelector('input[type="file"]');
    element.querySelector("[data-upload-plain]").hidden = true;
    element.querySelector("[data-upload-drop]").hidden = false;
    this.listen();
  }

  listen() {
    const { element, input } = this;
    element.querySelector("[data-upload-choose]").addEventListener("click", () => input.click());
    element.querySelector("[data-upload-camera]").addEventListener("click", () => this.photograph());
    input.addEventListener("change", () => { this.add(input.files); input.value = ""; });
    element.addEventListener("dragover", (event) => { event.preventDefault(); element.classList.add("is-over"); });
    element.addEventListener("dragleave", (event) => { if (!element.contains(event.relatedTarget)) element.classList.remove("is-over"); });
    element.addEventListener("drop", (event) => {
      event.preventDefault();
      element.classList.remove("is-over");
      this.add(event.dataTransfer.files);
    });
  }

  photograph() {
    const camera = Object.assign(document.createElement("input"), { type: "file", accept: "image/*" });
    camera.setAttribute("capture", "environment");
    camera.addEventListener("change", () => this.add(camera.files));
    camera.click();
  }

  add(files) {
    this.list.hidden = false;
    for (const file of files) {
      const entry = { file, state: "waiting", key: newKey(), row: new UploadRow(file, this.words, this.sign.cloneNode(true)) };
      entry.row.onPause = () => this.pause(entry);
      entry.row.onCancel = () => this.cancel(entry);
      this.list.append(entry.row.element);
      this.queue.push(entry);
      if (file.size === 0) this.fail(entry, this.words.empty);
      else if (file.size > Number(this.element.dataset.maxMb) * 1024 * 1024) this.fail(entry, this.words.too_big);
    }
    this.next();
  }

  next() {
    const running = this.queue.filter((entry) => entry.state === "running").length;
    this.queue.filter((entry) => entry.state === "waiting").slice(0, Math.max(0, AT_ONCE - running)).forEach((entry) => this.start(entry));
  }

  async start(entry) {
    entry.state = "running";
    entry.row.running();
    if (!entry.upload) {
      if (await this.isThere(entry)) return;
      if (entry.state !== "running") return;
      entry.upload = this.prepare(entry);
      const [earlier] = await entry.upload.findPreviousUploads();
      if (earlier) entry.upload.resumeFromPreviousUpload(earlier);
    }
    if (entry.state === "running") entry.upload.start();
  }

  /** Whether the server had the same content and has put it here without a transfer. */
  async isThere(entry) {
    const { endpoint, hasher } = this.element.dataset;
    try {
      entry.digest ??= digestOf(entry.file, hasher, (read) => entry.row.compared(read));
      const digest = await entry.digest;
      if (entry.state !== "running" || !(await useAgain(digest, entry.file.name, endpoint))) return false;
      await this.done(entry, digest, this.words.reused);
      return true;
    } catch {
      return false; // it goes up like any other
    }
  }

  prepare(entry) {
    const { file } = entry;
    const { endpoint, slot } = this.element.dataset;
    return new Upload(file, {
      endpoint,
      chunkSize: CHUNK,
      retryDelays: RETRY,
      removeFingerprintOnSuccess: true,
      fingerprint: async () => ["kaohe", endpoint, slot, file.name, file.size, file.lastModified].join("|"),
      metadata: { filename: file.name, filetype: file.type, slot },
      headers: { "X-CSRF-Token": csrfToken() },
      // The creation keeps one key, so that a retry does not make a second upload.
      onBeforeRequest: (request) => request.setHeader("Idempotency-Key", request.getMethod() === "POST" ? entry.key : newKey()),
      onProgress: (sent, total) => entry.row.progress(sent, total),
      onSuccess: ({ lastResponse }) => this.done(entry, lastResponse?.getHeader("X-Content-SHA256")),
      onError: (error) => this.failed(entry, error),
    });
  }

  pause(entry) {
    if (entry.state === "running") {
      entry.upload?.abort();
      entry.state = "paused";
      entry.row.paused(this.words.paused);
    } else {
      entry.state = "waiting";
      entry.row.waiting();
    }
    this.next();
  }

  cancel(entry) {
    entry.state = "cancelled";
    entry.upload?.abort(true).catch(() => {}); // what the server still holds is swept there
    this.forget(entry);
    this.next();
  }

  failed(entry, error) {
    const answer = error.originalResponse;
    if (!answer || answer.getStatus() === 0) {
      this.hold(entry);
      return;
    }
    let said = "";
    try { said = JSON.parse(answer.getBody()).detail; } catch { /* no words of the server's own */ }
    this.fail(entry, said || this.words.failed);
  }

  fail(entry, why) {
    entry.state = "failed";
    entry.row.failed(why);
    this.status.textContent = `${entry.file.name}：${why}`;
    this.next();
  }

  async done(entry, digest, how = this.words.done) {
    entry.state = "done";
    entry.row.done(digest, how);
    this.status.textContent = `${how}：${entry.file.name}`;
    this.next();
    if (!this.element.dataset.filesHref) return;
    this.listed = this.listed.then(() => this.reload()).catch(() => false);
    if (await this.listed) this.forget(entry);
  }

  /** The list as the server has it now: names, digests, links. One after the other: an older answer must not come last. */
  async reload() {
    const response = await fetch(this.element.dataset.filesHref, { headers: { "HX-Request": "true", Accept: "text/html" } });
    if (!response.ok) return false;
    const list = this.element.querySelector("[data-upload-files]");
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-upload-files]");
    if (!fresh) return false;
    list.replaceWith(fresh);
    window.htmx.process(fresh);
    return true;
  }

  forget(entry) {
    entry.row.element.remove();
    this.queue = this.queue.filter((other) => other !== entry);
    this.list.hidden = this.queue.length === 0;
  }

  /** Said at once, and resumed by `backOnline`, instead of retries that cannot succeed. */
  goOffline() {
    for (const entry of this.queue.filter(({ state, upload }) => state === "running" && upload)) {
      entry.upload.abort();
      this.hold(entry);
    }
  }

  hold(entry) {
    entry.state = "offline";
    entry.row.paused(this.words.offline);
    clearTimeout(this.again);
    this.again = setTimeout(() => this.backOnline(), AGAIN);
  }

  backOnline() {
    this.queue.filter((entry) => entry.state === "offline").forEach((entry) => { entry.state = "waiting"; });
    this.next();
  }

  get busy() {
    return this.queue.some((entry) => ["waiting", "running", "offline"].includes(entry.state));
  }
}

const slots = new Map();
let lastTouched = null;

function enhance(root) {
  root.querySelectorAll?.("[data-upload]").forEach((element) => {
    if (!slots.has(element)) slots.set(element, new Slot(element));
  });
  for (const element of slots.keys()) if (!element.isConnected) slots.delete(element);
}

function pasteTarget() {
  if (slots.size === 1) return [...slots.values()][0];
  return slots.get(document.activeElement?.closest("[data-upload]")) ?? slots.get(lastTouched);
}

document.addEventListener("pointerover", ({ target }) => { lastTouched = target.closest?.("[data-upload]") ?? lastTouched; });
document.addEventListener("paste", (event) => {
  const { files } = event.clipboardData;
  if (!files.length) return;
  event.preventDefault();
  pasteTarget()?.add(files);
});
// A file dropped beside a slot must not replace the page.
for (const name of ["dragover", "drop"]) document.addEventListener(name, (event) => event.preventDefault());
window.addEventListener("offline", () => slots.forEach((slot) => slot.goOffline()));
window.addEventListener("online", () => slots.forEach((slot) => slot.backOnline()));
window.addEventListener("beforeunload", (event) => { if ([...slots.values()].some((slot) => slot.busy)) event.preventDefault(); });
document.addEventListener("htmx:load", ({ target }) => enhance(target));
enhance(document);
