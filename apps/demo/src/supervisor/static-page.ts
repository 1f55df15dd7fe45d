import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import { type OutputChunk, rolldown } from 'rolldown';

import { loadPart } from '../dashboard/source/load-part.ts';
import { runPart } from '../dashboard/source/run-part.ts';
import { nodeSourceScript } from './node-source.ts';

const dashboardUrl = new URL('../dashboard/', import.meta.url);
const pathOf = (name: string): string => fileURLToPath(new URL(name, dashboardUrl));

/** The files of the scripts of the page, each of them once, by who waits for them. */
export interface StaticScripts {
  /** Before the page is seen. */
  readonly first: readonly string[];
  /** Before the cluster begins. */
  readonly worker: readonly string[];
  /** Before charts: nobody loads them who does not scroll to some. */
  readonly charts: readonly string[];
  /** Before other screens: nobody loads them who asks for none. */
  readonly screens: readonly string[];
}

/** One script: a function, and which others have to be there before it runs. */
interface Script {
  /** As others require it. */
  readonly name: string;
  readonly code: string;
  readonly needs: readonly string[];
}

/**
 * Writes the page that needs no server into `directory`: index.html, page.css, its scripts,
 * and a script with the source of the node that is loaded when somebody wants to read it.
 *
 * The scripts are no modules: browsers load modules from servers only. For the same reason, as a
 * worker cannot load any either, each of them is one function, see `run-part.ts`. What several of
 * them have in common is in scripts of their own.
 */
export async function writeStaticPage(directory: string): Promise<StaticScripts> {
  mkdirSync(directory, { recursive: true });
  const style = { entryPoints: [pathOf('page.css')], bundle: true, minify: true };
  await build({ ...style, outdir: directory, logLevel: 'silent' });
  const scripts = await bundleScripts();
  const needs = Object.fromEntries(scripts.map((script) => [script.name, script.needs]));
  for (const { name, code } of scripts) {
    const known = 'self.corkboard??={parts:{},needs:{}}';
    const part = `(${known}).parts["${name}"]=function(exports,require){"use strict";${code}};`;
    const run =
      name === './page.js'
        ? `corkboard.needs=${JSON.stringify(needs)};` +
          `(${runPart.toString()})(corkboard.parts,"${name}",${loadPart.toString()});`
        : '';
    writeFileSync(join(directory, name), part + run);
  }
  writeFileSync(join(directory, 'node-source.js'), nodeSourceScript());
  const all = (name: string): string[] => [...(needs[name] ?? []), name];
  const told = new Set<string>();
  const untold = (name: string): string[] => {
    const names = all(name).filter((each) => !told.has(each));
    for (const each of names) told.add(each);
    return names;
  };
  const first = untold('./page.js');
  writeFileSync(join(directory, 'index.html'), staticDocument(first));
  return {
    first,
    worker: untold('./worker.js'),
    charts: untold('./charts.js'),
    screens: untold('./screens.js'),
  };
}

/** Scripts by a part of the name of a module that only they have; the first that fits. */
const partNames: Readonly<Record<string, string>> = {
  '/later-screens.ts': 'screens.js',
  '/chart-panel.tsx': 'charts.js',
  '/crdts/': 'documents.js',
  '/valibot/': 'common.js',
};

/** The code of each script, which finds that of others by `require`. */
async function bundleScripts(): Promise<readonly Script[]> {
  const bundle = await rolldown({
    input: { page: pathOf('page.tsx'), worker: pathOf('worker.ts') },
    platform: 'browser',
    resolve: {
      conditionNames: ['@quorate/source', 'browser', 'import', 'default'],
      alias: {
        // The smallest router of Hono: who asks the nodes of a page is that page alone.
        hono$: 'hono/tiny',
        // Rings and filters hash by the default function, and they are those of this page.
        '@quorate/hash$': '@quorate/hash/small',
      },
    },
    transform: {
      target: 'es2022',
      // Children as arguments are shorter than as a property.
      jsx: { runtime: 'classic', pragma: 'h', pragmaFrag: 'Fragment' },
      inject: { h: ['preact', 'h'], Fragment: ['preact', 'Fragment'] },
    },
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
      chunkFileNames: ({ moduleIds }) => {
        const parts = Object.entries(partNames);
        const named = parts.find(([part]) => moduleIds.some((id) => id.includes(part)));
        return named?.[1] ?? '[name].js';
      },
    });
    const chunks = output.filter((file) => file.type === 'chunk');
    return chunks.map(({ fileName, code }) => {
      return { name: `./${fileName}`, code, needs: needsOf(fileName, chunks) };
    });
  } finally {
    await bundle.close();
  }
}

/** What has to be there before a script, in the order of their names. */
function needsOf(fileName: string, chunks: readonly OutputChunk[]): readonly string[] {
  const found = new Set<string>();
  const open = [fileName];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const chunk = chunks.find((each) => each.fileName === name);
    for (const needed of chunk?.imports ?? []) {
      if (!found.has(needed)) open.push(needed);
      found.add(needed);
    }
  }
  return [...found].map((name) => `./${name}`).toSorted();
}

/** The document of the served page, without its token, and with scripts that are no modules. */
function staticDocument(scripts: readonly string[]): string {
  const document = readFileSync(new URL('page.html', dashboardUrl), 'utf8');
  return document
    .replace(/ *<meta name="demo-token"[^>]*>\n/, '')
    .replace('href="/page.css"', 'href="page.css"')
    .replace(
      '<script type="module" src="/page.js"></script>',
      scripts.map((name) => `<script defer src="${name}"></script>`).join('\n    '),
    );
}
