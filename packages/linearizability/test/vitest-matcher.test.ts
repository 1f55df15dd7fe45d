import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import {
  installLinearizabilityMatcher,
  type LinearizabilityMatchers,
} from '../src/adapters/vitest.ts';
import { register } from '../src/models/register.ts';

declare module 'vitest' {
  // Declared with vitest's own parameters, of which only the first is of use here.
  /* eslint-disable @typescript-eslint/no-empty-object-type, @typescript-eslint/no-unused-vars */
  interface Matchers<
    R extends void | Promise<void> = void | Promise<void>,
    T = unknown,
  > extends LinearizabilityMatchers<R> {}
  /* eslint-enable */
}

installLinearizabilityMatcher();

const directory = mkdtempSync(join(tmpdir(), 'matcher-'));
afterAll(() => rmSync(directory, { recursive: true }));

const read = (output: number) => ({
  process: 'a',
  input: { kind: 'read' } as const,
  callTime: 0,
  outcome: { kind: 'ok', output, returnTime: 1 } as const,
});

const model = register<number>(0);

/** A check of it ends with 'unknown'. */
const bounded = { maxSteps: 1, directory };
const slow = [read(0), { ...read(0), process: 'b' }];

test('toBeLinearizable passes, or fails with the counterexample and a report', () => {
  expect([read(0)]).toBeLinearizable(model);
  const fail = (): void => expect([read(1)]).toBeLinearizable(model, { directory });
  const lines = ['  a  read\\(\\) → 1  \\[0, 1\\]  ← impossible', 'report: file:'].join('\\n');
  expect(fail).toThrow(
    new RegExp(`expected a linearizable history, but .* not-linearizable\\n${lines}`),
  );
  const reports = readdirSync(directory);
  expect(reports).toEqual([expect.stringMatching(/^vitest-matcher-test-ts-toBeLin.*\.html$/)]);
  expect(fail).toThrow();
  expect(readdirSync(directory)).toEqual(reports);
});

test('not.toBeLinearizable passes without a report, or fails', () => {
  const before = readdirSync(directory);
  expect([read(1)]).not.toBeLinearizable(model, { directory });
  expect(readdirSync(directory)).toEqual(before);
  expect(() => expect([read(0)]).not.toBeLinearizable(model)).toThrow(
    'expected one that is not linearizable, but the history is linearizable',
  );
});

test('a bound that was met fails both', () => {
  const write = { ...read(0), input: { kind: 'write', value: 1 } as const };
  const history = [...slow, { ...write, process: 'c' }];
  expect(() => expect(history).toBeLinearizable(model, bounded)).toThrow(/unknown \(steps\)/);
  expect(() => expect(history).not.toBeLinearizable(model, bounded)).toThrow(/unknown \(steps\)/);
});

test('what is no history is an error', () => {
  expect(() => expect(undefined).toBeLinearizable(model)).toThrow(
    'history: expected a list of operations, got undefined',
  );
});
