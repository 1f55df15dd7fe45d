import fc from 'fast-check';
import { expect } from 'vitest';

import { gCounterCodec } from '../../src/codec/g-counter-codec.ts';
import { type GCounter, gCounter, type Pruning } from '../../src/plain/g-counter.ts';
import { SortedMap } from '../../src/plain/sorted-map.ts';
import { describeCompaction } from '../support/describe-compaction.ts';
import { describeType } from '../support/describe-type.ts';

describeType({
  lattice: gCounter,
  codec: gCounterCodec,
  operations: [1, 5],
  moreOperations: fc.integer({ min: 1, max: 1_000 }),
  mutate: (state, replicaId, amount) => gCounter.increment(state, replicaId, amount),
  view: gCounter.value,
  specification: (events) => events.reduce((sum, { operation }) => sum + operation, 0),
});

/** What members agreed on: two that are gone, one after the other, and all they ever counted. */
const prunings: readonly Pruning[] = [
  { epoch: 1, finals: [['x', 5]] },
  { epoch: 2, finals: [['y', 7]] },
];

type Step =
  | { readonly kind: 'count'; readonly amount: number }
  /** A late message: what `x` or `y` had counted at some time. */
  | { readonly kind: 'hear'; readonly id: 'x' | 'y'; readonly amount: number }
  | { readonly kind: 'prune'; readonly epoch: number };

function step(state: GCounter, replicaId: string, next: Step): GCounter | undefined {
  if (next.kind === 'count') return gCounter.increment(state, replicaId, next.amount);
  const known = Math.max(state.epoch, ...[...state.finals.values()].map(({ epoch }) => epoch));
  if (next.kind === 'prune') {
    const pruning = prunings[next.epoch - 1];
    return pruning?.epoch === known + 1 ? gCounter.prune(state, pruning) : undefined;
  }
  // Who knows of the pruning has nothing of before on its way to others.
  const isGone = known >= (next.id === 'x' ? 1 : 2);
  return isGone ? undefined : { ...gCounter.bottom, counts: SortedMap.of(next.id, next.amount) };
}

describeCompaction<GCounter, Step>({
  lattice: gCounter,
  codec: gCounterCodec,
  operations: fc.oneof(
    fc.record({ kind: fc.constant('count'), amount: fc.integer({ min: 1, max: 99 }) }),
    fc.record({
      kind: fc.constant('hear'),
      id: fc.constant('x'),
      amount: fc.integer({ min: 1, max: 5 }),
    }),
    fc.record({
      kind: fc.constant('hear'),
      id: fc.constant('y'),
      amount: fc.integer({ min: 1, max: 7 }),
    }),
    fc.record({ kind: fc.constant('prune'), epoch: fc.integer({ min: 1, max: 2 }) }),
  ),
  mutate: step,
  view: gCounter.value,
  expectTidy: (state) => {
    expect(state.finals.size).toBe(0);
    for (const { epoch, finals } of prunings) {
      for (const [id] of finals) if (state.epoch >= epoch) expect(state.counts.has(id)).toBe(false);
    }
  },
});
