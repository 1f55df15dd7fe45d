/** `node src/write-static-page.ts DIRECTORY`: writes the page that needs no server. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

import { writeStaticPage } from './supervisor/static-page.ts';

const directory = resolve(process.argv[2] ?? 'corkboard-page');
const { first, later, worker } = await writeStaticPage(directory);
const inKilobytes = (size: number): string => `${(size / 1_000).toFixed(1)} kB compressed`;

function tell(title: string, names: readonly string[]): number {
  const sizes = names.map((name) => {
    return gzipSync(readFileSync(join(directory, name)), { level: 9 }).length;
  });
  const size = sizes.reduce((sum, each) => sum + each, 0);
  console.log(`${title}: ${inKilobytes(size)}`);
  for (const [index, name] of names.entries()) {
    console.log(`  ${name}: ${inKilobytes(sizes[index] ?? 0)}`);
  }
  return size;
}

const size =
  tell('what the page waits for', first) +
  tell('other screens and charts', later) +
  tell('the cluster', worker);
console.log(`all scripts: ${inKilobytes(size)}`);
console.log(`${directory}/index.html`);
