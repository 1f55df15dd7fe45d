import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { type HistoryFile, readHistoryFile } from '../src/adapters/history-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'history-file-'));
afterAll(() => rmSync(directory, { recursive: true }));

function read(content: string | Uint8Array): HistoryFile {
  const path = join(directory, 'history');
  writeFileSync(path, content);
  return readHistoryFile(path);
}

const line = '{"process":"a","input":"é","call":0,"outcome":"info"}';

describe('the format is found out from the first line', () => {
  test.each([
    [`\n  ${line}`, 'jsonl'],
    [`\uFEFF${line}`, 'jsonl'],
    ['{"annotation":"a","from":1}\n' + line, 'jsonl'],
    ['{"type":"invoke","f":"read","process":0}', 'jepsen'],
    ['[{"type":"invoke","f":"read","process":0}]', 'jepsen'],
    ['; a comment\n({:type :invoke, :f :read, :process 0})', 'jepsen'],
    ['#jepsen.history.Op{:type :invoke, :f :read, :process 0}', 'jepsen'],
    ['2026-05-01 INFO starting\n0\t:invoke\t:read\tnil', 'jepsen'],
    ['{:process 0, :type :invoke, :f :get, :key "1", :value nil}', 'porcupine'],
  ])('%s', (content, format) => {
    const file = read(content);
    expect([file.format, file.recording.history.length]).toEqual([format, 1]);
  });
});

describe('large and broken files', () => {
  test('characters may lie across the borders of chunks', () => {
    const lines = Array.from({ length: 40_000 }, () => line);
    const { history } = read(`x${lines.join('\n')}`.slice(1)).recording;
    expect(history).toHaveLength(40_000);
    expect(new Set(history.map(({ input }) => input))).toEqual(new Set(['é']));
  });

  test.each([
    ['nothing', ''],
    ['noise', 'hello\nworld'],
    ['annotations alone', '{"annotation":"a","from":1}'],
  ])('%s is no history', (_name, content) => {
    expect(() => read(content)).toThrow(/^expected operations in one of the formats jsonl/);
  });

  test('bytes that are no UTF-8 are refused: two of them would look alike', () => {
    expect(() => read(new Uint8Array([0x7b, 0xff, 0x7d]))).toThrow(/^expected UTF-8/);
    expect(() => read(new TextEncoder().encode(line).slice(0, 25))).toThrow(/^expected UTF-8/);
  });

  test('a file that is not there is an error of the file system', () => {
    expect(() => readHistoryFile(join(directory, 'nope'))).toThrow(/ENOENT/);
  });
});
