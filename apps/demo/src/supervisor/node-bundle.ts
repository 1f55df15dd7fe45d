import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { build, stop } from 'esbuild';

const requireBanner =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** The program as one file, for processes that are started often. */
export interface NodeBundle {
  readonly mainFile: string;
  /** Removes it. */
  readonly dispose: () => void;
}

/**
 * Bundles `mainFile` with all it needs. A node that runs from its sources compiles hundreds of
 * files in each process, which takes most of its start and a third of its memory.
 */
export async function bundleNode(mainFile: string): Promise<NodeBundle> {
  const directory = mkdtempSync(join(tmpdir(), 'quorate-node-'));
  await build({
    entryPoints: [mainFile],
    bundle: true,
    splitting: true,
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    platform: 'node',
    format: 'esm',
    target: 'node22',
    conditions: ['@quorate/source'],
    external: ['esbuild'],
    // Some of what carriers use is CommonJS, which asks for modules of Node by `require`.
    banner: { js: requireBanner },
    // Node keeps the text of a program for as long as it runs. Names stay, for who reads a trace.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    sourcemap: 'linked',
    logLevel: 'silent',
  });
  return {
    mainFile: join(directory, 'main.mjs'),
    dispose: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Ends the process that bundles, which would stay and keep its memory. */
export async function endBundler(): Promise<void> {
  await stop();
}
