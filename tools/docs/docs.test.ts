/** The checker of the documentation, seen to fail on documentation that lies. */
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import type { Block } from './blocks.ts';
import { blocksOfMarkdown, blocksOfSource, examplesWithoutBlock } from './blocks.ts';
import { expectedOf, withChecks } from './results.ts';
import { hasClaims, runBlock } from './run.ts';
import { typeErrors } from './typecheck.ts';
import { checkClaims } from './verdicts.ts';

const root = path.join(import.meta.dirname, '../..');

function blockOf(code: string): Block {
  return { path: 'README.md', line: 10, code, home: 'apps/bench' };
}

async function run(code: string): Promise<void> {
  await runBlock(root, blockOf(code), checkClaims, (name) => import(/* @vite-ignore */ name));
}

describe('blocks', () => {
  test('are the ts fences of markdown, at their lines', () => {
    const markdown = [
      '# x',
      '```ts',
      'a();',
      '```',
      '```sh',
      'b',
      '```',
      '',
      '```ts',
      'c();',
      '```',
    ];
    const blocks = blocksOfMarkdown('packages/raft/README.md', markdown.join('\n'));
    expect(blocks).toEqual([
      { path: 'packages/raft/README.md', line: 3, code: 'a();', home: 'packages/raft' },
      { path: 'packages/raft/README.md', line: 10, code: 'c();', home: 'packages/raft' },
    ]);
  });

  test('inside a longer fence are text', () => {
    const markdown = ['````markdown', '```ts', 'a();', '```', '````'].join('\n');
    expect(blocksOfMarkdown('README.md', markdown)).toEqual([]);
  });

  test('of a doc comment know the names that the file exports', () => {
    const source = [
      'const before = 1;',
      '/**',
      ' * Twice.',
      ' * @example',
      ' * ```ts',
      ' * twice(2); // => 4',
      ' * ```',
      ' */',
      'export function twice(x: number): number { return 2 * x; }',
      'export interface Unused {}',
    ].join('\n');
    expect(blocksOfSource('packages/raft/src/deep/twice.ts', source)).toEqual([
      {
        path: 'packages/raft/src/deep/twice.ts',
        line: 6,
        code: "import { twice } from './twice.ts'; twice(2); // => 4",
        home: 'packages/raft/src/deep',
      },
    ]);
  });

  test('leave a name alone that they import themselves', () => {
    const source = [
      "/**\n * ```ts\n * import { f } from '@quorate/raft';\n * f();\n * ```\n */",
      'export function f(): void {}',
    ].join('\n');
    expect(blocksOfSource('packages/raft/src/f.ts', source)[0]?.code).toBe(
      "import { f } from '@quorate/raft';\nf();",
    );
  });

  test('an @example without one is found', () => {
    expect(examplesWithoutBlock('/**\n * @example f()\n */')).toEqual([2]);
    expect(examplesWithoutBlock('/**\n * @example\n * ```ts\n * f();\n * ```\n */')).toEqual([]);
  });
});

describe('expectedOf', () => {
  test.each([
    ['1', 1],
    ['1_000, a comma and, yes, free text', 1_000],
    ["{ kind: 'limited', retryAfterMs: 5 }", { kind: 'limited', retryAfterMs: 5 }],
    ['[1, 2], both', [1, 2]],
    ['true, always', true],
    ['undefined', undefined],
    ['new Uint8Array([1, 2])', new Uint8Array([1, 2])],
    ["'a, b', text", 'a, b'],
    ['-Infinity', -Infinity],
  ])('reads %s', (text, value) => {
    expect(expectedOf(text).value).toEqual(value);
  });

  test.each(['', 'even odds', ', 1'])('refuses "%s"', (text) => {
    expect(() => expectedOf(text)).toThrow(RangeError);
  });
});

describe('runBlock', () => {
  test.each([
    '1 + 1; // => 2',
    '1 + 1; // => 2, as ever',
    '1 / 3; // => 0.33',
    'const x = [1].map((y) => y + 1); // => [2]\nx.length; // => 1',
    'console.log({ a: 1 }); // => { a: 1 }',
    'await Promise.resolve(5); // => 5',
    '[1, 2]\n  .map(String)\n  .join();\n// => "1,2"',
    "JSON.parse('{'); // throws SyntaxError",
    "f(); // throws RangeError: x: expected\nfunction f() { throw new RangeError('x: expected'); }",
    "import { median } from './src/harness.ts';\nmedian([1, 2]); // => 1.5",
    "import { isIP } from 'node:net';\nisIP('::1'); // => 6",
    'for (const x of [3, 3]) { x * 2; // => 6\n}',
  ])('%s: holds', async (code) => {
    await expect(run(code)).resolves.toBeUndefined();
  });

  test.each([
    ['1 + 1; // => 3', /line 1 of the block/],
    ['\n0.3349; // => 0.33\n0.336; // => 0.33', /line 3 of the block/],
    ['2; // => 2.5', /./],
    ['1; // throws RangeError', /line 1 of the block/],
    ["JSON.parse('{'); // throws RangeError", /./],
    ["throw new Error('outside');\n1; // => 1", /outside/],
    ['if (Math.abs(1) > 2) {\n  1; // => 1\n}', /line 2 was never reached/],
    ['// => 1', /line 1: expected a value before/],
    ['interface X {} // => 1', /expected a value before/],
  ])('%s: is a lie', async (code, message) => {
    await expect(run(code)).rejects.toThrow(message);
  });

  test('is for blocks with claims', () => {
    expect(hasClaims(blockOf('f(); // => 1'))).toBe(true);
    expect(hasClaims(blockOf('f(() => 1); // throws nothing'))).toBe(true);
    expect(hasClaims(blockOf('f(); // later'))).toBe(false);
  });

  test('checks keep the rest of the code as it was', () => {
    expect(withChecks('f(1); // => 2\ng();').code).toBe('__shows(0, (f(1))); // => 2\ng();');
  });
});

describe('typeErrors', () => {
  test('names the line of the document for each wrong block, and only for those', () => {
    const blocks = [
      blockOf('const x: number = 1;\nexport const y: string = x;'),
      blockOf("import { median } from './src/harness.ts';\nmedian([1]);"),
      blockOf('missing();'),
    ];
    expect(typeErrors(root, blocks)).toEqual([
      ["README.md:11: Type 'number' is not assignable to type 'string'."],
      [],
      ["README.md:10: Cannot find name 'missing'."],
    ]);
  });
});
