import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { entriesOf } from '../../src/ordered-map.ts';
import { emptyMap, SortedMap } from '../../src/plain/sorted-map.ts';
import { compareIds, type ElementId } from '../../src/sequence/element-id.ts';
import type { TreePlace } from '../../src/sequence/fugue-tree.ts';
import {
  aliveAtIndex,
  aliveCount,
  aliveFrom,
  changedOrder,
  LazyOrder,
  type ListOrder,
  placeAt,
} from '../../src/sequence/list-order.ts';

type Places = SortedMap<TreePlace>;

const all = (id: ElementId): ElementId => id;
const orderOf = (places: Places, aliveAt: (id: ElementId) => ElementId | undefined = all) =>
  new LazyOrder().of({ places, aliveAt });

/** From the definition: left children, the node, right children, siblings by their ids. */
function readTree(places: Places): ElementId[] {
  const read = (parent: ElementId, side: TreePlace['side']): ElementId[] =>
    [...places]
      .filter(([, place]) => place.parent === parent && place.side === side)
      .map(([id]) => id)
      .sort(compareIds)
      .flatMap((id) => [...read(id, 'left'), id, ...read(id, 'right')]);
  return read('', 'right');
}

const nodes = (order: ListOrder): ElementId[] =>
  [...entriesOf(order.nodes)].map(({ value }) => value);

/** A tree of some nodes, and an order in which they arrive, causes or effects first. */
const arrivals = fc
  .array(fc.tuple(fc.nat(99), fc.constantFrom('left', 'right'), fc.constantFrom('a', 'b', 'c')), {
    minLength: 1,
    maxLength: 40,
    size: 'max',
  })
  .chain((drawn) => {
    const entries: (readonly [ElementId, TreePlace])[] = [];
    for (const [index, [choice, side, replicaId]] of drawn.entries()) {
      const [parent = ''] = entries[choice % (entries.length + 1)] ?? [];
      const place: TreePlace = { parent, side: parent === '' ? 'right' : side };
      entries.push([`${index + 1}@${replicaId}`, place]);
    }
    return fc.shuffledSubarray(entries, { minLength: entries.length });
  });

describe('nodes that arrive one by one, in any order', () => {
  test('are where they are if all are read at once', () => {
    fc.assert(
      fc.property(arrivals, fc.nat(99), (entries, seed) => {
        const isDead = (id: ElementId): boolean => (id.length * 7 + Number(id[0])) % 3 === seed % 3;
        let places: Places = emptyMap;
        let order = orderOf(places);
        for (const [id, place] of entries) {
          places = places.set(id, place);
          const aliveAt = (node: ElementId) => (isDead(node) ? undefined : node);
          order = changedOrder(order, { places, aliveAt }, [id]);
          const expected = readTree(places);
          expect(nodes(order)).toEqual(expected);
          expect(nodes(orderOf(places))).toEqual(expected);
          expect(aliveFrom(order)).toEqual(expected.filter((node) => !isDead(node)));
        }
      }),
    );
  });

  test('die and live again', () => {
    const places: Places = SortedMap.fromSorted([
      ['1@a', { parent: '', side: 'right' }],
      ['2@a', { parent: '1@a', side: 'left' }],
    ]);
    const order = orderOf(places);
    const less = changedOrder(order, { places, aliveAt: () => undefined }, ['2@a', 'unknown']);
    expect(aliveFrom(less)).toEqual(['1@a']);
    expect(aliveCount(less)).toBe(1);
    expect(aliveFrom(changedOrder(less, { places, aliveAt: all }, ['2@a']))).toEqual([
      '2@a',
      '1@a',
    ]);
    expect(aliveFrom(order)).toEqual(['2@a', '1@a']);
  });
});

describe('a place by index', () => {
  test.each(['rows', 'backwards', 'front', 'end', 'anywhere'])(
    'is where it is asked for, however crowded: %s',
    (where) => {
      const model: ElementId[] = [];
      let places: Places = emptyMap;
      let order = orderOf(places);
      const insert = (index: number): void => {
        const id = `${model.length + 1}@a`;
        places = places.set(id, placeAt(order, index));
        order = changedOrder(order, { places, aliveAt: all }, [id]);
        model.splice(index, 0, id);
      };
      const indexOf = (count: number): number => {
        if (where === 'front' || count < 4) return 0;
        if (where === 'end') return count;
        if (where === 'anywhere') return (count * 7919) % (count + 1);
        return where === 'backwards' ? 2 : count - 2;
      };
      // Rows leave room for some 20,000 before labels are spread.
      for (let count = 0; count < 30_000; count += 1) insert(indexOf(count));

      expect(aliveFrom(order)).toEqual(model);
      expect(aliveFrom(order, 17, 3)).toEqual(model.slice(17, 20));
      expect(aliveAtIndex(order, 29_999)).toBe(model.at(-1));
      expect(aliveAtIndex(order, 30_000)).toBeUndefined();
      const labels = [...entriesOf(order.nodes)].map(({ key }) => key);
      expect(labels.every(Number.isSafeInteger)).toBe(true);
      expect(labels[0]).toBeGreaterThan(0);
    },
  );

  test('passes dead nodes: below its living neighbour, if all between are', () => {
    const places: Places = SortedMap.fromSorted([
      ['1@a', { parent: '', side: 'right' }],
      ['2@a', { parent: '1@a', side: 'right' }],
      ['3@a', { parent: '2@a', side: 'right' }],
      ['4@a', { parent: '', side: 'right' }],
    ]);
    const alive = (...ids: ElementId[]) =>
      orderOf(places, (id) => (ids.includes(id) ? id : undefined));
    expect(placeAt(alive('1@a', '3@a', '4@a'), 1)).toEqual({ parent: '3@a', side: 'left' });
    expect(placeAt(alive('1@a', '4@a'), 1)).toEqual({ parent: '1@a', side: 'right' });
    expect(placeAt(alive('1@a', '4@a'), 2)).toEqual({ parent: '4@a', side: 'right' });
    expect(placeAt(alive('4@a'), 0)).toEqual({ parent: '4@a', side: 'left' });
    expect(placeAt(alive(), 0)).toEqual({ parent: '', side: 'right' });
  });
});
