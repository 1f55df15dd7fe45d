import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { type ExportSettings, exportTrace } from '../../../src/cli/trace/export-trace.ts';
import { filter } from '../../../src/cli/trace/filter-form.ts';
import type { Shell } from '../../../src/cli/shell.ts';
import { parseTrace } from '../../../src/observe/trace-file.ts';
import { exchange } from '../../support/trace-entries.ts';

const kept = [...exchange(1_000, 1), ...exchange(20_000, 2), ...exchange(21_000, 3)]
  .map((entries) => `${JSON.stringify({ entries, leftOutCount: 1 })}\n`)
  .join('');

let directory = '';
let answer: { status: number; body: string };
let asked: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'quorate-trace-'));
  answer = { status: 200, body: kept };
  asked = [];
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function run(settings: Partial<ExportSettings>, isJson = false) {
  const [printed, noted]: [string[], string[]] = [[], []];
  const shell: Shell = {
    ...{ isJson, mainFile: '', interrupted: new AbortController().signal },
    print: (line) => printed.push(line),
    note: (line) => noted.push(line),
    foreign: (text) => text,
    colours: (_tone, text) => text,
    progress: { show: () => undefined, clear: () => undefined },
  };
  const demo = {
    request: ({ path }: { readonly path: string }) => {
      asked.push(path);
      return Promise.resolve({ ...answer, headers: {} });
    },
    stream: () => Promise.resolve(undefined),
    view: () => Promise.reject(new Error('nobody asks')),
  };
  const code = await exportTrace(
    {
      ...{ demo, format: 'jsonl', pastMs: 30_000, forMs: undefined, holds: () => true },
      ...{ hasHeartbeats: false, outFile: undefined, ...settings },
    },
    shell,
  );
  return { code, printed: printed.join('\n'), noted: noted.join('\n') };
}

describe('what the demo kept', () => {
  test('becomes lines that can be read again, with names for messages', async () => {
    const { code, printed, noted } = await run({});
    expect([code, asked]).toEqual([0, ['/api/trace/recorded?forMs=30000']]);
    const { entries, problemCount } = parseTrace(printed);
    expect([entries.length, problemCount]).toEqual([9, 0]);
    expect(printed).toContain('"msgId":"n1.x#1"');
    expect(noted).toBe('9 events, 6 more were left out by busy nodes');
  });

  test('is cut where it is to begin, and to what fits the condition', async () => {
    const { printed } = await run({ pastMs: 5_000, holds: filter.parse('m.term > 2')! });
    const { entries } = parseTrace(printed);
    expect(entries.map(({ kind, wallMs }) => [kind, wallMs])).toEqual([
      ['send', 21_000],
      ['receive', 21_005],
    ]);
    const lost = parseTrace((await run({ holds: filter.parse('m.lost')! })).printed);
    expect(lost.entries.every(({ peer }) => peer === 'n3')).toBe(true);
    await expect(run({ holds: () => false })).rejects.toThrow('nothing that fits');
  });

  test('becomes a log for ShiViz without gaps', async () => {
    const { printed } = await run({ format: 'shiviz', pastMs: 5_000 });
    const [first] = printed.split('\n').slice(2);
    expect(first).toBe('n1.x {"n1.x":1}');
  });

  test('becomes a picture in the colours of the page', async () => {
    const outFile = join(directory, 'trace.svg');
    const { printed, noted } = await run({ format: 'svg', outFile });
    expect([printed, noted]).toEqual(['', expect.stringContaining(outFile)]);
    const svg = readFileSync(outFile, 'utf8');
    // 20 s, 400 px each.
    expect(svg).toContain('viewBox="0 0 8002 160"');
    expect(svg.match(/<title>appendEntries: n1 to n2<\/title>/g)).toHaveLength(3);
    expect(svg.match(/<title>appendEntries: n1 to n3, not received<\/title>/g)).toHaveLength(3);
    expect(svg).toContain('stroke="#0072b2"');
    expect(svg).not.toContain('currentcolor');
  });

  test('is one object for a program, but for lines that are for programs', async () => {
    const { printed } = await run({ format: 'shiviz' }, true);
    expect(JSON.parse(printed)).toMatchObject({ format: 'shiviz', eventCount: 9 });
    expect(parseTrace((await run({}, true)).printed).entries).toHaveLength(9);
  });

  test('is nothing: the sentence of the demo says what to do', async () => {
    const problem = { code: 'conflict', detail: 'nothing is recorded', indefinite: false };
    answer = { status: 409, body: JSON.stringify(problem) };
    await expect(run({})).rejects.toThrow('conflict: nothing is recorded.');
  });
});

test.each(['m.', 'alert(1)', "m.type = 'x'", 'm.type ==='])('%s is no condition', (text) => {
  expect(filter.parse(text)).toBeUndefined();
});
