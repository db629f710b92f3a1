// The grading page by keyboard. Single keys can be switched off (WCAG 2.1.4) in the help dialog.
const page = () => document.querySelector("[data-grading]");
const singleKeys = () => localStorage.getItem("kaohe:keys") !== "off";
const isTyping = (element) => element.matches?.("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");

function help() {
  const dialog = document.getElementById("grading-help");
  if (!dialog) return;
  dialog.querySelectorAll("[data-single-keys]").forEach((box) => { box.checked = singleKeys(); });
  dialog.showModal();
}

function startPoints(digit) {
  const place = page().querySelector("[data-grading-points]");
  const field = place?.matches("input") ? place : place?.querySelector("input.input-points");
  if (!field) return;
  field.focus();
  field.value = digit;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

const follow = (rel) => document.querySelector(`main a[rel="${rel}"]`)?.click();

function press(event) {
  if (!page() || event.isComposing || document.querySelector("dialog[open]")) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    page().querySelector("[data-grading-next]")?.click();
    return;
  }
  if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey || !singleKeys()) return;
  const act = { j: () => follow("next"), k: () => follow("prev"), "?": help }[event.key];
  if (act) act();
  else if (/^[0-9]$/.test(event.key)) startPoints(event.key);
  else return;
  event.preventDefault();
}

export function startGrading() {
  document.addEventListener("keydown", press);
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-grading-help]")) help();
  });
  document.addEventListener("change", ({ target }) => {
    if ("singleKeys" in (target.dataset ?? {})) localStorage.setItem("kaohe:keys", target.checked ? "on" : "off");
  });
}
