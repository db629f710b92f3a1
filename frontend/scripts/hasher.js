// A worker: SHA-256 of a file, read piece by piece, so that neither the page nor the memory feels its size.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

const PIECE = 4 * 1024 * 1024;

async function read(file) {
  const hash = sha256.create();
  for (let at = 0; at < file.size; at += PIECE) {
    hash.update(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()));
    self.postMessage({ read: Math.min(at + PIECE, file.size) });
  }
  self.postMessage({ sha256: bytesToHex(hash.digest()) });
}

// A file that is changed or taken away meanwhile cannot be read; nobody would hear of a promise broken in here.
self.addEventListener("message", ({ data: file }) => read(file).catch((error) => self.postMessage({ problem: String(error) })));
