import { describe, expect, test } from 'vitest';

import { parseGroups, parsePartition, unreachableFrom } from '../src/partition.ts';

describe('a partition as people type it', () => {
  test('groups apart by slashes, names by commas', () => {
    expect(parsePartition('n1/n2, n3')).toEqual({
      kind: 'groups',
      groups: [['n1'], ['n2', 'n3']],
    });
  });

  test.each(['', 'n1', 'n1,n2', 'n1/', '/n1', 'n1/n1', 'n1/n2,,n3', 'n1,n2/n2'])(
    'says what is wrong with "%s"',
    (text) => {
      const parsed = parsePartition(text);
      expect(parsed).toMatchObject({ kind: 'invalid' });
      expect(parsed).toHaveProperty('problem', expect.stringContaining('n1/n2,n3'));
    },
  );
});

describe('a partition as JSON', () => {
  test('takes groups, and none to heal', () => {
    expect(parseGroups('{"groups":[["n1"],["n2"]]}')).toEqual([['n1'], ['n2']]);
    expect(parseGroups('{"groups":[]}')).toEqual([]);
  });

  test.each([
    'not JSON',
    'null',
    '[]',
    '{}',
    '{"groups":"n1"}',
    '{"groups":[["n1"]]}',
    '{"groups":[["n1"],[]]}',
    '{"groups":[["n1"],["n1"]]}',
    '{"groups":[["n1"],[2]]}',
    '{"groups":[["n1"],[""]]}',
  ])('refuses %s', (json) => {
    expect(parseGroups(json)).toBeUndefined();
  });
});

describe('whom a node cannot reach', () => {
  const groups = [['n1'], ['n2', 'n3']];

  test.each([
    ['n1', ['n2', 'n3']],
    ['n2', ['n1']],
    ['n4', []],
  ])('%s', (nodeId, unreachable) => {
    expect(unreachableFrom(groups, nodeId)).toEqual(unreachable);
  });

  test('nobody without a partition', () => {
    expect(unreachableFrom([], 'n1')).toEqual([]);
  });
});
