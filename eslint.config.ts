import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const throughPorts = 'take it through a port (Clock, Random, Disk, Transport); see ARCHITECTURE.md';

/** What a deterministic core and its edge must not reach for on their own. */
const ambient = [
  'Date',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'requestAnimationFrame',
  'process',
  'console',
  'fetch',
  'crypto',
  'WebSocket',
  'navigator',
  'localStorage',
];

export default defineConfig(
  globalIgnores(['**/dist/**', '**/coverage/**', 'docs/api/**', '.reports/**', '.packs/**']),
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [
      js.configs.recommended,
      tseslint.configs.strictTypeChecked,
      tseslint.configs.stylisticTypeChecked,
    ],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // A number or a boolean prints itself; an object does not.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // `() => queue.push(item)` says what it does; braces around it say nothing more.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' },
      ],
    },
  },
  {
    // Determinism: only adapters touch the clock, timers, randomness and I/O of the machine.
    files: ['packages/*/src/**/*.ts'],
    ignores: ['packages/*/src/adapters/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...ambient.map((name) => ({ name, message: throughPorts })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: throughPorts },
      ],
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['node:*'], message: throughPorts }] },
      ],
    },
  },
  {
    // Tests state facts about values they have just built.
    files: ['**/test/**', '**/bench/**', '**/browser/**', 'tools/**/*.test.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
);
