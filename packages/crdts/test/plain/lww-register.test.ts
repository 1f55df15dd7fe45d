import fc from 'fast-check';
import { expect, test } from 'vitest';

import { lwwRegisterCodec } from '../../src/codec/lww-codec.ts';
import { type LwwRegister, lwwRegister } from '../../src/plain/lww-register.ts';
import { describeType } from '../support/describe-type.ts';
import { awkwardTexts } from '../support/texts.ts';
import { lastOf } from '../support/last-write.ts';
import { textCodec } from '../support/value-codec.ts';

/** What is written, and what the clock says there. */
type Operation = readonly [value: string, nowMs: number];

describeType<LwwRegister<string>, Operation>({
  lattice: lwwRegister,
  codec: lwwRegisterCodec(textCodec),
  operations: [
    ['x', 1],
    ['y', 2],
  ],
  moreOperations: fc.tuple(awkwardTexts, fc.nat(5)),
  // With the id in it, so that it is seen who wins among equal times.
  mutate: (state, id, [value, nowMs]) => lwwRegister.set(state, id, `${value} ${id}`, nowMs),
  view: (state) => lwwRegister.value(state) ?? null,
  specification: (events) => {
    const last = lastOf(events);
    return last === undefined ? null : `${last.operation[0]} ${last.replicaId}`;
  },
  replicas: 'distinct',
});

test('who writes after having seen a write wins, though its clock is behind', () => {
  const first = lwwRegister.set(lwwRegister.bottom, 'a', 'first', 1_000_000);
  const second = lwwRegister.set(first, 'b', 'second', 5);
  expect(lwwRegister.value(lwwRegister.join(first, second))).toBe('second');
});

test('undefined is no value', () => {
  expect(() => lwwRegister.set(lwwRegister.bottom, 'a', undefined, 1)).toThrow(TypeError);
});
