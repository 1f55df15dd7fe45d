import { expect } from 'vitest';

import { expectedOf, isSameNumber } from './results.ts';
import type { Verdicts } from './run.ts';

/** Fails the running test when a claim of a block does not hold. */
export const checkClaims: Verdicts = {
  shows: (claim, value) => {
    const expected = expectedOf(claim.text);
    if (expected.decimals !== undefined && isSameNumber(value, expected)) return;
    expect(value, `line ${claim.line} of the block`).toEqual(expected.value);
  },
  throws: (claim, error) => {
    const [, name = '', message = ''] = /^(\w*):?\s*(.*)$/.exec(claim.text) ?? [];
    const line = `line ${claim.line} of the block`;
    expect(error, line).toBeInstanceOf(Error);
    if (!(error instanceof Error)) return;
    expect([error.name, error.constructor.name], line).toContain(name);
    expect(error.message, line).toContain(message);
  },
};
