import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import { rolldown } from 'rolldown';

import { runPart } from '../dashboard/source/run-part.ts';
import { nodeSourceScript } from './node-source.ts';

const dashboardUrl = new URL('../dashboard/', import.meta.url);
const pathOf = (name: string): string => fileURLToPath(new URL(name, dashboardUrl));

/** The scripts of the page, in the order in which they are loaded. */
export const staticScripts = ['shared.js', 'page.js', 'worker.js'] as const;

/**
 * Writes the page that needs no server into `directory`: index.html, page.css, its scripts,
 * and a script with the source of the node that is loaded when somebody wants to read it.
 *
 * The scripts are no modules: browsers load modules from servers only. For the same reason, as a
 * worker cannot load any either, each of them is one function, see `run-part.ts`. What page and
 * worker have in common is in a script of its own.
 */
export async function writeStaticPage(directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const style = { entryPoints: [pathOf('page.css')], bundle: true, minify: true };
  await build({ ...style, outdir: directory, logLevel: 'silent' });
  for (const { fileName, code } of await bundleScripts()) {
    const name = JSON.stringify(`./${fileName}`);
    const part = `(self.corkboard??={})[${name}]=function(exports,require){"use strict";${code}};`;
    const run = fileName === 'page.js' ? `(${runPart.toString()})(corkboard,${name});` : '';
    writeFileSync(join(directory, fileName), part + run);
  }
  writeFileSync(join(directory, 'node-source.js'), nodeSourceScript());
  writeFileSync(join(directory, 'index.html'), staticDocument());
}

/** The code of each script, which finds that of others by `require`. */
async function bundleScripts(): Promise<{ readonly fileName: string; readonly code: string }[]> {
  const bundle = await rolldown({
    input: { page: pathOf('page.tsx'), worker: pathOf('worker.ts') },
    platform: 'browser',
    resolve: { conditionNames: ['@quorate/source', 'browser', 'import', 'default'] },
    transform: { target: 'es2022' },
    // No module reads a property or a global for what that does.
    treeshake: { propertyReadSideEffects: false, unknownGlobalSideEffects: false },
  });
  try {
    const { output } = await bundle.generate({
      format: 'cjs',
      minify: true,
      comments: false,
      esModule: false,
      strict: false,
      entryFileNames: '[name].js',
      chunkFileNames: 'shared.js',
    });
    return output.filter((file) => file.type === 'chunk');
  } finally {
    await bundle.close();
  }
}

/** The document of the served page, without its token, and with scripts that are no modules. */
function staticDocument(): string {
  const document = readFileSync(new URL('page.html', dashboardUrl), 'utf8');
  return document
    .replace(/ *<meta name="demo-token"[^>]*>\n/, '')
    .replace('href="/page.css"', 'href="page.css"')
    .replace(
      '<script type="module" src="/page.js"></script>',
      '<script defer src="shared.js"></script>\n    <script defer src="page.js"></script>',
    );
}
