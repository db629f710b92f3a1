// data-confirm on a form, a submit button or a link: a dialog asks first.
const passed = new WeakSet();

function ask(element) {
  const dialog = document.getElementById("confirm-dialog");
  const [title, text, ok] = [dialog.querySelector("h2"), dialog.querySelector("p"), dialog.querySelector('[value="ok"]')];
  title.textContent = element.dataset.confirmTitle ?? title.dataset.default;
  text.textContent = element.dataset.confirm;
  ok.textContent = element.dataset.confirmAction ?? ok.dataset.default;
  dialog.returnValue = "cancel";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "ok"), { once: true });
  });
}

async function hold(event, element, goOn) {
  if (passed.delete(element)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!(await ask(element))) return;
  passed.add(element);
  goOn();
}

export function startConfirm() {
  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    const element = submitter?.dataset.confirm ? submitter : form;
    if (element.dataset.confirm) hold(event, element, () => form.requestSubmit(submitter));
  }, true);
  document.addEventListener("click", (event) => {
    const element = event.target.closest?.("[data-confirm]");
    if (element && element.tagName !== "FORM" && element.form == null) hold(event, element, () => element.click());
  }, true);
}
