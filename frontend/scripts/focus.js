// Where the keyboard stands after a load or a swap: at the error summary or receipt if there is one,
// else where it was; never lost on <body>.
function focus(element) {
  if (!element.matches("a[href], button, input, select, textarea, summary, [tabindex]")) element.tabIndex = -1;
  element.focus({ preventScroll: false });
}

export function startFocus() {
  const first = document.querySelector("[data-autofocus]");
  if (first) focus(first);
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    const wanted = detail.elt.matches("[data-autofocus]") ? detail.elt : detail.elt.querySelector("[data-autofocus]");
    if (wanted) focus(wanted);
    else if (document.activeElement === document.body && document.contains(detail.elt)) focus(detail.elt);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".error-summary a[href^='#']");
    const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!field) return;
    event.preventDefault();
    field.closest(".field")?.scrollIntoView({ block: "center" });
    field.focus({ preventScroll: true });
  });
}
