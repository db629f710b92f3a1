// Contrast, the chosen tab in sight, what folds, print, text snippets, values of sliders, one box for all.
function showContrast() {
  const high = document.documentElement.dataset.contrast === "high";
  document.querySelectorAll("[data-contrast-toggle]").forEach((button) => button.setAttribute("aria-pressed", String(high)));
}

function toggleContrast() {
  const next = document.documentElement.dataset.contrast === "high" ? "normal" : "high";
  document.documentElement.dataset.contrast = next;
  localStorage.setItem("kaohe:contrast", next);
  showContrast();
}

function insert(button) {
  const field = document.querySelector(button.dataset.insert);
  field.value = [field.value.trim(), button.dataset.text].filter(Boolean).join("；");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

function put(button) {
  const field = document.getElementById(button.dataset.put);
  field.value = button.dataset.text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** In its own row only: the page stays where it is. */
function centre(tab) {
  const row = tab.closest(".tabs");
  row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
}

/** What a phone folds is open where there is room, and on paper. */
function unfold() {
  document.querySelectorAll("[data-unfold] > details").forEach((part) => { part.open = true; });
}

export function startSmall() {
  showContrast();
  if (matchMedia("(min-width: 640px)").matches) unfold();
  addEventListener("beforeprint", unfold);
  document.querySelectorAll(".tabs [aria-current]").forEach(centre);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (!button) return;
    if ("contrastToggle" in button.dataset) toggleContrast();
    if ("print" in button.dataset) window.print();
    if (button.dataset.insert) insert(button);
    if (button.dataset.put) put(button);
  });
  document.addEventListener("input", ({ target }) => {
    if (target.dataset?.slides) document.getElementById(target.dataset.slides).value = target.value;
    if (target.dataset?.checks) document.querySelectorAll(`input[name="${target.dataset.checks}"]`).forEach((box) => { box.checked = target.checked; });
    const slider = document.querySelector(`[data-slides="${CSS.escape(target.id ?? "")}"]`);
    if (slider) slider.value = target.value;
    if (target.dataset?.rangeOutput) document.querySelector(target.dataset.rangeOutput).textContent = target.value;
  });
}
