import { describe, expect, test } from 'vitest';

import { changedNodes, heaviestWeight, nodeSet, totalWeight } from '../src/node-set.ts';

describe('nodeSet', () => {
  test('sorts by id and fills in the weight', () => {
    expect(nodeSet([{ id: 'b', zone: 'z', meta: 1 }, 'a', { id: 'c', weight: 0 }])).toEqual([
      { id: 'a', weight: 1 },
      { id: 'b', weight: 1, zone: 'z', meta: 1 },
      { id: 'c', weight: 0 },
    ]);
  });

  test('compares ids by code units, which no locale changes', () => {
    const ids = nodeSet(['ä', 'z', 'Z', 'a', '10', '9']).map(({ id }) => id);
    expect(ids).toEqual(['10', '9', 'Z', 'a', 'z', 'ä']);
  });

  test('is frozen, nodes too', () => {
    const nodes = nodeSet(['a']);
    expect(Object.isFrozen(nodes) && Object.isFrozen(nodes[0])).toBe(true);
  });

  test.each(['__proto__', 'constructor', '\0', 'a\nb', 'host:80', 'x'.repeat(10_240), '🦀'])(
    'takes any well-formed text for an id: %j',
    (id) => {
      expect(nodeSet([id])[0]?.id).toBe(id);
    },
  );

  test.each(['', 'x'.repeat(65_537), '\ud800'])('refuses %j as an id', (id) => {
    expect(() => nodeSet([id])).toThrow(/^id: expected/);
  });

  test('refuses an id that comes twice', () => {
    expect(() => nodeSet(['a', 'b', 'a'])).toThrow(
      'nodes: expected ids that differ, got "a" twice',
    );
  });

  test.each([0, 1e-6, 1, 1e9])('takes %d as a weight', (weight) => {
    expect(nodeSet([{ id: 'a', weight }])[0]?.weight).toBe(weight);
  });

  test('takes -0 for 0', () => {
    expect(nodeSet([{ id: 'a', weight: -0 }])[0]?.weight).toBe(0);
  });

  test.each([Number.NaN, -1, Infinity, -Infinity, 1e-320, 1e-7, 2 ** 53])(
    'refuses %d as a weight',
    (weight) => {
      expect(() => nodeSet([{ id: 'a', weight }])).toThrow(/^weight of "a": expected 0 or/);
    },
  );

  test.each(['', '\udfff'])('refuses %j as a zone', (zone) => {
    expect(() => nodeSet([{ id: 'a', zone }])).toThrow(/^zone of "a": expected/);
  });
});

describe('changedNodes', () => {
  const nodes = nodeSet(['a', 'b']);

  test('adds, removes and weighs at once', () => {
    const change = { add: ['c'], remove: ['a'], weights: { b: 3 } };
    expect(changedNodes(nodes, change)).toEqual([
      { id: 'b', weight: 3 },
      { id: 'c', weight: 1 },
    ]);
  });

  test('replaces a node that is removed and added', () => {
    const change = { remove: ['a'], add: [{ id: 'a', zone: 'z' }] };
    expect(changedNodes(nodes, change)[0]).toEqual({ id: 'a', weight: 1, zone: 'z' });
  });

  test('keeps meta and zone of a node that is weighed anew', () => {
    const before = nodeSet([{ id: '__proto__', zone: 'z', meta: 7 }]);
    const after = changedNodes(before, { weights: { ['__proto__']: 2 } });
    expect(after).toEqual([{ id: '__proto__', weight: 2, zone: 'z', meta: 7 }]);
  });

  test.each([
    [{ add: ['a'] }, 'add: expected a new id, got "a"'],
    [{ remove: ['c'] }, 'remove: expected the id of a node, got "c"'],
    [{ remove: ['a', 'a'] }, 'remove: expected the id of a node, got "a"'],
    [{ weights: { c: 1 } }, 'weights: expected the id of a node, got "c"'],
    [{ weights: { toString: 1 } }, 'weights: expected the id of a node, got "toString"'],
  ])('refuses %j', (change, message) => {
    expect(() => changedNodes(nodes, change)).toThrow(message);
    expect(nodes).toHaveLength(2);
  });
});

describe('totalWeight and heaviestWeight', () => {
  test('stay finite at the bounds', () => {
    const nodes = nodeSet(Array.from({ length: 1_000 }, (_, id) => ({ id: `${id}`, weight: 1e9 })));
    expect(totalWeight(nodes)).toBe(1e12);
    expect(heaviestWeight(nodes)).toBe(1e9);
  });

  test('of no node, or of drained ones, divide nothing by zero', () => {
    expect(totalWeight([])).toBe(0);
    expect(heaviestWeight(nodeSet([{ id: 'a', weight: 0 }]))).toBe(1);
  });
});
