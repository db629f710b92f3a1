// What the server wrote into the page for scripts.
const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

export const csrfToken = () => meta("csrf-token");
export const person = () => meta("person");
export const newKey = () => crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Texts for people live in the templates, so that they are translated: data-words='{"…": "…"}'. */
export const words = (element) => JSON.parse(element.dataset.words ?? "{}");
