// What was sent after the login had lapsed waits in this tab, and stands in its form again once the same person is back.
import { person } from "./page.js";

const KEPT = "kaohe:lapsed";
const address = () => location.pathname + location.search;
const forms = () => [...document.querySelectorAll('form[method="post"]')];
const typed = (field) => field.name && !["hidden", "password", "file", "submit", "button"].includes(field.type);
const ticked = (field) => ["checkbox", "radio"].includes(field.type);

function remember(form) {
  const values = [...form.elements].filter((field) => typed(field) && (!ticked(field) || field.checked)).map(({ name, value }) => [name, value]);
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ page: address(), form: forms().indexOf(form), values, by: person() }));
  } catch {
    // storage full or forbidden
  }
}

function waiting() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT));
  } catch {
    return null; // storage forbidden
  }
}

function restore({ form: index, values }) {
  const form = forms()[index];
  if (!form) return;
  const rest = values.slice();
  for (const field of [...form.elements].filter(typed)) {
    const at = rest.findIndex(([name, value]) => name === field.name && (!ticked(field) || value === field.value));
    if (ticked(field)) field.checked = at >= 0;
    else if (at >= 0) field.value = rest[at][1];
    if (at >= 0) rest.splice(at, 1);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  document.querySelector("[data-restored]").hidden = false;
}

export function startLapsed() {
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented && person() && event.target.method === "post") remember(event.target);
  });
  const kept = waiting();
  if (!kept) return;
  if (!person()) { // refused, or logging in
    if (document.querySelector("[data-lapsed]")) sessionStorage.setItem(KEPT, JSON.stringify({ ...kept, lapsed: true }));
    return;
  }
  sessionStorage.removeItem(KEPT);
  if (kept.lapsed && kept.by === person() && kept.page === address()) restore(kept);
}
