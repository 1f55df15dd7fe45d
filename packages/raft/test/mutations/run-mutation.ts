import { join } from 'node:path';

import { startVitest, type TestModule } from 'vitest/node';

import { catalogueFile, mutate, type Mutation, packageRoot, packagesRoot } from './mutation.ts';

/** What Vite assumes on a server, and that packages are their sources. */
const sourceConditions = ['@quorate/source', 'module', 'node', 'development|production'];

/** How a run of one file of the catalogue ended. */
export type Verdict =
  /** Every test passed. */
  | { readonly kind: 'passed' }
  /** Tests failed: those of these names. */
  | { readonly kind: 'failed'; readonly tests: readonly string[] }
  /** The file could not be run, which says nothing about its tests. */
  | { readonly kind: 'broken'; readonly reason: string };

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
      ssr: { resolve: { conditions: sourceConditions } },
      plugins: [
        {
          name: 'mutation',
          enforce: 'pre',
          transform: (code, id) => {
            const isMeant = mutation !== undefined && id === join(packagesRoot, mutation.file);
            return isMeant ? mutate(code, mutation) : undefined;
          },
        },
      ],
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

function verdictOn(modules: readonly TestModule[]): Verdict {
  const errors = modules.flatMap((module) => module.errors());
  if (errors.length > 0) return { kind: 'broken', reason: errors.map(String).join('; ') };
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  if (tests.length === 0) return { kind: 'broken', reason: 'no test was found' };
  const failed = tests.filter((test) => test.result().state === 'failed');
  if (failed.length === 0) return { kind: 'passed' };
  return { kind: 'failed', tests: failed.map(({ name }) => name) };
}
