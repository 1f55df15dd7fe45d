import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { formatJsonLines, recorder } from '@quorate/linearizability';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { checkHistory, fileOf } from '../../../src/cli/check/check-history.ts';
import type { HistoryModel } from '../../../src/cli/check/history-models.ts';
import type { ConfigInput, ConfigOutput } from '../../../src/check/config-model.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'quorate-check-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function check(
  text: string,
  options: {
    readonly htmlFile?: string;
    readonly model?: HistoryModel;
    readonly signal?: AbortSignal;
    readonly isJson?: boolean;
  } = {},
) {
  const { htmlFile, model = 'config', signal, isJson = false } = options;
  const file = join(directory, 'history.jsonl');
  writeFileSync(file, text);
  const [printed, noted]: [string[], string[]] = [[], []];
  const shell = {
    print: (line: string) => printed.push(line),
    note: (line: string) => noted.push(line),
    ...{ isJson, interrupted: signal ?? new AbortController().signal },
  };
  const settings = { ...fileOf(file), model, htmlFile, timeoutMs: 30_000 };
  const code = await checkHistory(settings, shell);
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
  expect(await check(await history('x'), { htmlFile: page })).toMatchObject({
    code: 0,
    printed: 'linearizable: 2 operations',
  });
  expect(readFileSync(page, 'utf8')).toContain('<html');
});

test('shows the operations that prove that one is not', async () => {
  const { code, printed } = await check(await history('y'));
  expect([code, printed]).toEqual([1, expect.stringContaining('bob')]);
  const told = await check(await history('y'), { isJson: true });
  expect(JSON.parse(told.printed)).toMatchObject({
    verdict: 'not-linearizable',
    operationCount: 2,
    counterexample: expect.stringContaining('bob') as unknown,
  });
});

test('a history from the middle is held to what was seen before', async () => {
  const read = (await history('y')).split('\n').find((line) => line.includes('bob')) ?? '';
  expect((await check(read)).code).toBe(1);
  expect((await check(read, { model: 'window' })).code).toBe(0);
});

const operation = (input: object, output: unknown, at: number): string =>
  `${JSON.stringify({ process: 'a', call: at, return: at + 1, outcome: 'ok', input, output })}\n`;

test.each<[HistoryModel, object, unknown, object, unknown]>([
  ['kv', { kind: 'put', key: 'k', value: '1' }, null, { kind: 'get', key: 'k' }, '1'],
  ['register', { kind: 'write', value: 1 }, null, { kind: 'read' }, 1],
  ['counter', { kind: 'add', by: 2 }, null, { kind: 'read' }, 2],
])('holds histories of others to their model: %s', async (model, write, done, read, value) => {
  const first = operation(write, done, 0);
  expect((await check(first + operation(read, value, 5), { model })).code).toBe(0);
  const wrong = typeof value === 'number' ? value + 1 : 'other';
  expect((await check(first + operation(read, wrong, 5), { model })).code).toBe(1);
});

test('who gives up knows nothing', async () => {
  const { code, printed } = await check(await history('x'), { signal: AbortSignal.abort() });
  expect([code, printed]).toEqual([130, 'unknown (aborted): 2 operations']);
});

test.each([
  ['no JSON', '{'],
  ['another service', '{"process":"a","input":{"kind":"pop"},"call":0,"return":1,"output":1}'],
])('refuses %s', async (_, text) => {
  const { code, noted } = await check(text);
  expect([code, noted]).toEqual([2, expect.stringContaining('history.jsonl: ')]);
});

test('a file that is not there is no history', async () => {
  const shell = {
    ...{ print: () => undefined, note: () => undefined, isJson: false },
    interrupted: new AbortController().signal,
  };
  const where = fileOf(join(directory, 'nothing'));
  const settings = { ...where, model: 'config', htmlFile: undefined, timeoutMs: 1 } as const;
  expect(await checkHistory(settings, shell)).toBe(2);
});
