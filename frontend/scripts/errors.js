// What went wrong, said where the person looks: a fragment with the corrections goes into its place,
// everything else becomes a toast made of the server's own words.
const region = () => document.getElementById("toasts");

export function toast(title, detail = "", reference = "") {
  const box = document.createElement("div");
  box.className = "notice notice-bad";
  const text = document.createElement("div");
  const strong = document.createElement("strong");
  strong.textContent = title;
  text.append(strong);
  for (const line of [detail, reference && `${region().dataset.reference} ${reference}`]) {
    if (!line || line === title) continue;
    const paragraph = document.createElement("p");
    paragraph.textContent = line;
    text.append(paragraph);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button-quiet";
  close.textContent = "×";
  close.setAttribute("aria-label", region().dataset.close);
  close.addEventListener("click", () => box.remove());
  box.append(text, close);
  // The same again (a page that asks every second) takes the place of the one before.
  const others = [...region().children].filter((other) => other.textContent !== box.textContent);
  region().replaceChildren(...others.slice(-2), box);
}

/** The words of an RFC 9457 answer; empty when the body is something else. */
export function readProblem(body) {
  try {
    const { title = "", detail = "", next_step: next = "", request_id: reference = "" } = JSON.parse(body);
    return { title, detail: [detail === title ? "" : detail, next].filter(Boolean).join(" "), reference };
  } catch {
    return {};
  }
}

export function startErrors() {
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const isPage = (detail.xhr.getResponseHeader("Content-Type") ?? "").startsWith("text/html");
    if (isPage && [409, 422].includes(detail.xhr.status)) Object.assign(detail, { shouldSwap: true, isError: false });
  });
  document.addEventListener("htmx:responseError", ({ detail }) => {
    if (detail.xhr.status === 401) {
      location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
      return;
    }
    const { title, detail: text, reference } = readProblem(detail.xhr.responseText);
    toast(title || region().dataset.failed, text, reference || detail.xhr.getResponseHeader("X-Request-Id"));
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, () => toast(region().dataset.offline));
  }
}
