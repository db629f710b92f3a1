// One file on its way: name, bar, pause and cancel.
const UNITS = ["B", "KB", "MB", "GB"];

export function readableSize(bytes) {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  return `${(bytes / 1024 ** power).toFixed(power ? 1 : 0)} ${UNITS[power]}`;
}

function make(tag, className, text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

export class UploadRow {
  constructor(file, words, sign) {
    this.words = words;
    this.name = file.name;
    this.total = file.size;
    this.element = make("li", "");
    this.bar = Object.assign(make("progress", ""), { max: file.size || 1, value: 0 });
    this.bar.setAttribute("aria-label", file.name);
    this.meta = make("div", "file-meta");
    const text = make("div", "");
    text.append(make("span", "file-name", file.name), this.meta);
    this.toggle = this.button(words.pause, file.name, () => this.onPause());
    this.drop = this.button(words.cancel, file.name, () => this.onCancel());
    const actions = make("div", "file-actions");
    actions.append(this.toggle, this.drop);
    this.element.append(sign, text, actions, this.bar);
    this.waiting();
  }

  button(label, name, act) {
    const button = make("button", "button-quiet button-small", label);
    button.type = "button";
    button.setAttribute("aria-label", `${label} ${name}`);
    button.addEventListener("click", act);
    return button;
  }

  label(word) {
    this.toggle.textContent = word;
    this.toggle.setAttribute("aria-label", `${word} ${this.name}`);
  }

  say(text) {
    this.meta.textContent = `${readableSize(this.total)} · ${text}`;
  }

  waiting() {
    this.toggle.hidden = true;
    this.say(this.words.waiting);
  }

  running() {
    this.toggle.hidden = false;
    this.label(this.words.pause);
    this.progress(this.bar.value, this.total);
  }

  paused(why) {
    this.toggle.hidden = false;
    this.label(this.words.resume);
    this.say(why);
  }

  compared(read) {
    if (!this.toggle.hidden) this.say(`${this.words.comparing} ${Math.floor((read / this.total) * 100)}%`);
  }

  progress(sent, total) {
    this.bar.value = sent;
    this.say(sent >= total ? this.words.checking : `${readableSize(sent)} / ${Math.floor((sent / total) * 100)}%`);
  }

  failed(why) {
    this.bar.hidden = true;
    this.toggle.hidden = true;
    this.meta.textContent = readableSize(this.total);
    this.element.append(make("div", "file-error", why));
  }

  done(digest, how) {
    this.bar.classList.add("is-good");
    this.toggle.hidden = true;
    this.drop.hidden = true;
    this.say(how + (digest ? ` · SHA-256 ${digest.slice(0, 16)}…` : ""));
  }
}
