import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../../..');
const folder = join(process.env['QUORATE_DATA'] ?? join(root, '../shared/data'), 'rtt');

/** Whether measured round trips are there; tests of them are skipped otherwise. */
export const hasRoundTrips: boolean = existsSync(folder);
if (!hasRoundTrips) console.warn(`round-trip data not found at ${folder}: tests are skipped`);

/** Round trips of 24 links of the Internet. */
export function roundTripText(): string {
  return readFileSync(join(folder, 'seattle-rtt-24links.csv'), 'utf8');
}
