/**
 * Bundle-size gate, run in a package's folder: `node ../../tools/size.ts <gzip limit in bytes>`.
 * Counts what an application that imports the whole public entry ships, with its workspace dependencies.
 */
import { brotliCompressSync, gzipSync } from 'node:zlib';

import { build } from 'esbuild';

const limit = Number(process.argv[2]);
if (!Number.isInteger(limit)) throw new Error('usage: node size.ts <gzip limit in bytes>');

const result = await build({
  entryPoints: ['dist/index.js'],
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'neutral',
  conditions: ['import'],
  write: false,
});
const bytes = result.outputFiles[0]?.contents ?? new Uint8Array();
const gzip = gzipSync(bytes).length;
console.log(
  `${String(bytes.length)} B minified, ${String(gzip)} B gzip (limit ${String(limit)}), ${String(brotliCompressSync(bytes).length)} B brotli`,
);
if (gzip > limit) process.exitCode = 1;
