import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const root = join(import.meta.dirname, '../../../..');
const folder = join(process.env['QUORATE_DATA'] ?? join(root, '../shared/data'), 'hashing');

/** Whether the conformance data is there; tests that need it are skipped without it, and say so. */
export const hasSharedData: boolean = existsSync(folder);
if (!hasSharedData) console.warn(`conformance data not found at ${folder}: tests are skipped`);

/** The text of a file of the conformance data, unpacked; nothing where there is no data. */
export function sharedText(name: string): string {
  if (!hasSharedData) return '';
  const bytes = readFileSync(join(folder, name));
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

/** The same as lines, empty ones left out. */
export function sharedLines(name: string): string[] {
  return sharedText(name)
    .split('\n')
    .filter((line) => line !== '');
}
