// <input data-filter="#list">: keeps the items in which every typed word occurs.
function apply(input) {
  const list = document.querySelector(input.dataset.filter);
  const wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const item of list.querySelectorAll("[data-filter-item]")) {
    const text = `${item.textContent} ${item.dataset.filterWords ?? ""}`.toLowerCase();
    item.hidden = !wanted.every((word) => text.includes(word));
    if (!item.hidden) shown += 1;
  }
  for (const group of list.querySelectorAll("[data-filter-group]")) {
    group.hidden = !group.querySelector("[data-filter-item]:not([hidden])");
  }
  list.querySelectorAll("[data-filter-count]").forEach((count) => { count.textContent = shown; });
  list.querySelectorAll("[data-filter-none]").forEach((none) => { none.hidden = shown > 0; });
}

export function startFilters() {
  document.addEventListener("input", ({ target }) => {
    if (target.dataset?.filter) apply(target);
  });
  document.addEventListener("keydown", (event) => {
    // Enter in the search box must not send the form around it.
    if (event.key === "Enter" && event.target.dataset?.filter) event.preventDefault();
  });
}
