/**
 * Bundle-size gate, run in a package's folder: `node ../../tools/size.ts .=4096 ./tcp=8192`.
 * One limit in bytes of gzip for every entry point that `exports` lists. Counts what an
 * application that imports everything from the entry ships, workspace dependencies included;
 * `node:` modules, test tools and peer dependencies, which it has anyway, stay outside.
 *
 * A limit may also be that of some names alone, `./text#TextDocument,mark=4096`: what is left of
 * the entry for an application that imports nothing else.
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

/** Minified and gzipped size, in bytes, of what `names` of `file` bring into a bundle. */
async function measure(file: string, names: string): Promise<{ minified: number; gzip: number }> {
  const contents = `export ${names === '' ? '*' : `{ ${names} }`} from ${JSON.stringify(file)};`;
  const result = await build({
    stdin: { contents, resolveDir: process.cwd() },
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

interface Limit {
  readonly subpath: string;
  /** Names by commas; none for all of them. */
  readonly names: string;
  readonly gzip: number;
}

const limits = process.argv.slice(2).map((argument): Limit => {
  const form = /^(\.[^=#]*)(?:#([\w,]+))?=(\d+)$/;
  const [, subpath = '', names = '', gzip = ''] = form.exec(argument) ?? [];
  if (subpath !== '') return { subpath, names, gzip: Number(gzip) };
  throw new RangeError(`limit: expected <subpath>[#<names>]=<bytes>, got ${argument}`);
});

const entries = entryPoints();
for (const { subpath } of limits) {
  if (!entries.has(subpath)) throw new RangeError(`limit: no entry point ${subpath}`);
}
for (const [subpath, file] of entries) {
  const own = limits.filter((limit) => limit.subpath === subpath);
  const isWhole = own.some(({ names }) => names === '');
  for (const { names, gzip: limit } of isWhole ? own : [{ names: '', gzip: -1 }, ...own]) {
    const { minified, gzip } = await measure(file, names);
    const isWithin = gzip <= limit;
    const bound = limit < 0 ? 'missing' : String(limit);
    const figures = `${minified} B minified, ${gzip} B gzip, limit ${bound}`;
    const subject = names === '' ? subpath : `${subpath}#${names}`;
    console.log(`${subject}: ${figures}${isWithin ? '' : ' <- too large'}`);
    if (!isWithin) process.exitCode = 1;
  }
}
