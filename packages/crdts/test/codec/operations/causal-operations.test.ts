import type { Codec } from '@quorate/transport/codec';
import { describe, expect, test } from 'vitest';

import { type AwSet, awSet } from '../../../src/causal/aw-set.ts';
import type { Causal } from '../../../src/causal/causal.ts';
import { causalCounter } from '../../../src/causal/causal-counter.ts';
import type { DotSet } from '../../../src/causal/dot-fun.ts';
import type { DotMap } from '../../../src/causal/dot-map.ts';
import {
  causalCounterCodec,
  dwFlagCodec,
  ewFlagCodec,
  mvRegisterCodec,
} from '../../../src/codec/dot-codec.ts';
import { awMapCodec, awSetCodec, rwSetCodec } from '../../../src/codec/dot-map-codec.ts';
import { textCodec } from '../../../src/codec/key-codec.ts';
import {
  awMapOperations,
  awSetOperations,
  causalCounterOperations,
  dwFlagOperations,
  ewFlagOperations,
  mvRegisterOperations,
  rwSetOperations,
} from '../../../src/codec/operations/causal-operations.ts';
import type { CausalOperations } from '../../../src/codec/operations/dotted-operation.ts';
import * as cases from '../../support/causal-cases.ts';
import { describeOperations } from '../../support/describe-operations.ts';

/** The first two acts of a case and its last one: all of them would take long, and say no more. */
function describeCausal<Store, Content, Act>(
  name: string,
  type: CausalOperations<Store, Content>,
  codec: Codec<Causal<Store>>,
  { lattice, operations, mutate }: cases.CausalCase<Causal<Store>, Act>,
): void {
  describe(name, () => {
    const acts = [...operations.slice(0, 2), ...operations.slice(-1)];
    describeOperations({ type, lattice, codec, acts, mutate });
  });
}

const sets = awSetOperations(textCodec);
const setCodec = awSetCodec(textCodec);

describeCausal('of enable-wins flags', ewFlagOperations, ewFlagCodec, cases.ewFlagCase);
describeCausal('of disable-wins flags', dwFlagOperations, dwFlagCodec, cases.dwFlagCase);
describeCausal(
  'of multi-value registers',
  mvRegisterOperations(textCodec),
  mvRegisterCodec(textCodec),
  cases.mvRegisterCase,
);
describeCausal(
  'of resettable counters',
  causalCounterOperations,
  causalCounterCodec,
  cases.causalCounterCase,
);
describeCausal('of add-wins sets', sets, setCodec, cases.awSetCase);
describeCausal(
  'of remove-wins sets',
  rwSetOperations(textCodec),
  rwSetCodec(textCodec),
  cases.rwSetCase,
);
describeCausal(
  'of maps of sets',
  awMapOperations<string, DotMap<string, DotSet>, { key: string; content: true }>(
    textCodec,
    awSet,
    sets,
  ),
  awMapCodec<string, DotMap<string, DotSet>>(textCodec, awSet, setCodec),
  cases.setMapCase,
);

test('an operation that comes twice, or before its cause, is not what was meant', () => {
  const empty: AwSet<string> = awSet.bottom;
  const add = sets.prepare(empty, 'a', awSet.add(empty, 'a', 'x'));
  const added = add === undefined ? empty : sets.effect(empty, 'a', add);
  const removal = sets.prepare(added, 'a', awSet.remove(added, 'x'));
  if (add === undefined || removal === undefined) throw new Error('expected two operations');

  const twice = sets.effect(sets.effect(added, 'a', removal), 'a', add);
  expect(awSet.has(twice, 'x')).toBe(true);
  const early = sets.effect(sets.effect(empty, 'a', removal), 'a', add);
  expect(awSet.has(early, 'x')).toBe(true);
});

test('two changes that were joined are no operation, nor is what somebody else made', () => {
  const empty: AwSet<string> = awSet.bottom;
  const first = awSet.add(empty, 'a', 'x');
  const both = awSet.join(first, awSet.add(first, 'a', 'y'));

  expect(() => sets.prepare(empty, 'a', both)).toThrow(RangeError);
  expect(() => sets.prepare(first, 'a', first)).toThrow(RangeError);
  expect(() => sets.prepare(empty, 'b', first)).toThrow(
    'delta: expected one change of this state by its author, got another one',
  );
});

test('increments that were summed are no increment', () => {
  const one = causalCounter.increment(causalCounter.bottom, 'a');
  const two = causalCounter.join(one, causalCounter.increment(one, 'a'));
  const sum = causalCounter.settle(two, two);

  expect(() => causalCounterOperations.prepare(one, 'a', sum)).toThrow(RangeError);
});
