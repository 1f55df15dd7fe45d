/** `node src/write-static-page.ts DIRECTORY`: writes the page that needs no server. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

import { staticScripts, writeStaticPage } from './supervisor/static-page.ts';

const directory = resolve(process.argv[2] ?? 'corkboard-page');
await writeStaticPage(directory);
let total = 0;
for (const name of staticScripts) {
  const { length } = gzipSync(readFileSync(join(directory, name)), { level: 9 });
  console.log(`${name}: ${(length / 1_000).toFixed(1)} kB compressed`);
  total += length;
}
console.log(`all scripts: ${(total / 1_000).toFixed(1)} kB compressed`);
console.log(`${directory}/index.html`);
