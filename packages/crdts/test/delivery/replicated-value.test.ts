import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { gCounterCodec } from '../../src/codec/g-counter-codec.ts';
import {
  ReplicatedValue,
  type ReplicatedValueOptions,
} from '../../src/delivery/replicated-value.ts';
import {
  BeforeHistoryError,
  CorruptBytesError,
  ForkedReplicaError,
  PendingFullError,
  RefusedUpdateError,
} from '../../src/errors.ts';
import { gSetCodec } from '../../src/codec/set-codec.ts';
import { gSet } from '../../src/plain/g-set.ts';
import { type GCounter, gCounter } from '../../src/plain/g-counter.ts';

const type = { lattice: gCounter, codec: gCounterCodec };
const NOTHING = new Uint8Array(0);

function counter(
  replicaId: string,
  options: Partial<ReplicatedValueOptions<GCounter>> = {},
): ReplicatedValue<GCounter> {
  return new ReplicatedValue({ ...type, replicaId, ...options });
}

function count(replica: ReplicatedValue<GCounter>, amount = 1): void {
  replica.mutate((state, id) => gCounter.increment(state, id, amount));
}

function valueOf(replica: ReplicatedValue<GCounter>): number {
  return gCounter.value(replica.state);
}

/** What `to` lacks of `from` arrives. */
function sync(from: ReplicatedValue<GCounter>, to: ReplicatedValue<GCounter>): void {
  for (const update of from.updatesSince(to.encodeVersion())) to.apply(update);
}

/** The updates of each change, as they are told. */
function updatesOf(replica: ReplicatedValue<GCounter>): Uint8Array[] {
  const updates: Uint8Array[] = [];
  replica.onLocalUpdate((update) => updates.push(update));
  return updates;
}

describe('updates', () => {
  test('bring what the other lacks, and only that', () => {
    const a = counter('a');
    const b = counter('b');
    count(a, 2);
    count(b, 3);
    sync(a, b);
    sync(b, a);
    expect([valueOf(a), valueOf(b)]).toEqual([5, 5]);
    expect(a.encodeVersion()).toEqual(b.encodeVersion());
    expect(a.updatesSince(b.encodeVersion())).toEqual([]);
    expect(a.isCoveredBy(b.encodeVersion())).toBe(true);
    expect(a.isCoveredBy(NOTHING)).toBe(false);
    count(b);
    expect(b.updatesSince(a.encodeVersion())).toHaveLength(1);
  });

  test('keep to a size while the deltas are kept; a whole state is one update', () => {
    const set = (replicaId: string, logSizeBytesMax = 2 ** 20) =>
      new ReplicatedValue({
        ...{ lattice: gSet, codec: gSetCodec, replicaId, logSizeBytesMax },
      });
    const many = (logSizeBytesMax?: number) => {
      const a = set('a', logSizeBytesMax);
      for (let at = 0; at < 200; at += 1) a.mutate((state) => gSet.add(state, `element ${at}`));
      return a;
    };
    const kept = many();
    // The state is smaller than all deltas, and larger than allowed.
    expect(kept.updatesSince(NOTHING)).toEqual([kept.save()]);
    const cut = kept.updatesSince(NOTHING, 500);
    expect(cut.length).toBeGreaterThan(1);
    for (const update of cut) expect(update.length).toBeLessThanOrEqual(500);
    const b = set('b');
    for (const update of cut.toReversed()) b.apply(update);
    expect(b.encodeVersion()).toEqual(kept.encodeVersion());
    const dropped = many(0);
    expect(dropped.updatesSince(NOTHING, 500)).toEqual([dropped.save()]);
  });

  test('of each change are told to listeners, and are known when they arrive twice', () => {
    const a = counter('a');
    const b = counter('b');
    const updates = updatesOf(a);
    count(a);
    count(a);
    expect(updates.map((update) => b.apply(update))).toEqual([
      { kind: 'applied', eventCount: 1 },
      { kind: 'applied', eventCount: 1 },
    ]);
    expect(b.apply(updates[0]!)).toEqual({ kind: 'duplicate' });
    expect(valueOf(b)).toBe(2);
  });

  test('wait for those before them, and are not part of the version until then', () => {
    const a = counter('a');
    const b = counter('b');
    const updates = updatesOf(a);
    for (let index = 0; index < 3; index += 1) count(a);
    expect(b.apply(updates[2]!)).toEqual({ kind: 'waiting' });
    expect(b.apply(updates[2]!)).toEqual({ kind: 'waiting' });
    expect(b.apply(updates[1]!)).toEqual({ kind: 'waiting' });
    expect(b.encodeVersion()).toEqual(NOTHING);
    expect([b.waitingCount, valueOf(b)]).toEqual([2, 0]);
    expect(b.apply(updates[0]!)).toEqual({ kind: 'applied', eventCount: 3 });
    expect([b.waitingCount, valueOf(b)]).toEqual([0, 3]);
  });

  test('wait for what their author had seen of others', () => {
    const [a, b, c] = [counter('a'), counter('b'), counter('c')];
    const ofA = updatesOf(a);
    const ofB = updatesOf(b);
    count(a);
    b.apply(ofA[0]!);
    count(b);
    expect(c.apply(ofB[0]!)).toEqual({ kind: 'waiting' });
    expect(c.apply(ofA[0]!)).toEqual({ kind: 'applied', eventCount: 2 });
  });

  test('stop waiting when a whole state brings what they wait for', () => {
    const a = counter('a', { logSizeBytesMax: 0 });
    const b = counter('b');
    const updates = updatesOf(a);
    count(a);
    count(a);
    const [whole] = a.updatesSince(NOTHING);
    count(a);
    b.apply(updates[2]!);
    expect(b.apply(whole!)).toEqual({ kind: 'applied', eventCount: 3 });
    expect([b.waitingCount, valueOf(b)]).toEqual([0, 3]);
  });

  test('that would wait beyond the limit are refused, and nothing has changed', () => {
    const a = counter('a');
    const b = counter('b', { waitingSizeBytesMax: 500 });
    const updates = updatesOf(a);
    for (let index = 0; index < 10; index += 1) count(a);
    for (const update of updates.slice(1, 4)) b.apply(update);
    expect(() => b.apply(updates[4]!)).toThrow(PendingFullError);
    expect(b.waitingCount).toBe(3);
    expect(b.apply(updates[0]!)).toEqual({ kind: 'applied', eventCount: 4 });
  });

  test('are split by size, and can be applied in any order', () => {
    const a = counter('a');
    const b = counter('b');
    for (let index = 0; index < 20; index += 1) count(a);
    const updates = a.updatesSince(NOTHING, 100);
    expect(updates.length).toBeGreaterThan(3);
    for (const update of updates.toReversed()) b.apply(update);
    expect(valueOf(b)).toBe(20);
  });

  test('are the whole state where the deltas are not kept, or are more bytes', () => {
    const a = counter('a', { logSizeBytesMax: 1_000 });
    const b = counter('b');
    for (let index = 0; index < 500; index += 1) count(a);
    expect(a.updatesSince(NOTHING)).toHaveLength(1);
    const kept = counter('a');
    for (let index = 0; index < 500; index += 1) count(kept);
    expect(kept.updatesSince(NOTHING)[0]!.length).toBeLessThan(60);
    sync(a, b);
    expect(valueOf(b)).toBe(500);
    expect(b.encodeVersion()).toEqual(a.encodeVersion());
    // What came as a whole is given on as a whole, and what follows as deltas.
    const c = counter('c');
    sync(b, c);
    count(a);
    sync(a, b);
    sync(b, c);
    expect(valueOf(c)).toBe(501);
  });
});

test('a change of nothing is no change', () => {
  const a = counter('a');
  const updates = updatesOf(a);
  expect(a.mutate(() => gCounter.bottom)).toBe(false);
  count(a);
  expect(a.mutate((state) => state)).toBe(false);
  expect(updates).toHaveLength(1);
});

test('a mutator that throws has changed nothing', () => {
  const a = counter('a');
  count(a);
  const version = a.encodeVersion();
  expect(() => a.mutate((state, id) => gCounter.increment(state, id, -1))).toThrow(RangeError);
  expect(a.encodeVersion()).toEqual(version);
});

describe('listeners', () => {
  test('hear of each change once, of whose it was, and no more after the end', () => {
    const a = counter('a');
    const b = counter('b');
    const heard: string[] = [];
    const end = a.onChange((state, origin) => heard.push(`${origin} ${gCounter.value(state)}`));
    count(a);
    count(b);
    sync(b, a);
    end();
    count(a);
    expect(heard).toEqual(['local 1', 'remote 2']);
  });

  test('may change the value; others hear of the changes in their order', () => {
    const a = counter('a');
    const b = counter('b');
    const heard: number[] = [];
    a.onChange((state) => {
      if (gCounter.value(state) < 3) count(a);
    });
    a.onChange((state) => heard.push(gCounter.value(state)));
    const updates = updatesOf(a);
    count(a);
    expect(heard).toEqual([1, 2, 3]);
    for (const update of updates) expect(b.apply(update).kind).toBe('applied');
  });

  test('that throw silence nobody later', () => {
    const a = counter('a');
    const end = a.onChange(() => {
      throw new Error('planted');
    });
    expect(() => count(a)).toThrow('planted');
    end();
    const updates = updatesOf(a);
    count(a);
    expect(updates).toHaveLength(1);
  });
});

describe('saved bytes', () => {
  test('give the value back, under a new id', () => {
    const a = counter('a');
    count(a, 5);
    const b = ReplicatedValue.load(a.save(), { ...type, replicaId: 'b' });
    count(b, 2);
    sync(b, a);
    expect([valueOf(a), valueOf(b)]).toEqual([7, 7]);
    expect(a.save()).toEqual(b.save());
  });

  test('are refused under an id that has been used', () => {
    const a = counter('a');
    count(a);
    const bytes = a.save();
    expect(() => ReplicatedValue.load(bytes, { ...type, replicaId: 'a' })).toThrow(
      ForkedReplicaError,
    );
    const options = { ...type, replicaId: 'a', continueReplica: true };
    const again = ReplicatedValue.load(bytes, options);
    count(again);
    expect(valueOf(again)).toBe(2);
    // The one that stands for the life before learns that it is over.
    expect(() => sync(again, a)).toThrow(ForkedReplicaError);
  });

  test('are taken without being asked about, unlike what others send', () => {
    const a = counter('a');
    count(a, 5);
    const admits = (news: GCounter): boolean => gCounter.value(news) < 5;
    const b = ReplicatedValue.load(a.save(), { ...type, replicaId: 'b', admits });
    expect(valueOf(b)).toBe(5);
    count(a);
    expect(() => sync(a, b)).toThrow(RefusedUpdateError);
    expect(() => b.apply(a.save())).toThrow(RefusedUpdateError);
    expect(valueOf(b)).toBe(5);
  });

  test('are not deltas', () => {
    const a = counter('a');
    const updates = updatesOf(a);
    count(a);
    const load = (): unknown => ReplicatedValue.load(updates[0]!, { ...type, replicaId: 'b' });
    expect(load).toThrow(CorruptBytesError);
  });
});

describe('an id in two hands', () => {
  /** Two replicas named `a` that did different things; `b` knows the first. */
  function forked(): Record<'first' | 'second' | 'b', ReplicatedValue<GCounter>> {
    const [first, second, b] = [counter('a'), counter('a'), counter('b')];
    count(first, 1);
    count(second, 7);
    sync(first, b);
    return { first, second, b };
  }

  test('is noticed by an update of the same number', () => {
    const { second, b } = forked();
    const [update] = second.updatesSince(NOTHING);
    expect(() => b.apply(update!)).toThrow(ForkedReplicaError);
    expect(valueOf(b)).toBe(1);
  });

  test('is noticed by an update that goes on with another history', () => {
    const { second, b } = forked();
    const updates = updatesOf(second);
    count(second);
    expect(() => b.apply(updates[0]!)).toThrow(ForkedReplicaError);
  });

  test('is noticed by a version', () => {
    const { second, b } = forked();
    expect(() => b.updatesSince(second.encodeVersion())).toThrow(ForkedReplicaError);
    count(second);
    sync(b, counter('c'));
    expect(() => second.updatesSince(b.encodeVersion())).toThrow(ForkedReplicaError);
  });

  test('is noticed though only the beginning differs', () => {
    const histories = [
      ['x', 'y'],
      ['z', 'y'],
    ].map((elements) => {
      const replica = new ReplicatedValue({ replicaId: 'a', lattice: gSet, codec: gSetCodec });
      for (const element of elements) replica.mutate((state) => gSet.add(state, element));
      return replica;
    });
    expect(histories[0]!.encodeVersion()).not.toEqual(histories[1]!.encodeVersion());
    const version = histories[0]!.encodeVersion();
    expect(() => histories[1]!.updatesSince(version)).toThrow(ForkedReplicaError);
  });

  test('does not go on where the other one waits', () => {
    const { first, second, b } = forked();
    const updates = updatesOf(second);
    for (let index = 0; index < 2; index += 1) {
      count(first);
      count(second);
    }
    // It may have come from either of them, until the one before it arrives.
    expect(b.apply(updates[1]!)).toEqual({ kind: 'waiting' });
    sync(first, b);
    expect([valueOf(b), b.waitingCount]).toEqual([3, 0]);
    expect(() => b.updatesSince(second.encodeVersion())).toThrow(ForkedReplicaError);
  });

  test('is noticed by a whole state', () => {
    const { second, b } = forked();
    expect(() => b.apply(second.save())).toThrow(ForkedReplicaError);
  });

  test('is noticed by the one of them that is behind', () => {
    const { first, second } = forked();
    count(first);
    expect(() => second.apply(first.updatesSince(NOTHING)[0]!)).toThrow(ForkedReplicaError);
    const fresh = counter('a');
    expect(() => fresh.apply(first.save())).toThrow(ForkedReplicaError);
  });
});

describe('damage', () => {
  test('of any bit of an update or a version is refused, and nothing has changed', () => {
    const a = counter('a');
    const b = counter('b');
    count(a, 3);
    count(b);
    const version = b.encodeVersion();
    for (const update of [...a.updatesSince(NOTHING), a.save()]) {
      for (let bit = 0; bit < 8 * update.length; bit += 1) {
        const bytes = update.slice();
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        expect(() => b.apply(bytes)).toThrow(CorruptBytesError);
      }
      for (let end = 0; end < update.length; end += 1) {
        expect(() => b.apply(update.subarray(0, end))).toThrow(CorruptBytesError);
      }
    }
    expect(b.encodeVersion()).toEqual(version);
    expect(() => b.updatesSince(Uint8Array.of(1, 2))).toThrow(CorruptBytesError);
    expect(() => b.isCoveredBy(Uint8Array.of(0x60))).toThrow(CorruptBytesError);
  });
});

describe('compaction', () => {
  const versions = (...replicas: ReplicatedValue<GCounter>[]): Map<string, Uint8Array> =>
    new Map(replicas.map((replica) => [replica.replicaId, replica.encodeVersion()]));

  test('waits until all have what was there, and until what they had has arrived', () => {
    const [a, b] = [counter('a'), counter('b')];
    count(a);
    expect(a.compact(versions(b))).toBe('waiting');
    sync(a, b);
    count(b);
    expect(a.compact(versions(b))).toBe('waiting');
    sync(b, a);
    expect(a.compact(versions(b))).toBe('compacted');
    expect(a.compact(versions(b))).toBe('compacted');
  });

  /** `a` and `b` have compacted; `old` was left behind with a delta of its own. */
  function compacted(): Record<'a' | 'b' | 'old', ReplicatedValue<GCounter>> {
    const [a, b, old] = [counter('a'), counter('b'), counter('old')];
    count(old);
    sync(old, a);
    count(a);
    count(old);
    sync(a, b);
    expect(a.compact(versions(b))).toBe('compacted');
    return { a, b, old };
  }

  test('refuses who is no member and knew less, by deltas and by states', () => {
    const { a, old } = compacted();
    const [update] = old.updatesSince(a.encodeVersion());
    expect(() => a.apply(update!)).toThrow(BeforeHistoryError);
    expect(() => a.apply(old.save())).toThrow(BeforeHistoryError);
    const stranger = counter('new');
    count(stranger);
    expect(() => sync(stranger, a)).toThrow(BeforeHistoryError);
    expect(valueOf(a)).toBe(2);
  });

  test('refuses who was known and no member, though it had come after the mark', () => {
    const [a, b, stranger] = [counter('a'), counter('b'), counter('new')];
    count(a);
    sync(a, b);
    const late = versions(b);
    a.compact(new Map([['b', new Uint8Array(0)]]));
    count(stranger);
    sync(stranger, a);
    expect(a.compact(late)).toBe('compacted');
    count(stranger);
    expect(() => sync(stranger, a)).toThrow(BeforeHistoryError);
  });

  test('lets the deltas of a newcomer come in any order', () => {
    const { a } = compacted();
    const late = ReplicatedValue.load(a.save(), { ...type, replicaId: 'late' });
    const updates = updatesOf(late);
    for (let index = 0; index < 3; index += 1) count(late);
    expect(a.apply(updates[2]!)).toEqual({ kind: 'waiting' });
    expect(a.apply(updates[1]!)).toEqual({ kind: 'waiting' });
    expect(a.apply(updates[0]!)).toEqual({ kind: 'applied', eventCount: 3 });
    count(late);
    sync(late, a);
    expect(valueOf(a)).toBe(6);
  });

  test('lets the state of a member bring newcomers', () => {
    const { a, b } = compacted();
    const late = ReplicatedValue.load(b.save(), { ...type, replicaId: 'late' });
    count(late);
    sync(late, b);
    expect(a.apply(b.save()).kind).toBe('applied');
    count(late);
    sync(late, a);
    expect(valueOf(a)).toBe(4);
  });

  test('lets members go on, and newcomers that took over the state of a member', () => {
    const { a, b, old } = compacted();
    count(b);
    sync(b, a);
    const late = ReplicatedValue.load(a.save(), { ...type, replicaId: 'late' });
    count(late);
    count(late);
    sync(late, a);
    expect(valueOf(a)).toBe(5);
    const [update] = old.updatesSince(late.encodeVersion());
    expect(() => late.apply(update!)).toThrow(BeforeHistoryError);
  });
});

test('any exchange of changes, with any losses and repetitions, ends in the same bytes', () => {
  const step = fc.record({
    from: fc.nat(2),
    to: fc.nat(2),
    kind: fc.constantFrom('count', 'count', 'push', 'push late', 'sync'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), fc.nat(2), (steps, small) => {
      const replicas = ['a', 'b', 'c'].map((id, index) =>
        counter(id, index === small ? { logSizeBytesMax: 150 } : {}),
      );
      const updates = replicas.map((replica) => updatesOf(replica));
      let total = 0;
      for (const { from, to, kind } of steps) {
        const [source, target] = [replicas[from]!, replicas[to]!];
        if (kind === 'count') {
          count(source);
          total += 1;
        } else if (kind === 'sync') {
          sync(source, target);
        } else if (from !== to) {
          const sent = kind === 'push' ? updates[from]! : updates[from]!.toReversed();
          for (const update of sent) target.apply(update);
        }
      }
      for (const source of replicas) for (const target of replicas) sync(source, target);
      for (const source of replicas) for (const target of replicas) sync(source, target);
      for (const replica of replicas) {
        expect(valueOf(replica)).toBe(total);
        expect(replica.save()).toEqual(replicas[0]!.save());
        expect(replica.waitingCount).toBe(0);
      }
    }),
    { numRuns: 200 },
  );
});
