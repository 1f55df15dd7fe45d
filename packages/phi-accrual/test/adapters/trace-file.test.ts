import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { readTraces } from '../../src/adapters/trace-file.ts';
import { TraceFormatError } from '../../src/errors.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heartbeats-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, text: string): string {
  const at = path.join(folder, name);
  writeFileSync(at, text);
  return at;
}

describe('a file', () => {
  test('of heartbeats is a trace of its name', () => {
    const at = file('beats.csv', 'sequence,arrived_ms\n1,100\n2,201\n');
    const [trace, ...more] = readTraces(at, { content: 'heartbeats' });
    expect(more).toEqual([]);
    expect(trace).toMatchObject({ name: 'beats.csv', intervalMs: 101 });
    const [given] = readTraces(at, { content: 'heartbeats', intervalMs: 100 });
    expect(given).toMatchObject({ intervalMs: 100 });
  });

  test('of round trips is a trace for each link', () => {
    const at = file('links.csv', 'slice,a,b\n1,0.2,0.4\n');
    expect(readTraces(at, { content: 'round-trips' }).map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('that is no trace is refused by its name', () => {
    const at = file('poem.txt', 'roses are red');
    const read = () => readTraces(at, { content: 'heartbeats' });
    expect(read).toThrow(TraceFormatError);
    expect(read).toThrow(/poem\.txt: line 1: expected columns/);
  });

  test('of more bytes than any trace has is not read', () => {
    const at = file('huge.csv', '');
    truncateSync(at, 2 ** 28 + 1);
    expect(() => readTraces(at, { content: 'heartbeats' })).toThrow(/expected at most 268435456/);
  });

  test('that is not there is an error of the file system', () => {
    const read = () => readTraces(path.join(folder, 'gone.csv'), { content: 'heartbeats' });
    expect(read).toThrow(/ENOENT/);
  });
});
