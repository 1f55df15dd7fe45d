/** `node src/write-static-page.ts DIRECTORY`: writes the page that needs no server. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

import { writeStaticPage } from './supervisor/static-page.ts';

const directory = resolve(process.argv[2] ?? 'corkboard-page');
const { first, worker, charts, screens } = await writeStaticPage(directory);
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

const visit = tell('what the page waits for', first) + tell('the cluster', worker);
console.log(`a visit of the first screen: ${inKilobytes(visit)}`);
const later =
  tell('charts, once somebody scrolls to them', charts) +
  tell('other screens, once somebody asks for one', screens);
console.log(`all scripts: ${inKilobytes(visit + later)}`);
console.log(`${directory}/index.html`);
