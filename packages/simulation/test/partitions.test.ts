import { nodeId } from '@quorate/transport';
import { expect, test } from 'vitest';

import type { Fault } from '../src/index.ts';
import { betweenGroups, ringOf } from '../src/partitions.ts';
import { Talkers } from './support/talkers.ts';

const names = ['a', 'b', 'c', 'd', 'e'];

const everyPair = names.flatMap((from) =>
  names.filter((to) => to !== from).map((to) => `${from}>${to}`),
);

/** Every pair but those written down. */
const allBut = (...blocked: readonly string[]): readonly string[] =>
  everyPair.filter((pair) => !blocked.includes(pair)).toSorted();

// The truth table: which pairs each shape cuts, written out by hand.
test.each<[shape: string, faults: readonly Fault[], reached: readonly string[]]>([
  ['nothing', [], allBut()],
  [
    'two groups, the others bridging them',
    [{ kind: 'partition', left: ['a'], right: ['b', 'c'] }],
    allBut('a>b', 'a>c', 'b>a', 'c>a'),
  ],
  [
    'one way, from the first group to the second',
    [{ kind: 'partition', left: ['a', 'b'], right: ['e'], direction: 'forward' }],
    allBut('a>e', 'b>e'),
  ],
  [
    'one way, from the second group to the first',
    [{ kind: 'partition', left: ['a', 'b'], right: ['e'], direction: 'backward' }],
    allBut('e>a', 'e>b'),
  ],
  [
    'majority and minority',
    [{ kind: 'partition', left: ['a', 'b'], right: ['c', 'd', 'e'] }],
    ['a>b', 'b>a', 'c>d', 'c>e', 'd>c', 'd>e', 'e>c', 'e>d'],
  ],
  [
    'one bridge between two halves',
    [{ kind: 'partition', left: ['a', 'b'], right: ['d', 'e'] }],
    allBut('a>d', 'a>e', 'b>d', 'b>e', 'd>a', 'e>a', 'd>b', 'e>b'),
  ],
  [
    'a ring',
    [{ kind: 'ring', nodes: names }],
    ['a>b', 'a>e', 'b>a', 'b>c', 'c>b', 'c>d', 'd>c', 'd>e', 'e>a', 'e>d'],
  ],
  [
    'a node cut off from itself is not cut off from itself',
    [{ kind: 'partition', left: ['a'], right: ['a', 'b'] }],
    allBut('a>b', 'b>a'),
  ],
  [
    'two partitions that overlap',
    [
      { kind: 'partition', left: ['a'], right: ['b'], direction: 'forward' },
      { kind: 'partition', left: ['a'], right: ['b', 'c'], direction: 'forward' },
    ],
    allBut('a>b', 'a>c'),
  ],
  [
    'two that overlap, one of them healed',
    [
      { kind: 'partition', name: 'one', left: ['a'], right: ['b'] },
      { kind: 'partition', name: 'two', left: ['a'], right: ['b', 'c'], direction: 'forward' },
      { kind: 'heal', name: 'one' },
    ],
    allBut('a>b', 'a>c'),
  ],
  [
    'all healed at once',
    [
      { kind: 'partition', name: 'one', left: ['a'], right: ['b'] },
      { kind: 'ring', nodes: names },
      { kind: 'heal' },
    ],
    allBut(),
  ],
])('%s', async (_shape, faults, reached) => {
  const talkers = new Talkers(names);
  await talkers.simulation.run(50);
  for (const fault of faults) talkers.simulation.inject(fault);
  expect(await talkers.reached()).toEqual(reached.toSorted());
});

test('a message in flight when the partition begins is lost', async () => {
  const talkers = new Talkers(['a', 'b'], { network: { delay: { kind: 'constant', ms: 10 } } });
  await talkers.simulation.run(50);
  talkers.say('a', 'b', 'before');
  await talkers.simulation.run(5);
  talkers.simulation.partition([nodeId('a')], [nodeId('b')]);
  await talkers.simulation.run(4);
  talkers.simulation.heal();
  talkers.say('a', 'b', 'after');
  await talkers.simulation.run(50);
  expect(talkers.heard.map(({ text }) => text)).toEqual(['before', 'after']);

  talkers.say('a', 'b', 'lost');
  await talkers.simulation.run(5);
  talkers.simulation.partition([nodeId('a')], [nodeId('b')]);
  await talkers.simulation.run(50);
  expect(talkers.heard.map(({ text }) => text)).toEqual(['before', 'after']);
});

test('a ring of up to three cuts nothing', () => {
  expect(ringOf([])).toEqual([]);
  expect(ringOf(['a', 'b', 'c'])).toEqual([]);
  expect(ringOf(['a', 'b', 'c', 'd'])).toHaveLength(4);
});

test('names like those of object properties are names like others', () => {
  expect(betweenGroups(['__proto__'], ['constructor'])).toEqual([
    ['__proto__', 'constructor'],
    ['constructor', '__proto__'],
  ]);
});
