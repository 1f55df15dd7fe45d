/**
 * A backup of yesterday is restored, counts, and synchronizes. No count may be lost or doubled.
 *
 * The practice: each load takes a new replica id, so that what the restored replica counts is
 * counted beside what was counted under its old id, whoever still knows that. And where the old id
 * is used again all the same, somebody notices before a count is lost.
 */
import { describe, expect, test } from 'vitest';

import { gCounterCodec } from '../../src/codec/g-counter-codec.ts';
import { pnCounterCodec } from '../../src/codec/pn-counter-codec.ts';
import { ReplicatedValue } from '../../src/delivery/replicated-value.ts';
import { ForkedReplicaError } from '../../src/errors.ts';
import { type GCounter, gCounter } from '../../src/plain/g-counter.ts';
import { pnCounter } from '../../src/plain/pn-counter.ts';

const type = { lattice: gCounter, codec: gCounterCodec };

function count(replica: ReplicatedValue<GCounter>, amount: number): void {
  replica.mutate((state, id) => gCounter.increment(state, id, amount));
}

function sync<State>(from: ReplicatedValue<State>, to: ReplicatedValue<State>): void {
  for (const update of from.updatesSince(to.encodeVersion())) to.apply(update);
}

/** A replica that was saved at 10, counted 5 more, told another one, and then lost its disk. */
function lostOne(): { readonly backup: Uint8Array; readonly other: ReplicatedValue<GCounter> } {
  const first = new ReplicatedValue({ ...type, replicaId: 'shop-1' });
  const other = new ReplicatedValue({ ...type, replicaId: 'office' });
  count(first, 10);
  const backup = first.save();
  count(first, 5);
  sync(first, other);
  return { backup, other };
}

test('under a new id nothing is lost and nothing is counted twice', () => {
  const { backup, other } = lostOne();
  const restored = ReplicatedValue.load(backup, { ...type, replicaId: 'shop-1b' });
  expect(gCounter.value(restored.state)).toBe(10);
  count(restored, 3);
  sync(restored, other);
  sync(other, restored);
  expect(gCounter.value(other.state)).toBe(18);
  expect(gCounter.value(restored.state)).toBe(18);
});

test('ups and downs, restored twice', () => {
  const both = { lattice: pnCounter, codec: pnCounterCodec };
  const first = new ReplicatedValue({ ...both, replicaId: 'a' });
  first.mutate((state, id) => pnCounter.increment(state, id, 10));
  const backup = first.save();
  first.mutate((state, id) => pnCounter.decrement(state, id, 4));
  const lives = ['a2', 'a3'].map((replicaId) => {
    const life = ReplicatedValue.load(backup, { ...both, replicaId });
    life.mutate((state, id) => pnCounter.decrement(state, id));
    return life;
  });
  for (const life of lives) {
    sync(life, first);
    sync(first, life);
  }
  sync(lives[1]!, lives[0]!);
  expect([...lives, first].map(({ state }) => pnCounter.value(state))).toEqual([4, 4, 4]);
});

describe('under the old id', () => {
  test('the bare lattice loses counts without a word, which is why ids are new', () => {
    const start = gCounter.increment(gCounter.bottom, 'shop-1', 10);
    const told = gCounter.join(start, gCounter.increment(start, 'shop-1', 5));
    const restored = gCounter.join(start, gCounter.increment(start, 'shop-1', 3));
    expect(gCounter.value(gCounter.join(told, restored))).toBe(15);
  });

  test('a load is refused', () => {
    const { backup } = lostOne();
    expect(() => ReplicatedValue.load(backup, { ...type, replicaId: 'shop-1' })).toThrow(
      ForkedReplicaError,
    );
  });

  test('a load that is forced is noticed by all that know better, before a count is lost', () => {
    const { backup, other } = lostOne();
    const options = { ...type, replicaId: 'shop-1', continueReplica: true };
    const forced = ReplicatedValue.load(backup, options);
    const updates: Uint8Array[] = [];
    forced.onLocalUpdate((update) => updates.push(update));
    count(forced, 3);
    expect(() => other.apply(updates[0]!)).toThrow(ForkedReplicaError);
    expect(() => other.updatesSince(forced.encodeVersion())).toThrow(ForkedReplicaError);
    expect(() => forced.updatesSince(other.encodeVersion())).toThrow(ForkedReplicaError);
    expect(gCounter.value(other.state)).toBe(15);
  });

  test('a load that is forced and hears of the missing deltas first may go on', () => {
    const { backup, other } = lostOne();
    const options = { ...type, replicaId: 'shop-1', continueReplica: true };
    const forced = ReplicatedValue.load(backup, options);
    sync(other, forced);
    count(forced, 3);
    sync(forced, other);
    expect(gCounter.value(other.state)).toBe(18);
  });
});
