// Unsent text, kept on this machine until the server has acknowledged it.
import { person } from "./page.js";

const MONTH = 30 * 24 * 3600 * 1000;
const PREFIX = "kaohe:draft:";
const keyOf = (url) => `${PREFIX}${person()}:${url}`;

export function keep(url, draft) {
  try {
    localStorage.setItem(keyOf(url), JSON.stringify({ ...draft, at: Date.now() }));
    return true;
  } catch {
    return false; // storage full or forbidden: the page itself still holds the text
  }
}

export function kept(url) {
  const text = localStorage.getItem(keyOf(url));
  return text ? JSON.parse(text) : null;
}

export const forget = (url) => localStorage.removeItem(keyOf(url));

export function forgetOld() {
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
    if (Date.now() - JSON.parse(localStorage.getItem(key)).at > MONTH) localStorage.removeItem(key);
  }
}
