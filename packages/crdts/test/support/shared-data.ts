import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const root = join(import.meta.dirname, '../../../..');
const folder = process.env['QUORATE_DATA'] ?? join(root, '../shared/data');

/** Whether traces and conformance cases are there; tests of them are skipped otherwise. */
export const hasSharedData: boolean = existsSync(join(folder, 'egwalker-paper'));
if (!hasSharedData) console.warn(`editing data not found at ${folder}: tests are skipped`);

/** The JSON of one of those files, by its path without `.json.gz`. */
export function sharedJson(path: string): unknown {
  return JSON.parse(gunzipSync(readFileSync(join(folder, `${path}.json.gz`))).toString());
}
