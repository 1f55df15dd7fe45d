import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { ring } from '../../src/ring/ring.ts';

const program = path.join(import.meta.dirname, '../../src/adapters/cli.ts');
const folder = mkdtempSync(path.join(tmpdir(), 'placements-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function run(...args: readonly string[]) {
  const flags = ['--conditions=@quorate/source', program, ...args];
  return spawnSync(process.execPath, flags, { cwd: folder, encoding: 'utf8' });
}

function write(name: string, content: string | Uint8Array): string {
  writeFileSync(path.join(folder, name), content);
  return name;
}

const before = write('before.json', '{ "kind": "ring", "nodes": ["a", "b", "c"] }');
const after = write(
  'after.json',
  '{ "kind": "ring", "epoch": 1, "nodes": ["a", "b", "c", { "id": "d", "weight": 2 }] }',
);

describe('the command', () => {
  test('prints a plan, and writes a picture', () => {
    const { status, stdout, stderr } = run('plan', before, after, '--svg', 'after.svg');
    expect(stderr).toBe('');
    expect(stdout).toContain('ring of 3 nodes, epoch 0 -> ring of 4 nodes, epoch 1');
    expect(stdout).toContain('ideal   40.00 %');
    expect(readFileSync(path.join(folder, 'after.svg'), 'utf8')).toMatch(/^<svg /u);
    expect(status).toBe(0);
  });

  test('prints JSON, and reads snapshots', () => {
    const snapshot = write('before.bin', ring({ nodes: ['a', 'b', 'c'] }).snapshot());
    const { stdout } = run('plan', snapshot, after, '--json', '--parallel', '3');
    const found: unknown = JSON.parse(stdout);
    expect(found).toMatchObject({ isExact: true, ideal: 0.4, excess: 0 });
    expect(found).toHaveProperty('steps.length', 1);
  });

  test('prints a picture', () => {
    expect(run('picture', before).stdout).toMatch(/^<svg [\s\S]*<\/svg>\n$/u);
  });

  test('explains itself', () => {
    const { status, stdout } = run('--help');
    expect(stdout).toMatch(/^usage: consistent-hashing plan/u);
    expect(status).toBe(0);
  });

  test.each([
    ['no command', [], 64, 'expected: plan'],
    ['one file', ['plan', before], 64, 'expected: plan'],
    ['an unknown option', ['plan', before, after, '--loud'], 64, '--loud'],
    ['no number', ['plan', before, after, '--parallel', 'x'], 64, '--parallel: expected'],
    ['no file', ['plan', before, 'nowhere.json'], 65, 'nowhere.json'],
    ['no kind', ['plan', before, write('k.json', '{ "nodes": [] }')], 65, 'kind: expected one of'],
    [
      'a kind of the prototype',
      ['plan', before, write('p.json', '{"kind":"__proto__","nodes":[]}')],
      65,
      'kind',
    ],
    ['no nodes', ['plan', before, write('n.json', '{ "kind": "ring" }')], 65, 'nodes: expected'],
    [
      'equal ids',
      ['plan', before, write('i.json', '{"kind":"ring","nodes":["a","a"]}')],
      65,
      'ids that differ',
    ],
    ['other bytes', ['plan', before, write('x.bin', Uint8Array.of(1, 2, 3))], 65, 'x.bin'],
    ['no JSON', ['plan', before, write('j.json', '{"kind"')], 65, 'j.json'],
    ['no folder', ['plan', before, after, '--svg', 'no/where.svg'], 73, 'no/where.svg'],
  ])('refuses %s', (_what, args, code, message) => {
    const { status, stderr } = run(...args);
    expect(stderr).toContain(message);
    expect(status).toBe(code);
  });
});
