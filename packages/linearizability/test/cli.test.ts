import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

const directory = mkdtempSync(join(tmpdir(), 'linearizability-'));
afterAll(() => rmSync(directory, { recursive: true }));

const cli = join(import.meta.dirname, '../src/adapters/cli.ts');

function run(...args: readonly string[]): {
  status: number | null;
  stdout: string;
  stderr: string;
} {
  return spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', cwd: directory });
}

function save(name: string, ...lines: readonly object[]): string {
  writeFileSync(join(directory, name), lines.map((line) => JSON.stringify(line)).join('\n'));
  return name;
}

const put = {
  process: 'a',
  input: { kind: 'put', key: 'x', value: '1' },
  call: 0,
  return: 1,
  outcome: 'ok',
};
const get = (output: string | null): object => ({
  process: 'b',
  input: { kind: 'get', key: 'x' },
  call: 2,
  return: 3,
  outcome: 'ok',
  output,
});

describe('linearizability check', () => {
  test('exits with 0 for a linearizable history', () => {
    const { status, stdout } = run('check', save('good.jsonl', put, get('1')), '--model', 'kv');
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^linearizable: 2 operations/)]);
  });

  test('exits with 1 for one that is not, shows why, and writes the report', () => {
    const bad = save('bad.jsonl', put, get(null));
    const { status, stdout } = run('check', bad, '--html', 'out.html', '--timeout', '30s');
    expect(status).toBe(1);
    expect(stdout).toContain('get("x") → null   ← impossible');
    expect(readFileSync(join(directory, 'out.html'), 'utf8')).toContain('Minimal counterexample');
    expect(JSON.parse(run('check', bad, '--json').stdout)).toMatchObject({
      verdict: 'not-linearizable',
      operations: 2,
    });
  });

  test('exits with 2 when a bound was met', () => {
    const many = Array.from({ length: 24 }, (_, index) => ({
      ...put,
      process: index,
      return: 10,
      input: { ...put.input, value: String(index) },
    }));
    const swap = { kind: 'cas', key: 'x', expected: 'never', value: '' };
    const hard = save('hard.jsonl', ...many, {
      ...get('never'),
      input: swap,
      call: 11,
      return: 12,
      output: true,
    });
    const { status, stdout } = run('check', hard, '--memory', '1');
    expect([status, stdout]).toEqual([2, expect.stringMatching(/^unknown \(memory\)/)]);
  });

  test.each([
    [['check'], 64, 'usage:'],
    [['check', 'good.jsonl', '--model', 'nope'], 64, '--model: expected one of'],
    [['check', 'good.jsonl', '--bogus'], 64, '--bogus'],
    [['check', 'good.jsonl', '--timeout', 'soon'], 64, '--timeout: expected a time'],
    [['check', 'missing.jsonl'], 65, 'missing.jsonl'],
  ])('%j exits with %i', (args, status, message) => {
    const result = run(...args);
    expect(result.status).toBe(status);
    expect(result.stderr).toContain(message);
  });

  test('a history that cannot be read names line and field', () => {
    const { status, stderr } = run('check', save('odd.jsonl', { process: 'a', input: 1 }));
    expect([status, stderr]).toEqual([65, 'line 1: call: expected a number\n']);
  });
});
