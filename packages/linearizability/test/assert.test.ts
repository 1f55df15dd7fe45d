import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { assertLinearizable } from '../src/adapters/assert.ts';
import { register } from '../src/models/register.ts';

const directory = mkdtempSync(join(tmpdir(), 'assert-'));
afterAll(() => rmSync(directory, { recursive: true }));

const model = register<number>(0);
const read = (output: number) => ({
  process: 'a',
  input: { kind: 'read' } as const,
  callTime: 0,
  outcome: { kind: 'ok', output, returnTime: 1 } as const,
});

describe('assertLinearizable', () => {
  test('says nothing about a linearizable history', () => {
    expect(() => assertLinearizable(model, [read(0)], { directory })).not.toThrow();
    expect(readdirSync(directory)).toEqual([]);
  });

  test('throws with the counterexample, and writes the report under its title', () => {
    const fail = (title: string) => () => {
      assertLinearizable(model, [read(1)], { directory, title });
    };
    expect(fail('stale read')).toThrow(
      expect.objectContaining({ code: 'ERR_ASSERTION', actual: 'not-linearizable' }),
    );
    expect(fail('stale: read')).toThrow(/a {2}read\(\) → 1 {2}\[0, 1\] {2}← impossible/);
    const reports = readdirSync(directory);
    expect(reports).toHaveLength(2);
    expect(reports[0]).toMatch(/^stale-read-[0-9a-f]{8}\.html$/);
    expect(readFileSync(join(directory, reports[0] ?? ''), 'utf8')).toContain('<title>stale');
  });

  test('a bound that was met is a failure', () => {
    const history = [read(0), { ...read(0), process: 'b' }];
    expect(() => assertLinearizable(model, history, { directory, maxSteps: 1 })).toThrow(/unknown/);
  });
});
