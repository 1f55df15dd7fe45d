/** Every rule is seen to fail on a small bad file, and to leave the honest twin of it alone. */
import { describe, expect, test } from 'vitest';

import type { Rule } from './project.ts';
import { describeViolation, projectOf } from './project.ts';
import { ambient, noPromiseInCore } from './rules/determinism.ts';
import { invariantCopies, namedFiles, readmeHeadings, readmes, todos } from './rules/documents.ts';
import { exports } from './rules/exports.ts';
import { imports } from './rules/imports.ts';
import { meeting } from './rules/meeting.ts';
import { questions, shape } from './rules/shape.ts';
import { syntax } from './rules/syntax.ts';
import { testNames, tested } from './rules/tests.ts';

function check(rule: Rule, files: Readonly<Record<string, string>>): readonly string[] {
  return [...rule(projectOf(files))].map(describeViolation);
}

/** One file, one rule. */
function checkFile(rule: Rule, path: string, text: string): readonly string[] {
  return check(rule, { [path]: text });
}

const core = 'packages/raft/src/log.ts';
const edge = 'packages/raft/src/raft-node.ts';
const adapter = 'packages/transport/src/adapters/tcp.ts';

describe('imports', () => {
  test.each([
    ['transport imports storage', 'packages/transport/src/a.ts', "import '@quorate/storage';"],
    [
      'storage runs transport',
      'packages/storage/src/a.ts',
      "import { x } from '@quorate/transport';",
    ],
    ['an algorithm imports another', edge, "import type { Crdt } from '@quorate/crdts';"],
    ['an algorithm imports the simulator', edge, "import { x } from '@quorate/simulation';"],
    ['a core runs transport', core, "import { nodeId } from '@quorate/transport';"],
    [
      'a codec runs transport',
      'packages/raft/src/codec.ts',
      "import { nodeId, openChannel } from '@quorate/transport';",
    ],
    ['a core names a port', core, "import type { NodeId, Clock } from '@quorate/transport';"],
    ['a core renames a port', core, "import type { Clock as Time } from '@quorate/transport';"],
    ['a core hides a port', core, "let x: import('@quorate/transport').Transport;"],
    ['a core uses the kit', core, "import { ByteWriter } from '@quorate/transport/codec';"],
    [
      'a codec uses a port',
      'packages/raft/src/codec.ts',
      "import { openChannel } from '@quorate/transport';",
    ],
    ['an edge picks a carrier', edge, "import { TcpTransport } from '@quorate/transport/tcp';"],
    ['a core imports node', core, "import { readFile } from 'node:fs';"],
    ['a core imports npm', core, "export * from 'lodash';"],
    ['a core imports late', core, "await import('node:fs');"],
    ['src imports a test', core, "import '../test/support/cluster.ts';"],
    ['src leaves its package', core, "import '../../storage/src/disk.ts';"],
    ['an import without extension', core, "import './term';"],
    ['itself by name', core, "import type { Raft } from '@quorate/raft';"],
    ['a test meets another algorithm', 'packages/raft/test/a.test.ts', "import '@quorate/crdts';"],
    ['a test takes npm', 'packages/raft/test/a.test.ts', "import 'sinon';"],
    ['an app looks inside', 'apps/demo/src/a.ts', "import '@quorate/raft/src/log.ts';"],
    ['an app climbs out', 'apps/demo/src/a.ts', "import '../../../packages/raft/src/log.ts';"],
    ['an app imports an app', 'apps/demo/src/a.ts', "import '../../bench/src/suite.ts';"],
    ['a tool climbs in', 'tools/a.ts', "import '../packages/raft/src/log.ts';"],
  ])('%s: refused', (_case, path, text) => {
    expect(checkFile(imports, path, text)).toHaveLength(1);
  });

  test.each([
    ['packages/storage/src/a.ts', "import type { Clock } from '@quorate/transport';"],
    ['packages/storage/src/a.ts', "import { crc32c } from '@quorate/transport/codec';"],
    ['packages/simulation/src/a.ts', "import { MemoryDisk } from '@quorate/storage/memory';"],
    ['packages/raft/src/codec.ts', "import { ByteReader } from '@quorate/transport/codec';"],
    ['packages/raft/src/codec.ts', "import { nodeId, type NodeId } from '@quorate/transport';"],
    ['packages/raft/src/codec.ts', "import { type NodeId, nodeId } from '@quorate/transport';"],
    [core, "import type { NodeId, Random } from '@quorate/transport';"],
    [core, "import { type NodeId } from '@quorate/transport';"],
    [core, "import { term } from './term.ts';"],
    [core, "// import '@quorate/crdts'\nconst text = \"import 'lodash'\";"],
    [edge, "import { openChannel, type Transport } from '@quorate/transport';"],
    [edge, "import { systemClock } from '@quorate/transport/system';"],
    [edge, "import { WriteAheadLog } from '@quorate/storage';"],
    [adapter, "import { connect } from 'node:net';"],
    ['packages/transport/src/contract/index.ts', "import { test } from 'vitest';"],
    ['packages/transport/src/contract/codec.ts', "import fc from 'fast-check';"],
    ['packages/raft/test/a.model.test.ts', "import '@quorate/vector-clocks';"],
    ['packages/raft/test/a.test.ts', "import { Simulation } from '@quorate/simulation';"],
    ['apps/demo/src/a.ts', "import { RaftNode } from '@quorate/raft/node';"],
  ])('%s may say %s', (path, text) => {
    expect(checkFile(imports, path, text)).toEqual([]);
  });

  test('the message names the place and the cure', () => {
    expect(checkFile(imports, core, "\nimport { nodeId } from '@quorate/transport';")).toEqual([
      'packages/raft/src/log.ts:2: imports: a core imports types only: move this to the edge',
    ]);
  });
});

describe('ambient', () => {
  test.each([
    'Date.now()',
    'new Date()',
    'performance.now()',
    'Math.random()',
    "Math['random']()",
    'setTimeout(f, 1)',
    'const later = setTimeout;',
    'process.env',
    'console.log(1)',
    'await fetch(url)',
    'crypto.getRandomValues(bytes)',
    'globalThis.setTimeout(f, 1)',
    "globalThis['Date'].now()",
    'const clock = { Date };',
    'function f(start = Date.now()) {}',
  ])('%s: refused in a core, free in an adapter', (text) => {
    expect(checkFile(ambient, core, text)).toHaveLength(1);
    expect(checkFile(ambient, edge, text)).toHaveLength(1);
    expect(checkFile(ambient, adapter, text)).toEqual([]);
    expect(checkFile(ambient, 'apps/demo/src/a.ts', text)).toEqual([]);
  });

  test.each([
    '// Date.now() would mint tokens',
    '"Date.now()"',
    'let date: Date;',
    'clock.setTimeout(f, 1)',
    'interface Clock { setTimeout(f: () => void): void }',
    'function f(process: () => void) { process(); }',
    'const { fetch } = options; fetch();',
    "import { crypto } from './crypto.ts'; crypto();",
    'const row = { process: 1, Date: 2 };',
    'Math.max(1, 2)',
    'try {} catch (console) { console; }',
    'for (const process of all) process();',
  ])('%s: allowed', (text) => {
    expect(checkFile(ambient, core, text)).toEqual([]);
  });
});

describe('no promise in a core', () => {
  test.each(['async function f() {}', 'let p: Promise<void>;', 'const f = async () => 1;'])(
    '%s: refused in a core, allowed at the edge and in the grounds',
    (text) => {
      expect(checkFile(noPromiseInCore, core, text)).toHaveLength(1);
      expect(checkFile(noPromiseInCore, edge, text)).toEqual([]);
      expect(checkFile(noPromiseInCore, 'packages/storage/src/a.ts', text)).toEqual([]);
    },
  );
});

describe('shape', () => {
  const lines = (count: number): string => '  f();\n'.repeat(count);

  test('a line of 101 columns is refused, one of 100 is not', () => {
    expect(checkFile(shape, core, `// ${'x'.repeat(98)}`)).toHaveLength(1);
    expect(checkFile(shape, core, `// ${'é'.repeat(97)}`)).toEqual([]);
  });

  test('a function of 71 lines is refused, one of 70 is not', () => {
    expect(checkFile(shape, core, `function f() {\n${lines(69)}}`)).toHaveLength(1);
    expect(checkFile(shape, core, `const f = () => {\n${lines(68)}};`)).toEqual([]);
  });

  test('a describe may be long, a test in it may not', () => {
    const short = `test('a', () => {\n${lines(60)}});\n`;
    const long = `test.each([1])('a', () => {\n${lines(70)}});\n`;
    const chapter = (text: string) => `function suite() {\ndescribe('x', () => {\n${text}});\n}`;
    expect(checkFile(shape, core, chapter(short + short))).toEqual([]);
    expect(checkFile(shape, core, chapter(short + long))).toHaveLength(1);
  });

  test('a fourth level of nesting is refused', () => {
    const three = 'function f() { if (a) { for (;;) { while (b) { c(); } } } }';
    const four = 'function f() { if (a) { for (;;) { while (b) { if (c) d(); } } } }';
    const ladder = 'function f() { if (a) {} else if (b) {} else if (c) {} else if (d) {} }';
    const inner =
      'function f() { if (a) { for (;;) { while (b) { g(() => { if (c) d(); }); } } } }';
    expect(checkFile(shape, core, three)).toEqual([]);
    expect(checkFile(shape, core, four)).toHaveLength(1);
    expect(checkFile(shape, core, ladder)).toEqual([]);
    expect(checkFile(shape, core, inner)).toEqual([]);
  });

  test('a file of 401 lines raises a question', () => {
    expect(questions(projectOf({ [core]: '\n'.repeat(401) }))).toHaveLength(1);
    expect(questions(projectOf({ [core]: '\n'.repeat(400) }))).toEqual([]);
  });
});

describe('meeting', () => {
  const node = 'apps/demo/src/node/create-node.ts';
  const lines = (count: number) =>
    `${'f();\n'.repeat(count)}\n/** Not counted. */\n  // Nor this.\n`;

  test('algorithms meet in one folder of the demo', () => {
    const both =
      "import { f } from '@quorate/raft';\nimport type { G } from '@quorate/crdts/text';";
    const one = "import { f } from '@quorate/raft';\nimport '@quorate/raft/kv';";
    const grounds = "import '@quorate/transport';\nimport '@quorate/simulation';\n";
    expect(checkFile(meeting, node, both)).toEqual([]);
    expect(checkFile(meeting, 'apps/demo/src/sim/a.ts', grounds + one)).toEqual([]);
    expect(checkFile(meeting, 'apps/demo/src/sim/a.ts', both)).toEqual([
      expect.stringMatching(/a\.ts:2: meeting elsewhere: let raft and crdts meet/),
    ]);
  });

  test('what it is made of does not know it', () => {
    const text = "import type { X } from '../node/create-node.ts';";
    expect(checkFile(meeting, 'apps/demo/src/board/a.ts', text)).toHaveLength(1);
    expect(checkFile(meeting, 'apps/demo/src/sim/a.ts', text)).toEqual([]);
  });

  test('it holds at most 2000 lines of code', () => {
    expect(checkFile(meeting, node, lines(2_000))).toEqual([]);
    const files = { [node]: lines(2_000), 'apps/demo/src/node/boards/a.ts': lines(1) };
    expect(check(meeting, files)).toEqual([expect.stringContaining('2001 lines of code')]);
  });
});

describe('syntax', () => {
  test.each([
    'let x: any;',
    'enum Colour { red }',
    'export default class {}',
    'export default function f() {}',
    'export default 1;',
    'const x = y as Thing;',
    'const x = <Thing>y;',
    'const x = y as unknown as NodeId;',
  ])('%s: refused', (text) => {
    expect(checkFile(syntax, core, text)).not.toEqual([]);
  });

  test.each([
    [core, 'const x = [1] as const;'],
    [core, "export type NodeId = Branded<string, 'NodeId'>; const x = y as NodeId;"],
    [core, 'const x = y satisfies Thing; // as any'],
    [core, "import { f as g } from './f.ts';"],
    [core, 'switch (x) { default: f(); }'],
    [adapter, 'const x = y as Thing;'],
    ['vitest.config.ts', 'export default 1;'],
  ])('%s may say %s', (path, text) => {
    expect(checkFile(syntax, path, text)).toEqual([]);
  });

  test.each(['utils', 'helpers', 'common', 'misc', 'types', 'shared'])('no file is %s', (name) => {
    expect(checkFile(syntax, `packages/raft/src/${name}.ts`, '')).toHaveLength(1);
    expect(checkFile(syntax, `packages/raft/src/shared-log.ts`, '')).toEqual([]);
  });
});

/** A package whose entry points are `entries`, with these files in its folder. */
function packageOf(
  files: Readonly<Record<string, string>>,
  entries: readonly string[] = ['./src/index.ts'],
): Readonly<Record<string, string>> {
  const manifest = { exports: entries.map((source) => ({ '@quorate/source': source })) };
  const project: Record<string, string> = {
    'packages/raft/package.json': JSON.stringify(manifest),
  };
  for (const [path, text] of Object.entries(files)) project[`packages/raft/${path}`] = text;
  return project;
}

describe('exports', () => {
  const documented = '/** What it promises. */\n';

  test('refuses an export without a comment', () => {
    const files = { 'src/index.ts': "export * from './a.ts';", 'src/a.ts': 'export const a = 1;' };
    expect(check(exports, packageOf(files))).toEqual([
      expect.stringMatching(/a\.ts:1: undocumented export: say .* what a promises/),
    ]);
  });

  test('refuses an export that neither an entry nor another file uses', () => {
    const a = `${documented}export const a = 1;\n${documented}export const b = 2;\n`;
    const unused = { 'src/index.ts': "export { a } from './a.ts';", 'src/a.ts': a };
    expect(check(exports, packageOf(unused))).toEqual([
      expect.stringMatching(/a\.ts:4: dead export: stop exporting b/),
    ]);
    const c = `import { b } from './a.ts';\n${documented}export const c = b;`;
    const used = {
      'src/index.ts': "export { a } from './a.ts';\nexport { c } from './c.ts';",
      'src/a.ts': a,
      'src/c.ts': c,
    };
    expect(check(exports, packageOf(used))).toEqual([]);
  });

  test('lets a type stand that another declaration of its file speaks of', () => {
    const options = `${documented}export interface Options {}\n`;
    const used = `${options}${documented}export function f(options: Options): void {}`;
    const files = (text: string) => ({
      'src/index.ts': "export { f } from './a.ts';",
      'src/a.ts': text,
    });
    expect(check(exports, packageOf(files(used)))).toEqual([]);
    expect(check(exports, packageOf(files(options)))).toHaveLength(1);
  });

  test('lets a name stand that only a test uses, but no file that only a test reaches', () => {
    const files = {
      'src/index.ts': "export {} from './a.ts';",
      'src/a.ts': `${documented}export const a = 1;`,
      'test/a.test.ts': "import { a } from '../src/a.ts';",
    };
    expect(check(exports, packageOf(files))).toEqual([]);
  });

  test('counts what a subpath exports as public', () => {
    const files = {
      'src/index.ts': "export {} from './a.ts';",
      'src/a.ts': `${documented}export class A {}`,
      'src/kit.ts': "export { A } from './a.ts';",
    };
    expect(check(exports, packageOf(files))).toHaveLength(1);
    expect(check(exports, packageOf(files, ['./src/index.ts', './src/kit.ts']))).toEqual([]);
  });

  test('refuses a file that no entry reaches, though a test uses it', () => {
    const files = {
      'src/index.ts': '',
      'src/a.ts': `${documented}export const a = 1;`,
      'test/a.test.ts': "import '../src/a.ts';",
    };
    expect(check(exports, packageOf(files))).toEqual([expect.stringContaining('dead file')]);
  });

  test('refuses code in index.ts', () => {
    const files = { 'src/index.ts': `${documented}export const a = 1;` };
    expect(check(exports, packageOf(files))).toEqual([expect.stringContaining('code in index')]);
  });
});

describe('tests', () => {
  const code = 'export function f() {}';

  test.each(['test/log.test.ts', 'test/deep/log.property.test.ts', 'browser/log.browser.test.ts'])(
    '%s tests log.ts by its name',
    (path) => {
      expect(check(tested, packageOf({ 'src/log.ts': code, [path]: '' }))).toEqual([]);
    },
  );

  test('a test that imports a file tests it', () => {
    const files = { 'src/deep/log.ts': code, 'test/a.test.ts': "import '../src/deep/log.ts';" };
    expect(check(tested, packageOf(files))).toEqual([]);
  });

  test('a part of a tested file is tested, unless the list of names alone leads to it', () => {
    const files = {
      'src/log.ts': "import './segment.ts';\nexport const log = 1;",
      'src/segment.ts': code,
      'test/log.test.ts': '',
    };
    expect(check(tested, packageOf(files))).toEqual([]);
    const listed = {
      'src/index.ts': "export * from './segment.ts';",
      'src/segment.ts': code,
      'test/a.test.ts': "import '../src/index.ts';",
    };
    expect(check(tested, packageOf(listed))).toHaveLength(1);
  });

  test('refuses a file with code that nothing tests', () => {
    const files = {
      'src/log.ts': code,
      'src/message.ts': 'export interface Message {}\nexport type Id = string;',
      'src/errors.ts': code,
      'test/support/log.ts': "import '../../src/log.ts';",
    };
    expect(check(tested, packageOf(files))).toEqual([
      'packages/raft/src/log.ts:1: untested file: add test/log.test.ts, or import it from a test',
    ]);
  });

  test.each(["test('fixes #12', f);", "it.each([1])('issue 12', f);", "test('should vote', f);"])(
    '%s: refused as a name',
    (text) => {
      const path = 'packages/raft/test/a.test.ts';
      expect(checkFile(testNames, path, text)).toHaveLength(1);
    },
  );
});

describe('documents', () => {
  const chapters = ['# raft', ...readmeHeadings];
  const readme = (headings: readonly string[]) => packageOf({ 'README.md': headings.join('\n\n') });

  test('a README with every chapter in order passes', () => {
    expect(
      check(readmes, readme([...chapters.slice(0, 4), '### Detail', ...chapters.slice(4)])),
    ).toEqual([]);
    expect(
      check(readmes, readme(['# raft', '```sh\n# a comment\n```', ...chapters.slice(1)])),
    ).toEqual([]);
  });

  test('a missing, swapped or extra chapter is refused', () => {
    const [title = '', first = '', second = '', ...others] = chapters;
    expect(check(readmes, packageOf({}))).toHaveLength(1);
    expect(check(readmes, readme([title, first, ...others]))).toHaveLength(1);
    expect(check(readmes, readme([title, second, first, ...others]))).toHaveLength(1);
    expect(check(readmes, readme([...chapters, '## Thanks']))).toHaveLength(1);
  });

  test('a file that a document names exists', () => {
    const files = {
      'packages/raft/src/log.ts': '',
      'packages/raft/test/log.property.test.ts': '',
      'packages/raft/README.md': '`src/log.ts` [log](src/log.ts) `log.property.test.ts` `a/*.ts`',
      'README.md': '`packages/raft/src/log.ts` `raft/src/log.ts` `log.ts`\n```\n`gone.ts`\n```',
    };
    expect(check(namedFiles, files)).toEqual([]);
    expect(check(namedFiles, { ...files, 'README.md': '\n`raft/src/gone.ts`' })).toEqual([
      'README.md:2: named files: name a file that exists, not raft/src/gone.ts',
    ]);
    expect(
      check(namedFiles, { ...files, 'README.md': '[x](gone.md) `gone.test.ts`' }),
    ).toHaveLength(2);
  });

  test('copies of invariant.ts that differ are refused', () => {
    const copies = (other: string) => ({
      'packages/raft/src/invariant.ts': 'a',
      'packages/storage/src/invariant.ts': other,
    });
    expect(check(invariantCopies, copies('a'))).toEqual([]);
    expect(check(invariantCopies, copies('b'))).toHaveLength(1);
  });

  test('a TODO names its issue', () => {
    const [bare, numbered] = ['TO' + 'DO', 'TO' + 'DO(#12)'];
    expect(checkFile(todos, core, `// ${bare}: later`)).toHaveLength(1);
    expect(checkFile(todos, core, `// ${numbered}: later`)).toEqual([]);
    expect(checkFile(todos, core, `const x = '${bare}';`)).toEqual([]);
  });
});
