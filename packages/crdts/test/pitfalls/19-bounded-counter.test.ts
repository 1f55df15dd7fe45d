/**
 * The last ticket is sold at two counters at once: impossible, because a right is in one hand. And
 * a transfer of rights that arrives twice is one transfer.
 */
import { expect, test } from 'vitest';

import { boundedCounterCodec } from '../../src/codec/bounded-counter-codec.ts';
import { ReplicatedValue } from '../../src/delivery/replicated-value.ts';
import {
  type BoundedCounter,
  boundedCounter,
  type EscrowOutcome,
} from '../../src/plain/bounded-counter.ts';

const { bottom, join } = boundedCounter;

function delta(outcome: EscrowOutcome): BoundedCounter {
  if (outcome.kind === 'refused') throw new Error(`only ${outcome.available} available`);
  return outcome.delta;
}

test('two who know of one right: only who holds it can spend it', () => {
  const stock = boundedCounter.increment(bottom, 'a', 1);
  const [left, right] = [stock, stock];
  expect(boundedCounter.decrement(left, 'a').kind).toBe('granted');
  expect(boundedCounter.decrement(right, 'b')).toEqual({ kind: 'refused', available: 0 });
});

test('a right that is given away cannot be spent by the giver', () => {
  const stock = boundedCounter.increment(bottom, 'a', 1);
  const given = join(stock, delta(boundedCounter.transfer(stock, 'a', 'b', 1)));
  expect(boundedCounter.decrement(given, 'a')).toEqual({ kind: 'refused', available: 0 });
  expect(boundedCounter.decrement(given, 'b').kind).toBe('granted');
  // Who has not heard of it yet has no more than before.
  expect(boundedCounter.decrement(stock, 'b')).toEqual({ kind: 'refused', available: 0 });
});

test('a transfer that arrives twice, alone and within a state, counts once', () => {
  const stock = boundedCounter.increment(bottom, 'a', 10);
  const gift = delta(boundedCounter.transfer(stock, 'a', 'b', 4));
  const giver = join(stock, gift);
  const receiver = [stock, gift, gift, giver, gift].reduce((sum, news) => join(sum, news), bottom);
  expect(boundedCounter.rights(receiver, 'b')).toBe(4);
  expect(boundedCounter.rights(receiver, 'a')).toBe(6);
  const again = join(receiver, delta(boundedCounter.transfer(receiver, 'a', 'b', 1)));
  expect(boundedCounter.rights(again, 'b')).toBe(5);
});

test('sold out is sold out, after all have heard of all', () => {
  const ids = ['a', 'b', 'c'];
  const replicas = ids.map(
    (replicaId) =>
      new ReplicatedValue({ replicaId, lattice: boundedCounter, codec: boundedCounterCodec }),
  );
  const sync = (): void => {
    for (const from of replicas) {
      for (const to of replicas) {
        for (const update of from.updatesSince(to.encodeVersion())) {
          to.apply(update);
          to.apply(update);
        }
      }
    }
  };
  const [first] = replicas;
  first!.mutate((state, id) => boundedCounter.increment(state, id, 10));
  for (const to of ['b', 'c']) {
    first!.mutate((state, id) => delta(boundedCounter.transfer(state, id, to, 3)));
  }
  sync();
  let sold = 0;
  for (const replica of replicas) {
    // Each sells to whoever asks, and nobody talks to anybody.
    for (let customer = 0; customer < 8; customer += 1) {
      const outcome = boundedCounter.decrement(replica.state, replica.replicaId);
      if (outcome.kind === 'refused') continue;
      replica.mutate(() => outcome.delta);
      sold += 1;
    }
  }
  expect(sold).toBe(10);
  sync();
  expect(replicas.map(({ state }) => boundedCounter.value(state))).toEqual([0, 0, 0]);
});
