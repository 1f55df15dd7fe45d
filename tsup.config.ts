import { readFileSync } from 'node:fs';

import { defineConfig } from 'tsup';

interface Manifest {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

/** Every subpath that names a source file is an entry, so `exports` is the only list of them. */
function entriesOf(manifest: Manifest): Record<string, string> {
  const sources = Object.values(manifest.exports).flatMap((target) =>
    typeof target === 'string' ? [] : [target['@quorate/source'] ?? ''],
  );
  return Object.fromEntries(
    sources
      .filter((source) => source !== '')
      .map((source) => [source.replace(/^\.\/src\//, '').replace(/\.ts$/, ''), source]),
  );
}

/** Shared by every package: `tsup --config ../../tsup.config.ts` runs in the package's folder. */
export default defineConfig({
  entry: entriesOf(JSON.parse(readFileSync('package.json', 'utf8')) as Manifest),
  format: ['esm'],
  target: 'es2022',
  dts: true,
  sourcemap: true,
  clean: true,
  treeshake: true,
  // `node:net` says that it is Node's, to readers and to bundlers.
  removeNodeProtocol: false,
});
