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
    expect(stdout).toMatch(/b {2}get\("x"\) → null {2}\[2, 3\] {2}← impossible/);
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
    [['check', 'good.jsonl', '--timeout', '999999m'], 64, 'at most 24 days'],
    [['check', 'good.jsonl', '--memory', 'much'], 64, '--memory: expected a number'],
    [['check', 'good.jsonl', '--format', 'xml'], 64, '--format: expected one of'],
    [['chekc', 'good.jsonl'], 64, 'expected: check'],
    [['check', 'missing.jsonl'], 65, 'missing.jsonl'],
    [['check', '.'], 65, 'EISDIR'],
    [['check', 'good.jsonl', '--html', 'no/such/place.html'], 73, '--html: ENOENT'],
  ])('%j exits with %i', (args, status, message) => {
    const result = run(...args);
    expect(result.status).toBe(status);
    expect(result.stderr).toContain(message);
  });

  test('a history that cannot be read names line and field', () => {
    const { status, stderr } = run('check', save('odd.jsonl', { process: 'a', input: 1 }));
    expect([status, stderr]).toEqual([
      65,
      'line 1: call: expected a number, in {"process":"a","input":1}\n',
    ]);
  });

  test('an operation that the model does not know is no verdict', () => {
    const { status, stdout, stderr } = run('check', 'good.jsonl', '--model', 'register');
    expect([status, stdout]).toEqual([65, '']);
    expect(stderr).toMatch(/^operation 1 .* expected one of read, write, got "put"/);
  });

  test('the verdict is printed even if the report cannot be written', () => {
    const { status, stdout } = run('check', 'good.jsonl', '--html', 'no/such/place.html');
    expect([status, stdout]).toEqual([73, expect.stringMatching(/^linearizable/)]);
  });

  test('reads the standard input', () => {
    const input = [put, get('1')].map((line) => JSON.stringify(line)).join('\n');
    const { status } = spawnSync(process.execPath, [cli, 'check', '-'], { input });
    expect(status).toBe(0);
  });

  test('a name in a history does not reach the terminal as a command', () => {
    const evil = save('evil.jsonl', { ...put, process: '\u001b[2J\u009b' }, get(null));
    const { stdout } = run('check', evil);
    expect(stdout).toContain('\uFFFD[2J\uFFFD');
    expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });
});

describe('other formats', () => {
  const saveText = (name: string, ...lines: readonly string[]): string => {
    writeFileSync(join(directory, name), lines.join('\n'));
    return name;
  };

  test('a Porcupine history is known by its first line, and a missing key answers nothing', () => {
    const name = saveText(
      'porcupine.txt',
      '{:process 0, :type :invoke, :f :get, :key "1", :value nil}',
      '{:process 0, :type :ok, :f :get, :key "1", :value ""}',
    );
    expect(run('check', name).status).toBe(0);
    expect(run('check', name, '--model', 'kv').status).toBe(0);
  });

  test.each([
    ['invoke acquire,ok acquire', 0],
    ['invoke enqueue 1,ok enqueue 1,invoke dequeue,ok dequeue 2', 1],
    ['invoke add 1,ok add 1,invoke read,ok read [1]', 0],
    ['invoke add 1,ok add 1,invoke read,ok read 2', 1],
    ['invoke write 1,ok write 1,invoke cas [2 3],ok cas [2 3]', 1],
    ['invoke write [7 1],ok write [7 1],invoke read [7 nil],ok read [7 1]', 0],
  ])('a Jepsen history is checked as what it is about: %s', (story, status) => {
    const events = story.split(',').map((event) => {
      const [, type, f, value = 'nil'] = /^(\w+) (\w+) ?(.*)?$/.exec(event) ?? [];
      return `{:process 0, :type :${type}, :f :${f}, :value ${value === '' ? 'nil' : value}}`;
    });
    expect(run('check', saveText('history.edn', ...events)).status).toBe(status);
  });

  test('a Jepsen log becomes JSON lines, faults included', () => {
    const name = saveText(
      'jepsen.log',
      'INFO  jepsen.util - 0\t:invoke\t:write\t4',
      'INFO  jepsen.util - :nemesis\t:info\t:start\tnil',
      'INFO  jepsen.util - :nemesis\t:info\t:start\t"cut"',
      'INFO  jepsen.util - 0\t:ok\t:write\t4',
    );
    const { status, stdout } = run('convert', name);
    expect(status).toBe(0);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    ).toEqual([
      {
        process: '0',
        call: 0,
        return: 3,
        outcome: 'ok',
        input: { kind: 'write', value: 4 },
      },
      { annotation: 'start cut', from: 1, to: 4 },
    ]);
    expect(run('check', saveText('converted.jsonl', stdout), '--model', 'register').status).toBe(0);
  });
});
