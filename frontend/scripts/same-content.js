// A file that the server has already is not sent again: its digest is offered first.
import { csrfToken, newKey } from "./page.js";

const PATIENCE = 30_000; // without an answer the file is sent instead

/** SHA-256 as hex, worked out by the worker at `address`; `onRead` hears of the bytes read. */
export function digestOf(file, address, onRead) {
  const worker = new Worker(address);
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => {
      if (data.problem) reject(new Error(data.problem));
      else if (data.sha256) resolve(data.sha256);
      else onRead(data.read);
    };
    worker.onerror = reject;
    worker.postMessage(file);
  }).finally(() => worker.terminate());
}

/** Puts the stored file of that digest where `endpoint` uploads to, under this name; false when there is none. */
export async function useAgain(sha256, name, endpoint) {
  const found = await fetch(`/api/evidence?sha256=${sha256}`, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE) });
  const [first] = found.ok ? await found.json() : [];
  if (!first) return false;
  const place = new URLSearchParams(new URL(endpoint, location.href).search);
  place.set("name", name);
  const headers = { "X-CSRF-Token": csrfToken(), "Idempotency-Key": newKey(), Accept: "application/json" };
  return (await fetch(`/api/evidence/${first.evidence_id}/uses?${place}`, { method: "POST", headers })).ok;
}
