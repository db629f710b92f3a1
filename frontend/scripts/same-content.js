// A file that the server has already is not sent again: its digest is offered first.
import { csrfToken, newKey } from "./page.js";

/** SHA-256 as hex, worked out by the worker at `address`; `onRead` hears of the bytes read. */
export function digestOf(file, address, onRead) {
  const worker = new Worker(address);
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.sha256 ? resolve(data.sha256) : onRead(data.read));
    worker.onerror = reject;
    worker.postMessage(file);
  }).finally(() => worker.terminate());
}

/** Puts the stored file of that digest where `endpoint` uploads to, under this name; false when there is none. */
export async function useAgain(sha256, name, endpoint) {
  const found = await fetch(`/api/evidence?sha256=${sha256}`, { headers: { Accept: "application/json" } });
  const [first] = found.ok ? await found.json() : [];
  if (!first) return false;
  const place = new URLSearchParams(new URL(endpoint, location.href).search);
  place.set("name", name);
  const headers = { "X-CSRF-Token": csrfToken(), "Idempotency-Key": newKey(), Accept: "application/json" };
  return (await fetch(`/api/evidence/${first.evidence_id}/uses?${place}`, { method: "POST", headers })).ok;
}
