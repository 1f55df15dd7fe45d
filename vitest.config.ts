import { existsSync, readdirSync } from 'node:fs';

import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

import { runningTests } from './tools/running-tests.ts';

const root = import.meta.dirname;

/** Simulations take twice as long if lines are counted, and run few that other tests do not. */
const uncounted = process.argv.includes('--coverage') ? ['test/**/*.simulation.test.ts'] : [];

/**
 * Every package and app is a project of its own: `vitest run --project raft`. Its files share the
 * modules of a worker, which halves the time of them all: no module of ours keeps a state that a
 * test could leave behind.
 */
const projects = ['packages', 'apps']
  .flatMap((area) => readdirSync(`${root}/${area}`).map((name) => ({ area, name })))
  .filter(({ area, name }) => existsSync(`${root}/${area}/${name}/package.json`))
  .map(({ area, name }) => ({
    name,
    root: `./${area}/${name}`,
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.{process,isolated}.test.ts', ...uncounted],
    isolate: false,
  }));

/** Tests that replace a module of ours, each with modules of its own. */
const isolated = {
  name: 'isolated',
  root: '.',
  include: ['{packages,apps}/*/test/**/*.isolated.test.ts'],
};

/**
 * Tests that start real processes and hold them to real time come last and one by one, so that
 * nothing else takes the processor from under them: `vitest run --project processes`.
 */
const processes = {
  name: 'processes',
  root: '.',
  include: ['{packages,apps}/*/test/**/*.process.test.ts'],
  fileParallelism: false,
  sequence: { groupOrder: 1 },
};

/** As Node resolves, which knows nothing of modules that only bundlers can read. */
const conditions = defaultServerConditions.filter((condition) => condition !== 'module');

/** Lists in properties grow as long as they may, and no test runs for ever: the files say why. */
const setupFiles = ['property-sizes', 'bounded-tests'].map((name) => `${root}/tools/${name}.ts`);

export default defineConfig({
  // Workspace packages resolve to their TypeScript sources, so tests need no build.
  ssr: { resolve: { conditions: ['@quorate/source', ...conditions] } },
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // By default one core is left free, which is half of a machine with two.
    maxWorkers: '100%',
    // .ci/run counts from the report.
    reporters: process.env['CI'] ? ['default', 'json', runningTests()] : ['default'],
    outputFile: { json: `${root}/.reports/vitest.json` },
    projects: [
      ...projects,
      { name: 'tools', root: './tools', include: ['**/*.test.ts'] },
      isolated,
      processes,
    ].map((test) => ({ extends: true as const, test: { ...test, setupFiles } })),
    coverage: {
      provider: 'v8',
      // Matched within each project; `test:coverage` runs only the packages and the tools.
      include: ['src/**/*.ts'],
      // The contract suites are tests that happen to be published.
      exclude: ['src/contract/**'],
      reporter: ['text-summary', 'json-summary', 'html'],
      thresholds: { statements: 90, branches: 80, functions: 90, lines: 90 },
    },
  },
});
