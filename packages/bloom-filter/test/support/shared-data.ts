import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../../..');
const folder = join(process.env['QUORATE_DATA'] ?? join(root, '../shared/data'), 'filters');

/** Whether the files of other implementations are there; tests of them are skipped otherwise. */
export const hasSharedData: boolean = existsSync(folder);
if (!hasSharedData) console.warn(`conformance data not found at ${folder}: tests are skipped`);

/** One of those files. */
export function sharedFile(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(folder, name)));
}
