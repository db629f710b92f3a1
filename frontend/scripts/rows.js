// Tables of a form: a row more, a row less. Without scripts there are empty rows at the end, and a row is emptied by hand:
// the server takes an empty row for none, so a row that is taken away stays on the page, emptied and hidden.
const rowsOf = (table) => [...table.querySelectorAll("[data-row]")].filter((row) => row.closest("[data-rows]") === table);

function empty(row) {
  row.querySelectorAll("input, select, textarea").forEach((field) => {
    if (field.type === "checkbox") field.checked = false;
    else field.value = "";
  });
}

/** The last row is always an empty one as the server made it: a copy starts from that, whatever was typed into it. */
function blank(row) {
  row.querySelectorAll("input, select, textarea").forEach((field) => {
    if (field.type === "checkbox") field.checked = field.defaultChecked;
    else field.value = "";
  });
}

function renumber(row, table, number) {
  const { rows: name, label } = table.dataset;
  const changed = (text) => text.replaceAll(`${name}.${number - 1}.`, `${name}.${number}.`).replace(`${label} ${number}`, `${label} ${number + 1}`);
  row.querySelectorAll("*").forEach((part) => {
    ["id", "name", "for", "aria-label", "aria-describedby", "data-rows"].filter((each) => part.hasAttribute(each))
      .forEach((each) => part.setAttribute(each, changed(part.getAttribute(each))));
    if (part.matches(".vh")) part.textContent = changed(part.textContent);
  });
}

function add(table) {
  const last = rowsOf(table).at(-1);
  const row = last.cloneNode(true);
  renumber(row, table, rowsOf(table).length);
  blank(row);
  row.hidden = false;
  row.querySelectorAll("[data-row]").forEach((inner) => { inner.hidden = false; });
  if (row.tagName === "DETAILS") row.open = true;
  last.after(row);
  row.querySelector("input:not([type=hidden]), select, textarea").focus();
}

function drop(row) {
  const table = row.closest("[data-rows]");
  empty(row);
  row.hidden = true;
  row.dispatchEvent(new Event("input", { bubbles: true }));
  table.querySelector(":scope > [data-add-row]").focus();
}

export function startRows() {
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-add-row], [data-drop-row]");
    if (!button) return;
    if ("addRow" in button.dataset) add(button.closest("[data-rows]"));
    else drop(button.closest("[data-row]"));
  });
}
