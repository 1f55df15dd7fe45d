import { anchor, memento, type Placement } from '@quorate/consistent-hashing';
import { keyHasher } from '@quorate/hash';
import ConsistentHash from 'consistent-hash';
import HashRing from 'hashring';
import jumphash from 'jumphash';

import { flatKeys, inTurn } from '../hashing/keys.ts';
import { nodeIds, placements } from '../hashing/placements.ts';
import { microContender, nsPerCall } from '../micro.ts';
import type { BenchCase, Contender, Metric, Suite } from '../suite.ts';

/** More than any peer keeps the owners of, so that each is looked up. */
const keys = flatKeys(65_536);

/** What every placement pays for a key before it begins. */
function hashAlone(): Contender {
  const hasher = keyHasher();
  return microContender(
    'the hash of the key',
    inTurn(keys, (key) => {
      hasher.hash(key);
      return hasher.low;
    }),
  );
}

type Make = (nodes: readonly string[]) => Placement;

/** Half of an anchor's capacity is spare; here one has none, as long as no node goes. */
const kinds: Readonly<Record<string, Make>> = {
  ...placements,
  'anchor, nothing spare': (nodes) => anchor({ nodes, capacity: nodes.length }),
  'memento, after a tenth has gone': (nodes) =>
    memento({ nodes }).with({ remove: nodes.filter((_, index) => index % 10 === 3) }),
};

function peersOf(kind: string, nodes: readonly string[]): readonly Contender[] {
  const hashring = new HashRing([...nodes]);
  const peers = [
    hashAlone(),
    microContender(
      'hashring 3.2',
      inTurn(keys, (key) => hashring.get(key)),
    ),
  ];
  if (kind === 'ring') {
    const other = new ConsistentHash();
    for (const node of nodes) other.add(node);
    const get = inTurn(keys, (key) => other.get(key));
    peers.push(microContender('consistent-hash 1.2, points at random', get));
  }
  if (kind === 'jump') {
    const get = inTurn(keys, (key) => jumphash(key, nodes.length));
    peers.push(microContender('jumphash 0.2', get));
  }
  return peers;
}

function located(kind: string, make: Make, count: number): BenchCase {
  const nodes = nodeIds(count);
  const placement = make(nodes);
  return {
    name: `locate by ${kind}, nodes: ${count}`,
    metrics: [nsPerCall],
    ours: microContender(
      kind,
      inTurn(keys, (key) => placement.locate(key)),
    ),
    peers: peersOf(kind, nodes),
  };
}

const msPerBuild: Metric = { name: 'time', unit: 'ms', better: 'lower' };

function building(name: string, build: () => unknown): Contender {
  return {
    name,
    run() {
      const startedAt = performance.now();
      build();
      return { time: performance.now() - startedAt };
    },
  };
}

const thousand = nodeIds(1_000);

function built(kind: string): BenchCase {
  return {
    name: `build a ${kind}, nodes: 1000`,
    metrics: [msPerBuild],
    ours: building(kind, () => kinds[kind]?.(thousand)),
    peers: [building('hashring 3.2', () => new HashRing([...thousand]))],
    warmUpRuns: 3,
  };
}

/** One lookup among nodes, beside the bare hash of its key and beside others. */
export const suite: Suite = {
  name: 'consistent-hashing',
  description: 'What does it cost to find the owner of a key, and to build what finds it?',
  cases: [
    ...Object.entries(kinds).flatMap(([kind, make]) =>
      [10, 100, 1_000].map((count) => located(kind, make, count)),
    ),
    built('ring'),
    built('maglev'),
    built('memento'),
  ],
};
