import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { formatJsonLines, recorder } from '@quorate/linearizability';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { runCheck } from '../../src/cli/run-check.ts';
import type { ConfigInput, ConfigOutput } from '../../src/check/config-model.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'quorate-check-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function check(text: string, htmlFile?: string) {
  const file = join(directory, 'history.jsonl');
  writeFileSync(file, text);
  const [printed, noted]: [string[], string[]] = [[], []];
  const output = {
    print: (line: string) => printed.push(line),
    note: (line: string) => noted.push(line),
  };
  const code = runCheck({ file, htmlFile }, { ...output, isJson: false });
  return { code, printed: printed.join('\n'), noted: noted.join('\n') };
}

async function history(read: string): Promise<string> {
  let nowMs = 0;
  const recorded = recorder<ConfigInput, ConfigOutput>({ nowMs: () => nowMs++ });
  const put: ConfigInput = { kind: 'put', key: 'a', value: 'x', condition: { kind: 'none' } };
  await recorded.run('ann', put, () => ({ kind: 'written', revision: 3, isNew: true }));
  const get: ConfigInput = { kind: 'get', key: 'a' };
  await recorded.run('bob', get, () => ({ kind: 'value', value: read, revision: 3 }));
  return formatJsonLines(recorded.history());
}

test('says that a history is linearizable, and leaves a page', async () => {
  const page = join(directory, 'page.html');
  expect(check(await history('x'), page)).toMatchObject({
    code: 0,
    printed: 'linearizable: 2 operations',
  });
  expect(readFileSync(page, 'utf8')).toContain('<html');
});

test('shows the operations that prove that one is not', async () => {
  const { code, printed } = check(await history('y'));
  expect([code, printed]).toEqual([1, expect.stringContaining('bob')]);
});

test.each([
  ['no JSON', '{'],
  ['another service', '{"process":"a","input":{"kind":"pop"},"call":0,"return":1,"output":1}'],
])('refuses %s', (_, text) => {
  const { code, noted } = check(text);
  expect([code, noted]).toEqual([2, expect.stringContaining('history.jsonl: ')]);
});
