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

test('toBeLinearizable passes, or fails with the counterexample and a report', () => {
  expect([read(0)]).toBeLinearizable(register<number>(0));
  expect([read(1)]).not.toBeLinearizable(register<number>(0), { directory });
  const fail = (): void => {
    expect([read(1)]).toBeLinearizable(register<number>(0), { directory });
  };
  expect(fail).toThrow(/a: read\(\) → 1 \[0, 1\] {2}← impossible\nreport: file:/);
  expect(readdirSync(directory)).toHaveLength(1);
});
