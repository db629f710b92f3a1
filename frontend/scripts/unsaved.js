// Forms marked data-unsaved: whoever leaves the page with something typed and not saved is asked first. They are known
// by id, so that a form which the server sent anew (another rule) stays what it was.
const typed = new Set();

export function startUnsaved() {
  document.querySelectorAll('form[data-unsaved="typed"]').forEach((form) => typed.add(form.id)); // refused: still not saved
  document.addEventListener("input", ({ target }) => {
    const form = target.closest?.("form[data-unsaved]");
    if (form) typed.add(form.id);
  });
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented && "unsaved" in event.target.dataset) typed.delete(event.target.id);
  });
  window.addEventListener("beforeunload", (event) => { if (typed.size) event.preventDefault(); });
}
