// A disk without a byte left.
import { closeSync, openSync, writeSync } from 'node:fs';

// Fills the disk on which `ballast` lies until nothing more goes in.
export function fill(ballast) {
  const file = openSync(ballast, 'a');
  const block = Buffer.alloc(64 << 10, 1);
  try {
    for (;;) writeSync(file, block);
  } catch (cause) {
    if (cause.code !== 'ENOSPC') throw cause;
  } finally {
    closeSync(file);
  }
}
