import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build, type BuildOptions } from 'esbuild';

const dashboardUrl = new URL('../dashboard/', import.meta.url);

/**
 * Writes the page that needs no server into `directory`: index.html, page.js, page.css, worker.js.
 *
 * Its scripts are no modules: browsers load modules from servers only. For the same reason the
 * worker is one function; `start-worker.ts` makes a worker of it.
 */
export async function writeStaticPage(directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const common: BuildOptions = {
    bundle: true,
    minify: true,
    outdir: directory,
    conditions: ['@quorate/source'],
    format: 'iife',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'silent',
  };
  const pathOf = (name: string): string => fileURLToPath(new URL(name, dashboardUrl));
  await build({ ...common, entryPoints: ['page.tsx', 'page.css'].map(pathOf) });
  const asFunction = { banner: { js: 'function corkboardWorker(){' }, footer: { js: '}' } };
  await build({ ...common, ...asFunction, entryPoints: [pathOf('worker.ts')] });
  writeFileSync(join(directory, 'index.html'), staticDocument());
}

/** The document of the served page, without its token, and with scripts that are no modules. */
function staticDocument(): string {
  const document = readFileSync(new URL('page.html', dashboardUrl), 'utf8');
  return document
    .replace(/ *<meta name="demo-token"[^>]*>\n/, '')
    .replace('href="/page.css"', 'href="page.css"')
    .replace(
      '<script type="module" src="/page.js"></script>',
      '<script defer src="worker.js"></script>\n    <script defer src="page.js"></script>',
    );
}
