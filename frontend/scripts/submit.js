// One click, one change: a form that is on its way takes no second click, and every change carries an idempotency key
// that stays the same for a retry and is replaced once the server has answered.
import { csrfToken, newKey } from "./page.js";

const keys = new WeakMap();
const keyField = (form) => form?.querySelector?.('input[name="idempotency_key"]');

function keyOf(element) {
  const field = keyField(element.closest("form"));
  if (field) return field.value;
  if (!keys.has(element)) keys.set(element, newKey());
  return keys.get(element);
}

function renewKey(element) {
  keys.delete(element);
  const field = keyField(element.closest("form"));
  if (field) field.value = newKey();
}

function lock(form, submitter) {
  form.dataset.busy = "";
  form.setAttribute("aria-busy", "true");
  submitter?.classList.add("is-busy");
  submitter?.setAttribute("aria-disabled", "true");
}

export function unlock(form) {
  delete form.dataset.busy;
  form.removeAttribute("aria-busy");
  form.querySelectorAll(".is-busy").forEach((button) => {
    button.classList.remove("is-busy");
    button.removeAttribute("aria-disabled");
  });
}

export function startSubmit() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" && !form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete]")) return;
    if ("busy" in form.dataset) {
      event.preventDefault();
      event.stopImmediatePropagation();
    } else {
      lock(form, event.submitter);
    }
  }, true);

  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (detail.verb === "get") return;
    detail.headers["X-CSRF-Token"] = csrfToken();
    detail.headers["Idempotency-Key"] = keyOf(detail.elt);
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const form = detail.elt.closest("form");
    if (form) unlock(form);
    if (detail.successful) renewKey(detail.elt);
  });
  // Back to a page that the browser kept: what was sent from it is done, the next click is a new change.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-busy]").forEach(unlock);
    document.querySelectorAll('input[name="idempotency_key"]').forEach((field) => { field.value = newKey(); });
  });
}
