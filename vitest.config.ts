import { existsSync, readdirSync } from 'node:fs';

import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

const root = import.meta.dirname;

/** Every package and app is a project of its own: `vitest run --project raft`. */
const projects = ['packages', 'apps'].flatMap((area) =>
  readdirSync(`${root}/${area}`)
    .filter((name) => existsSync(`${root}/${area}/${name}/package.json`))
    .map((name) => ({ name, folder: `./${area}/${name}`, include: ['test/**/*.test.ts'] })),
);

export default defineConfig({
  // Workspace packages resolve to their TypeScript sources, so tests need no build.
  ssr: { resolve: { conditions: ['@quorate/source', ...defaultServerConditions] } },
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // .ci/run counts from the report.
    reporters: process.env['CI'] ? ['default', 'json'] : ['default'],
    outputFile: { json: `${root}/.reports/vitest.json` },
    projects: [...projects, { name: 'tools', folder: './tools', include: ['**/*.test.ts'] }].map(
      ({ name, folder, include }) => ({
        extends: true as const,
        test: { name, root: folder, include },
      }),
    ),
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      // The contract suites are tests that happen to be published.
      exclude: ['packages/*/src/contract/**'],
      reporter: ['text-summary', 'json-summary', 'html'],
      thresholds: { statements: 90, branches: 80, functions: 90, lines: 90 },
    },
  },
});
