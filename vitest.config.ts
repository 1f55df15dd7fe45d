import { existsSync, readdirSync } from 'node:fs';

import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

const root = import.meta.dirname;
const packages = readdirSync(`${root}/packages`)
  .filter((name) => existsSync(`${root}/packages/${name}/package.json`))
  .map((name) => ({ name, folder: `packages/${name}` }));
const apps = ['demo', 'bench'].map((name) => ({ name, folder: `apps/${name}` }));

export default defineConfig({
  // Workspace packages resolve to their TypeScript sources, so tests need no build.
  ssr: { resolve: { conditions: ['@quorate/source', ...defaultServerConditions] } },
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      ...[...packages, ...apps].map(({ name, folder }) => ({
        extends: true as const,
        test: { name, root: `./${folder}`, include: ['test/**/*.test.ts'] },
      })),
      { extends: true as const, test: { name: 'tools', root: './tools', include: ['**/*.test.ts'] } },
    ],
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      reporter: ['text-summary', 'json-summary', 'html'],
      thresholds: { statements: 90, branches: 80, functions: 90, lines: 90 },
    },
  },
});
