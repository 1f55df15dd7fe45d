import HashRing from 'hashring';

import { flatKeys } from '../hashing/keys.ts';
import { nodeIds, placements } from '../hashing/placements.ts';
import { type BenchCase, constantPeer, type Contender, type Metric, type Suite } from '../suite.ts';

const NODES = 100;
const keys = flatKeys(1_000_000);
const before = nodeIds(NODES);
const gone = 'node-0037';
const come = 'node-0100';

type Locate = (key: string) => string;

/** Who owns each key. */
function ownersBy(locate: Locate): readonly string[] {
  return keys.map(locate);
}

function movedPercent(from: readonly string[], to: readonly string[]): number {
  return (100 * from.filter((owner, index) => owner !== to[index]).length) / keys.length;
}

function fullestToMean(owners: readonly string[], nodeCount: number): number {
  const counts = new Map<string, number>();
  for (const owner of owners) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  return (Math.max(...counts.values()) * nodeCount) / owners.length;
}

const metrics: readonly Metric[] = [
  { name: 'keys that move when one goes', unit: '%', better: 'lower' },
  { name: 'keys that move when one comes', unit: '%', better: 'lower' },
  { name: 'fullest node to the mean', unit: 'x', better: 'lower' },
];

/** What becomes of a million keys, by three ways to find their owners. */
function counting(name: string, open: () => readonly [Locate, Locate, Locate]): Contender {
  return {
    name,
    run() {
      const [first, fewer, more] = open();
      const owners = ownersBy(first);
      return {
        'keys that move when one goes': movedPercent(owners, ownersBy(fewer)),
        'keys that move when one comes': movedPercent(owners, ownersBy(more)),
        'fullest node to the mean': fullestToMean(owners, NODES),
      };
    },
  };
}

const ideal = constantPeer('the least there can be', {
  'keys that move when one goes': 100 / NODES,
  'keys that move when one comes': 100 / (NODES + 1),
  'fullest node to the mean': 1,
});

const hashring = counting('hashring 3.2', () => {
  const [first, fewer, more] = [before, before.filter((id) => id !== gone), [...before, come]].map(
    (nodes) => new HashRing([...nodes]),
  );
  if (first === undefined || fewer === undefined || more === undefined) {
    throw new Error('expected three rings');
  }
  return [(key) => first.get(key), (key) => fewer.get(key), (key) => more.get(key)];
});

/** Of 100 nodes; the one that goes is in their middle, the one that comes behind their end. */
export const suite: Suite = {
  name: 'consistent-hashing-balance',
  description: 'How many keys move when a node goes or comes, and how full is the fullest?',
  cases: Object.entries(placements).map(([name, make]): BenchCase => ({
    name,
    metrics,
    ours: counting(name, () => {
      const placement = make(before);
      const [fewer, more] = [{ remove: [gone] }, { add: [come] }].map((change) =>
        placement.with(change),
      );
      return [
        (key) => placement.locate(key).id,
        (key) => fewer?.locate(key).id ?? '',
        (key) => more?.locate(key).id ?? '',
      ];
    }),
    peers: name === 'ring' || name === 'ketama' ? [ideal, hashring] : [ideal],
    runs: 1,
    warmUpRuns: 0,
  })),
};
