import { readFileSync, writeFileSync } from 'node:fs';

/** Writes updates to a file, each behind its length. */
export function writeUpdates(file: string, updates: readonly Uint8Array[]): void {
  const sizeBytes = updates.reduce((sum, { length }) => sum + 4 + length, 0);
  const bytes = Buffer.alloc(sizeBytes);
  let at = 0;
  for (const update of updates) {
    at = bytes.writeUInt32BE(update.length, at);
    bytes.set(update, at);
    at += update.length;
  }
  writeFileSync(file, bytes);
}

/** The updates in a file, each in memory of its own, as they come from a network. */
export function readUpdates(file: string): readonly Uint8Array[] {
  const bytes = readFileSync(file);
  const updates: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 4 + bytes.readUInt32BE(at);
    updates.push(new Uint8Array(bytes.subarray(at + 4, end)));
    at = end;
  }
  return updates;
}
