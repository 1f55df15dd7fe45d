import fc from 'fast-check';

import { BloomClock, compareBloomClocks } from '../../src/bloom-clock.ts';
import { DvvSet } from '../../src/dvv-set.ts';
import type { Ordering } from '../../src/ordering.ts';
import { ReplicaTable } from '../../src/replica-table.ts';
import { compare, merge, type VectorClock } from '../../src/vector-clock.ts';
import { VersionVectorWithExceptions } from '../../src/version-vector-with-exceptions.ts';
import { anyClock, anyReplicaId, rebuilt, replicaIds } from './clocks.ts';
import type { Knowledge } from './lattice.ts';

/** Three values of any. */
function thrice<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<readonly [Value, Value, Value]> {
  return fc.tuple(value, value, value);
}

const table = new ReplicaTable(replicaIds);

/** Clocks, of which some have zeros, some share their ids, and some share nothing. */
export const clocks: Knowledge<VectorClock> = {
  triples: thrice(
    fc.oneof(
      anyClock,
      anyClock.map(rebuilt),
      anyClock.map((clock) => table.align(clock)),
      fc.tuple(anyClock, anyClock).map(([left, right]) => merge(left, right)),
    ),
  ),
  merge,
  compare,
};

/** Sets of dots with gaps. */
export const exceptions: Knowledge<VersionVectorWithExceptions> = {
  triples: thrice(
    fc
      .array(fc.record({ id: anyReplicaId, counter: fc.integer({ min: 1, max: 5 }) }))
      .map((dots) => {
        const known = new VersionVectorWithExceptions();
        for (const each of dots) known.add(each);
        return known;
      }),
  ),
  merge: (left, right) => {
    const merged = left.clone();
    merged.merge(right);
    return merged;
  },
  compare: (left, right) => left.compare(right),
};

/** A server, whose state a write is made at, and which of the states at large was read before. */
interface Put {
  readonly server: string;
  readonly read: number;
  readonly from: number;
}

const anyPut: fc.Arbitrary<Put> = fc.record({
  server: fc.constantFrom('s', 't', '__proto__'),
  read: fc.nat(20),
  from: fc.nat(20),
});

/**
 * Sets out of one history of writes and syncs at three servers, as a sync of sets in which one
 * version had two values would mean nothing. A property picks its sets out of the history.
 */
function setsOf(puts: readonly Put[]): DvvSet<number>[] {
  const states = new Map<string, DvvSet<number>>();
  const all: DvvSet<number>[] = [DvvSet.empty()];
  puts.forEach(({ server, read, from }, value) => {
    const known = states.get(server) ?? DvvSet.empty<number>();
    const other = all[from % all.length] ?? known;
    const context = (all[read % all.length] ?? known).context();
    const next = known.sync(other).put(server, value, context);
    states.set(server, next);
    all.push(next);
  });
  return all;
}

/** Sets of one history of writes. */
export const dvvSets: Knowledge<DvvSet<number>> = {
  triples: fc
    .tuple(fc.array(anyPut, { maxLength: 15 }), fc.nat(20), fc.nat(20), fc.nat(20))
    .map(([puts, ...places]) => {
      const all = setsOf(puts);
      const pick = (place: number): DvvSet<number> => all[place % all.length] ?? DvvSet.empty();
      return [pick(places[0]), pick(places[1]), pick(places[2])] as const;
    }),
  merge: (left, right) => left.sync(right),
  compare: (left, right) => left.compare(right),
};

const shape = { cellCount: 6, hashCount: 2 };

/** Fixed cells. */
export const bloomClocks: Knowledge<BloomClock> = {
  triples: thrice(
    fc
      .array(fc.nat(2), { minLength: 6, maxLength: 6 })
      .map((cells) => BloomClock.of(shape, Uint32Array.from(cells))),
  ),
  merge: (left, right) => left.merge(right),
  compare: (left, right): Ordering => compareBloomClocks(left, right),
};
