import { describe, expect, test } from 'vitest';

import { lwwMapCodec, lwwRegisterCodec, lwwSetCodec } from '../../../src/codec/lww-codec.ts';
import { textCodec } from '../../../src/codec/key-codec.ts';
import {
  lwwMapOperations,
  lwwRegisterOperations,
  lwwSetOperations,
} from '../../../src/codec/operations/last-write-operations.ts';
import { TIME_MS_MAX } from '../../../src/plain/hybrid-time.ts';
import { type LwwMap, lwwMap } from '../../../src/plain/lww-map.ts';
import { type LwwRegister, lwwRegister } from '../../../src/plain/lww-register.ts';
import { lwwSet } from '../../../src/plain/lww-set.ts';
import { describeOperations } from '../../support/describe-operations.ts';

describe('of registers', () => {
  describeOperations({
    type: lwwRegisterOperations(textCodec),
    lattice: lwwRegister,
    codec: lwwRegisterCodec(textCodec),
    acts: [0, 5, TIME_MS_MAX],
    mutate: (state: LwwRegister<string>, id, nowMs) =>
      lwwRegister.set(state, id, `${id}${nowMs}`, nowMs),
  });

  test('what somebody else wrote is no change of its author', () => {
    const delta = lwwRegister.set(lwwRegister.bottom, 'a', 'x', 1);
    const { prepare } = lwwRegisterOperations(textCodec);
    expect(() => prepare(lwwRegister.bottom, 'b', delta)).toThrow(RangeError);
  });
});

describe('of maps', () => {
  describeOperations({
    type: lwwMapOperations(textCodec),
    lattice: lwwMap,
    codec: lwwMapCodec(textCodec),
    acts: [
      ['x', 1],
      ['x', 0],
      ['__proto__', 1],
    ] as const,
    mutate: (state: LwwMap<string>, id, [key, nowMs]) =>
      nowMs > 0 ? lwwMap.set(state, id, key, id, nowMs) : lwwMap.remove(state, id, key, 7),
  });
});

describe('of sets', () => {
  describeOperations({
    type: lwwSetOperations,
    lattice: lwwSet,
    codec: lwwSetCodec,
    acts: ['add', 'remove'] as const,
    mutate: (state, id, act) => lwwSet[act](state, id, 'x', 1),
  });
});
