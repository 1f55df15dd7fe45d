import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { defaultServerConditions, type Plugin } from 'vite';
import { startVitest, type TestModule } from 'vitest/node';

import type { Mutation } from './mutation.ts';

const packageRoot = join(import.meta.dirname, '../..');
const packagesRoot = join(packageRoot, '..');

/** How a run of one file of the catalogue ended. */
export type Verdict =
  /** Every test passed. */
  | { readonly kind: 'passed' }
  /** Tests failed: those of these names. */
  | { readonly kind: 'failed'; readonly tests: readonly string[] }
  /** The file could not be run, which says nothing about its tests. */
  | { readonly kind: 'broken'; readonly reason: string };

/** `source` with the protection switched off. */
export function mutate(source: string, { file, search, replacement }: Mutation): string {
  const [before, after, ...more] = source.split(search);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new RangeError(`search: expected once in ${file}, got ${search}`);
  }
  return before + replacement + after;
}

/** What stands in the file of a mutation now. */
export function sourceOf({ file }: Mutation): string {
  return readFileSync(join(packagesRoot, file), 'utf8');
}

/** The file of the catalogue that tests scenario `number`, below the package. */
export function catalogueFile(number: string): string | undefined {
  const folder = 'test/catalogue';
  const name = readdirSync(join(packageRoot, folder)).find((each) => each.startsWith(`${number}-`));
  return name === undefined ? undefined : `${folder}/${name}`;
}

/**
 * Runs one scenario of the catalogue on sources of which one has `mutation`. It is made as the file
 * is loaded; nothing on disk changes.
 */
export async function runScenario(number: string, mutation?: Mutation): Promise<Verdict> {
  const file = catalogueFile(number);
  if (file === undefined) return { kind: 'broken', reason: `there is no scenario ${number}` };
  const vitest = await startVitest(
    [file],
    {
      root: packageRoot,
      config: false,
      watch: false,
      include: ['test/catalogue/*.test.ts'],
      reporters: [{}],
      // It would remember files by their content, and never see a mutation.
      fsModuleCache: false,
      testTimeout: 60_000,
    },
    {
      ssr: { resolve: { conditions: ['@quorate/source', ...defaultServerConditions] } },
      plugins: mutation === undefined ? [] : [mutationPlugin(mutation)],
    },
  );
  try {
    return verdictOn(vitest.state.getTestModules());
  } finally {
    await vitest.close();
    // It is set by failing tests, which here are no failure.
    process.exitCode = 0;
  }
}

function mutationPlugin(mutation: Mutation): Plugin {
  const path = join(packagesRoot, mutation.file);
  return {
    name: 'mutation',
    enforce: 'pre',
    transform: (code, id) => (id.split('?')[0] === path ? mutate(code, mutation) : undefined),
  };
}

function verdictOn(modules: readonly TestModule[]): Verdict {
  const errors = modules.flatMap((module) => module.errors());
  if (errors.length > 0) return { kind: 'broken', reason: errors.map(String).join('; ') };
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  if (tests.length === 0) return { kind: 'broken', reason: 'no test was found' };
  const failed = tests.filter((test) => test.result().state === 'failed');
  if (failed.length === 0) return { kind: 'passed' };
  return { kind: 'failed', tests: failed.map(({ name }) => name) };
}
