/* Versions of `ReplicatedValue` without the names of replicas that are gone. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { awSetCodec } from '../../src/codec/dot-map-codec.ts';
import { textCodec } from '../../src/codec/key-codec.ts';
import { awSet, type AwSet } from '../../src/causal/aw-set.ts';
import { ReplicatedValue } from '../../src/delivery/replicated-value.ts';
import { BeforeHistoryError, RefusedUpdateError } from '../../src/errors.ts';

type Replica = ReplicatedValue<AwSet<string>>;

const type = { lattice: awSet, codec: awSetCodec(textCodec) };
const replica = (replicaId: string, logSizeBytesMax = 2 ** 20): Replica =>
  new ReplicatedValue<AwSet<string>>({ ...type, replicaId, logSizeBytesMax });

function add(to: Replica, element: string): void {
  to.mutate((set, id) => awSet.add(set, id, element));
}

function sync(from: Replica, to: Replica): void {
  for (const update of from.updatesSince(to.encodeVersion())) to.apply(update);
}

function syncAll(all: readonly Replica[]): void {
  const pairs = all.flatMap((from) => all.map((to) => [from, to] as const));
  for (const [from, to] of [...pairs, ...pairs, ...pairs]) if (from !== to) sync(from, to);
}

/** Lets each member know what all have, until something that happened before is stable. */
function settle(members: readonly Replica[]): void {
  for (let round = 0; round < 3; round += 1) {
    syncAll(members);
    for (const member of members) {
      const others = members.filter((one) => one !== member);
      member.compact(new Map(others.map((one) => [one.replicaId, one.encodeVersion()])));
    }
  }
  syncAll(members);
}

const elementsOf = ({ state }: Replica): string[] => [...awSet.elements(state)].sort();

/** Two members, and what a third one left behind. */
function withRetired(logSizeBytesMax?: number) {
  const [a, b] = [replica('a', logSizeBytesMax), replica('b', logSizeBytesMax)];
  const gone = replica('gone for ever');
  add(a, 'of a');
  sync(a, gone);
  const behind = replica('behind');
  sync(a, behind);
  add(gone, 'of the one that is gone');
  sync(gone, a);
  return { a, b, gone, behind };
}

describe('a replica that is gone', () => {
  test('is named no more, and what it did stays', () => {
    const { a, b } = withRetired();
    expect(a.prune(1, ['gone for ever'])).toBe('waiting');
    settle([a, b]);
    const longer = a.encodeVersion().length;
    const elements = elementsOf(a);
    expect(a.prune(1, ['gone for ever', 'never heard of'])).toBe('pruned');
    expect(a.encodeVersion().length).toBeLessThan(longer);
    expect(a.isCoveredBy(b.encodeVersion())).toBe(false);
    expect(b.isCoveredBy(a.encodeVersion())).toBe(true);
    expect(b.updatesSince(a.encodeVersion())).toEqual([]);
    sync(a, b);
    expect(b.encodeVersion()).toEqual(a.encodeVersion());
    expect([elementsOf(a), elementsOf(b)]).toEqual([elements, elements]);
    expect(a.prune(1, ['b'])).toBe('outdated');
    add(b, 'later');
    sync(b, a);
    expect(elementsOf(a)).toEqual(elementsOf(b));
    settle([a, b]);
    expect(a.updatesSince(b.encodeVersion())).toEqual([]);
  });

  test('is refused by name if it is not gone, by all', () => {
    const { a, b, gone } = withRetired();
    settle([a, b]);
    const known = gone.updatesSince(new Uint8Array(0));
    a.prune(1, ['gone for ever']);
    sync(a, b);
    for (const update of known) expect(b.apply(update)).toEqual({ kind: 'duplicate' });
    add(gone, 'from beyond');
    for (const update of gone.updatesSince(new Uint8Array(0))) {
      expect(() => b.apply(update)).toThrow(BeforeHistoryError);
      expect(() => b.apply(update)).toThrow('"gone for ever", it was pruned');
    }
    const before = elementsOf(gone);
    for (const update of a.updatesSince(gone.encodeVersion())) {
      expect(() => gone.apply(update)).toThrow('"gone for ever", it was pruned');
    }
    expect(elementsOf(gone)).toEqual(before);
    const bytes = a.save();
    expect(() => ReplicatedValue.load(bytes, { ...type, replicaId: 'gone for ever' })).toThrow(
      BeforeHistoryError,
    );
  });

  test('is forgotten through a save, and by who comes new or lacked it', () => {
    const { a, b, gone, behind } = withRetired();
    settle([a, b]);
    a.prune(1, ['gone for ever']);
    sync(a, behind);
    expect(behind.encodeVersion()).toEqual(a.encodeVersion());
    expect(elementsOf(behind)).toEqual(elementsOf(a));
    const loaded = ReplicatedValue.load(a.save(), { ...type, replicaId: 'loaded' });
    expect(loaded.encodeVersion()).toEqual(a.encodeVersion());
    const late = gone.updatesSince(new Uint8Array(0));
    for (const update of late) expect(loaded.apply(update).kind).toBe('duplicate');
    const fresh = replica('fresh');
    sync(a, fresh);
    expect(fresh.encodeVersion()).toEqual(a.encodeVersion());
    expect(elementsOf(fresh)).toEqual(elementsOf(a));
    add(fresh, 'fresh');
    sync(fresh, b);
    sync(b, fresh);
    sync(fresh, a);
    expect(elementsOf(a)).toEqual(elementsOf(b));
  });

  test('may be in the past of what comes later', () => {
    const { a, b, gone } = withRetired();
    const told: Uint8Array[] = [];
    sync(gone, b);
    b.onLocalUpdate((update) => told.push(update));
    add(b, 'after what is gone');
    settle([a, b]);
    const other = replica('other');
    sync(a, other);
    a.prune(1, ['gone for ever']);
    add(b, 'more');
    for (const update of told) a.apply(update);
    expect(a.waitingCount).toBe(0);
    expect(elementsOf(a)).toEqual(elementsOf(b));
  });

  test('cannot be one that is there, nor be agreed on twice', () => {
    const { a, b } = withRetired();
    settle([a, b]);
    expect(() => a.prune(1, ['a'])).toThrow(RangeError);
    expect(() => a.prune(1, ['b'])).toThrow(RangeError);
    for (const epoch of [0, -1, 0.5, Number.NaN, 2 ** 53]) {
      expect(() => a.prune(epoch, [])).toThrow(RangeError);
    }
    expect(a.prune(1, ['gone for ever'])).toBe('pruned');
    expect(b.prune(1, [])).toBe('pruned');
    const version = b.encodeVersion();
    const empty = new Uint8Array(0);
    for (const update of a.updatesSince(empty)) {
      expect(() => b.apply(update)).toThrow(RefusedUpdateError);
    }
    expect(b.encodeVersion()).toEqual(version);
  });
});

test('whoever comes, goes and is pruned, all who stay agree, and name those who stay', () => {
  const step = fc.record({
    what: fc.constantFrom('add', 'remove', 'sync', 'visit', 'prune'),
    who: fc.nat(2),
    whom: fc.nat(2),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const members = ['a', 'b', 'c'].map((id, at) => replica(id, at === 2 ? 200 : 2 ** 20));
      let gone: string[] = [];
      let epoch = 0;
      for (const [at, { what, who, whom }] of steps.entries()) {
        const [one, other] = [members[who]!, members[whom]!];
        if (what === 'add') add(one, `${at}`);
        if (what === 'remove') {
          const [first] = elementsOf(one);
          if (first !== undefined) one.mutate((set) => awSet.remove(set, first));
        }
        if (what === 'sync') sync(one, other);
        if (what === 'visit') {
          const visitor = replica(`visitor ${at}`);
          sync(one, visitor);
          add(visitor, `visited ${at}`);
          sync(visitor, one);
          gone.push(visitor.replicaId);
        }
        if (what !== 'prune') continue;
        settle(members);
        expect(one.prune((epoch += 1), gone)).toBe('pruned');
        gone = [];
      }
      settle(members);
      members[0]!.prune(epoch + 1, gone);
      syncAll(members);
      for (const member of members) {
        expect(elementsOf(member)).toEqual(elementsOf(members[0]!));
        expect(member.encodeVersion()).toEqual(members[0]!.encodeVersion());
        expect(member.encodeVersion().length).toBeLessThan(40);
        expect(member.waitingCount).toBe(0);
      }
    }),
    { numRuns: 150 },
  );
});
