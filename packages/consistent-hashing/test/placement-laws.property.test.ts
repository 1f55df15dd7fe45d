/*
 * Goal: whatever nodes there are and whatever happens to them, every kind of placement keeps the
 * laws of `src/placement.ts`, and what its traits say of it.
 *
 * Method: nodes, changes and keys are drawn; kinds are those of `all-placements.ts`.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { restorePlacement } from '../src/codec/restore.ts';
import type { NodeSpec } from '../src/node-set.ts';
import type { Placement } from '../src/placement.ts';
import { allPlacements, shuffled, someKeys } from './support/all-placements.ts';

const RUNS = { numRuns: 25 };
/** As many nodes as the capacity of the anchor has room for. */
const NODES_MAX = 12;

/** Ids such as people choose, and such as they should not. */
const anyId = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'c',
    '10',
    '9',
    'node-1',
    'node-10',
    '__proto__',
    'constructor',
    'ä',
    '💡',
  ),
  fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }),
);
/** One in four is drained. */
const nodeOf = (id: string): fc.Arbitrary<NodeSpec> =>
  fc.record({
    id: fc.constant(id),
    weight: fc.constantFrom(0, 1, 1, 1),
    zone: fc.constantFrom('east', 'west', 'north'),
  });
const nodeSets = (minLength: number): fc.Arbitrary<readonly NodeSpec[]> =>
  fc
    .uniqueArray(anyId, { minLength, maxLength: NODES_MAX })
    .chain((ids) => fc.tuple(...ids.map(nodeOf)));
const anyNodes = nodeSets(0);
const someNodes = nodeSets(1);
const anyKey = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.uint8Array({ maxLength: 40 }),
);
const anyKeys = fc.array(anyKey, { minLength: 1, maxLength: 20 });
const fixedKeys = someKeys(150);

function idsOf(nodes: readonly { readonly id: string }[]): string[] {
  return nodes.map(({ id }) => id);
}

function ownersOf(placement: Placement): (string | undefined)[] {
  return fixedKeys.map((key) => placement.tryLocate(key)?.id);
}

/** Ids of the nodes that own something, in the order in which they sort. */
function owning({ nodes }: Placement): string[] {
  return idsOf(nodes.filter(({ weight }) => weight > 0));
}

/** That no key moved from one to another who both own before and after. */
function expectNoExcess(before: Placement, after: Placement): void {
  const beforeIds = owning(before);
  const stayed = new Set(owning(after).filter((id) => beforeIds.includes(id)));
  const [was, is] = [ownersOf(before), ownersOf(after)];
  const strays = fixedKeys.filter((_, index) => {
    const [from = '', to = ''] = [was[index], is[index]];
    return from !== to && stayed.has(from) && stayed.has(to);
  });
  expect(strays).toEqual([]);
}

/** Who may come or go under a law: anybody, or whoever sorts last. */
function isLast(placement: Placement, id: string): boolean {
  return owning(placement).every((other) => other <= id);
}

describe.each(allPlacements)('%s', (_, make) => {
  test('locate is the first of locateN, and lists begin longer ones', () => {
    fc.assert(
      fc.property(anyNodes, anyKeys, (nodes, keys) => {
        const placement = make(nodes);
        const count = owning(placement).length;
        for (const key of keys) {
          const all = placement.locateN(key, count + 1);
          expect(idsOf(all).sort()).toEqual(owning(placement));
          expect(placement.tryLocate(key)).toBe(all[0]);
          if (count > 0) expect(placement.locate(key)).toBe(all[0]);
          for (let length = 0; length <= count; length += 1) {
            expect(placement.locateN(key, length)).toEqual(all.slice(0, length));
          }
        }
      }),
      RUNS,
    );
  });

  test('lists begin longer ones in zones too', () => {
    fc.assert(
      fc.property(anyNodes, anyKeys, (nodes, keys) => {
        const placement = make(nodes);
        for (const key of keys) {
          const all = placement.locateN(key, NODES_MAX, { zones: 'spread' });
          expect(idsOf(all).sort()).toEqual(owning(placement));
          expect(all[0]).toBe(placement.tryLocate(key));
          const half = all.length >> 1;
          const shorter = placement.locateN(key, half, { zones: 'spread' });
          expect(shorter).toEqual(all.slice(0, half));
        }
      }),
      RUNS,
    );
  });

  test('the order in which nodes are named plays no part', () => {
    fc.assert(
      fc.property(anyNodes, fc.nat(1_000), (nodes, seed) => {
        const [one, other] = [make(nodes), make(shuffled(nodes, seed))];
        expect(ownersOf(other)).toEqual(ownersOf(one));
        expect(other.snapshot()).toEqual(one.snapshot());
      }),
      RUNS,
    );
  });

  test('a way that leads to the same nodes leads to the same owners, but for a history', () => {
    fc.assert(
      fc.property(someNodes, fc.nat(NODES_MAX), (nodes, count) => {
        const direct = make(nodes);
        if (direct.traits.orderDependent) return;
        let grown = make(nodes.slice(0, count));
        for (const node of nodes.slice(count)) grown = grown.with({ add: [node] });
        expect(idsOf(grown.nodes)).toEqual(idsOf(direct.nodes));
        expect(ownersOf(grown)).toEqual(ownersOf(direct));
      }),
      RUNS,
    );
  });

  test('who comes takes keys, and nobody else does', () => {
    fc.assert(
      fc.property(someNodes, anyId, (nodes, id) => {
        const before = make(nodes);
        const { excess, removal } = before.traits;
        if (idsOf(nodes).includes(id) || excess !== 'none') return;
        if (removal === 'last' && !isLast(before, id)) return;
        expectNoExcess(before, before.with({ add: [id] }));
      }),
      RUNS,
    );
  });

  test('who goes or is drained gives keys away, and nobody else does', () => {
    fc.assert(
      fc.property(someNodes, fc.nat(NODES_MAX), (nodes, pick) => {
        const before = make(nodes);
        const { excess, removal } = before.traits;
        const { id } = nodes[pick % nodes.length]!;
        const gone = before.with({ remove: [id] });
        const drained = before.with({ weights: { [id]: 0 } });
        expect(owning(drained)).toEqual(owning(gone));
        expect(ownersOf(drained)).toEqual(ownersOf(gone));
        if (excess !== 'none' || (removal === 'last' && !isLast(before, id))) return;
        expectNoExcess(before, gone);
      }),
      RUNS,
    );
  });

  test('bytes bring it back, and it changes as the original does', () => {
    fc.assert(
      fc.property(someNodes, fc.nat(NODES_MAX), anyId, (nodes, pick, added) => {
        const { id } = nodes[pick % nodes.length]!;
        const changed = make(nodes).with({ remove: [id] });
        const copy = restorePlacement(changed.snapshot());
        expect(copy).toMatchObject({ kind: changed.kind, epoch: 1, traits: changed.traits });
        expect(copy.snapshot()).toEqual(changed.snapshot());
        expect(ownersOf(copy)).toEqual(ownersOf(changed));
        if (idsOf(changed.nodes).includes(added)) return;
        const [left, right] = [copy, changed].map((each) => each.with({ add: [added] }));
        expect(ownersOf(left!)).toEqual(ownersOf(right!));
        expect(left!.snapshot()).toEqual(right!.snapshot());
      }),
      RUNS,
    );
  });
});
