/**
 * Bundle-size gate, run in a package's folder: `node ../../tools/size.ts .=4096 ./tcp=8192`.
 * One limit in bytes of gzip for every entry point that `exports` lists. Counts what an
 * application that imports everything from the entry ships, workspace dependencies included;
 * `node:` modules, test tools and peer dependencies, which it has anyway, stay outside.
 */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

import { build } from 'esbuild';

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const peers = Object.keys(manifest.peerDependencies ?? {});

/** The built file of every entry point, by its subpath. */
function entryPoints(): ReadonlyMap<string, string> {
  const entries = Object.entries(manifest.exports).flatMap(([subpath, target]) =>
    typeof target === 'string' ? [] : [[subpath, target.default] as const],
  );
  return new Map(entries);
}

/** Minified and gzipped size, in bytes, of everything that `file` brings into a bundle. */
async function measure(file: string): Promise<{ minified: number; gzip: number }> {
  const result = await build({
    entryPoints: [file],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    conditions: ['import'],
    external: ['node:*', 'vitest', 'fast-check', ...peers],
    write: false,
    logLevel: 'error',
  });
  const bytes = result.outputFiles[0]?.contents ?? new Uint8Array();
  return { minified: bytes.length, gzip: gzipSync(bytes).length };
}

const limits = new Map(
  process.argv.slice(2).map((argument) => {
    const [, subpath = '', limit = ''] = /^(\.[^=]*)=(\d+)$/.exec(argument) ?? [];
    if (subpath === '') throw new RangeError(`limit: expected <subpath>=<bytes>, got ${argument}`);
    return [subpath, Number(limit)] as const;
  }),
);

const entries = entryPoints();
for (const subpath of limits.keys()) {
  if (!entries.has(subpath)) throw new RangeError(`limit: no entry point ${subpath}`);
}
for (const [subpath, file] of entries) {
  const limit = limits.get(subpath);
  const { minified, gzip } = await measure(file);
  const isWithin = limit !== undefined && gzip <= limit;
  const figures = `${minified} B minified, ${gzip} B gzip, limit ${limit ?? 'missing'}`;
  console.log(`${subpath}: ${figures}${isWithin ? '' : ' <- too large'}`);
  if (!isWithin) process.exitCode = 1;
}
