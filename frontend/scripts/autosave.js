// <form data-autosave="URL">: what is typed is kept on this machine at once and sent to URL a moment later, one request
// at a time, with the version it was based on. A 409 brings the other person's text beside ours and stops until one chooses.
import { forget, forgetOld, keep, kept } from "./drafts.js";
import { readProblem } from "./errors.js";
import { csrfToken, newKey, words } from "./page.js";

const PAUSE = 800;
const RETRY = 5000;
const PATIENCE = 60_000; // a request without an answer is given up and sent again, with the same key
const SKIPPED = new Set(["csrf_token", "idempotency_key", "version"]);

class Autosave {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.autosave;
    this.words = words(form);
    this.status = form.querySelector("[data-autosave-status]");
    this.conflict = form.querySelector("[data-autosave-conflict]");
    this.version = form.elements.namedItem("version");
    this.saved = this.text();
    this.sending = false;
    this.stopped = false;
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
    form.addEventListener("click", (event) => this.choose(event));
    form.addEventListener("submit", () => this.leave());
    window.addEventListener("pageshow", (event) => { if (event.persisted) this.stopped = false; });
    window.addEventListener("online", () => this.send());
    window.addEventListener("pagehide", () => this.send(true));
    this.offerDraft();
  }

  /** The form's own fields as one comparable text; files and technical fields are not drafts. */
  text() {
    const pairs = [...new FormData(this.form)].filter(([name, value]) => !SKIPPED.has(name) && typeof value === "string");
    return new URLSearchParams(pairs).toString();
  }

  say(state, text) {
    this.status.dataset.state = state;
    this.status.textContent = text;
  }

  changed() {
    if (this.text() === this.saved && !this.sending) return;
    this.isKept = keep(this.url, { text: this.text(), version: this.version.value });
    if (this.stopped) return;
    this.say("pending", this.words.pending);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), PAUSE);
  }

  async send(leaving = false) {
    const text = this.text();
    if (text === this.saved || this.stopped || (this.sending && !leaving)) return;
    clearTimeout(this.timer);
    // A retry of the same text is the same change to the server.
    if (this.sent?.text !== text) this.sent = { text, key: newKey() };
    const body = new URLSearchParams(text);
    body.set("version", this.version.value);
    this.sending = true;
    try {
      const headers = { "X-CSRF-Token": csrfToken(), "Idempotency-Key": this.sent.key, "X-Autosave": "1", Accept: "application/json, text/html" };
      await this.answered(await fetch(this.url, { method: "POST", body, headers, keepalive: leaving, signal: AbortSignal.timeout(PATIENCE) }), text);
    } catch {
      this.later(this.words.offline);
    } finally {
      this.sending = false;
    }
    if (!this.timer && this.text() !== text) this.changed();
  }

  later(why) {
    this.say("failed", why);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), RETRY);
  }

  async answered(response, text) {
    this.timer = null;
    if (response.ok) return this.acknowledged(await response.json(), text);
    const body = await response.text();
    if (response.status === 409 && this.conflict && !body.startsWith("{")) return this.showConflict(body);
    const { title, detail } = readProblem(body);
    if (response.status >= 500 || response.status === 429) return this.later(title || this.words.offline);
    this.say("failed", [title || this.words.refused, detail].filter(Boolean).join("："));
  }

  acknowledged({ version, saved_at: time }, text) {
    this.version.value = version;
    this.saved = text;
    if (this.text() === text) {
      forget(this.url);
      this.say("saved", this.words.saved.replace("{time}", time));
    } else {
      this.changed();
    }
  }

  showConflict(html) {
    this.stopped = true;
    this.say("failed", this.words.conflict);
    this.conflict.innerHTML = html;
    const panel = this.conflict.firstElementChild;
    panel.tabIndex = -1;
    panel.focus();
  }

  choose(event) {
    const choice = event.target.closest?.("[data-conflict]")?.dataset.conflict;
    if (!choice) return;
    if (choice === "theirs") {
      this.stopped = true;
      forget(this.url);
      return;
    }
    this.version.value = this.conflict.querySelector("[data-conflict-version]").dataset.conflictVersion;
    this.conflict.replaceChildren();
    this.stopped = false;
    this.send();
  }

  /** The form is sent as a whole: nothing else may be on its way. The draft stays until a page proves that it arrived. */
  leave() {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  offerDraft() {
    const draft = kept(this.url);
    if (!draft) return;
    if (draft.text === this.saved) return forget(this.url);
    const offer = this.form.querySelector("[data-autosave-draft]");
    if (!offer) return;
    offer.hidden = false;
    offer.querySelectorAll("[data-draft-time]").forEach((time) => { time.textContent = new Date(draft.at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }); });
    offer.addEventListener("click", (event) => {
      const choice = event.target.closest?.("[data-draft]")?.dataset.draft;
      if (!choice) return;
      offer.hidden = true;
      if (choice === "restore") this.restore(draft);
      else forget(this.url);
    });
  }

  restore({ text, version }) {
    const values = new URLSearchParams(text);
    for (const field of this.form.elements) {
      if (!field.name || SKIPPED.has(field.name) || field.type === "file") continue;
      if (["checkbox", "radio"].includes(field.type)) field.checked = values.getAll(field.name).includes(field.value);
      else if (values.has(field.name)) field.value = values.get(field.name);
    }
    // Based on what was there when it was typed: if somebody saved since, the server shows both.
    this.version.value = version;
    this.changed();
  }
}

export function startAutosave(root) {
  if (root === document.body) forgetOld();
  const forms = root.matches?.("form[data-autosave]") ? [root] : root.querySelectorAll?.("form[data-autosave]") ?? [];
  forms.forEach((form) => { form.autosave ??= new Autosave(form); });
}
