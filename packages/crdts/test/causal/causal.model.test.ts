import { describe, expect, test } from 'vitest';

import * as cases from '../support/causal-cases.ts';
import type { CausalCase } from '../support/causal-cases.ts';
import { checkExhaustively, deltaSubject, depthOf } from '../support/exhaustive.ts';

// Goal: each type is what its definition over the log of operations says, in every history.
// Method: all histories of three replicas, in all causal orders; up to three events, deltas in any
// order and all pairs of states besides.
// Deeper with CRDTS_DEPTH=5, which takes minutes.
describe('every history', { timeout: 3_600_000 }, () => {
  const check = <State, Operation>(
    subject: CausalCase<State, Operation>,
    atLeast: number,
  ): void => {
    const count = checkExhaustively(deltaSubject(subject), { depth: depthOf(4) });
    expect(count).toBeGreaterThan(atLeast);
  };
  test('of an add-wins set', () => check(cases.awSetCase, 20_000));
  test('of a remove-wins set', () => check(cases.rwSetCase, 20_000));
  test('of an enable-wins flag', () => check(cases.ewFlagCase, 1_700));
  test('of a disable-wins flag', () => check(cases.dwFlagCase, 1_700));
  test('of a multi-value register', () => check(cases.mvRegisterCase, 8_000));
  test('of a resettable counter', () => check(cases.causalCounterCase, 8_000));
  test('of a map of sets', () => check(cases.setMapCase, 60_000));
});
