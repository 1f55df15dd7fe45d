import { compare, increment, merge, ProcessClock, VectorClock } from '@quorate/vector-clocks';
import * as thing from '@thi.ng/vclock';
import vectorclock from 'vectorclock';

import { microContender, nsPerCall } from '../micro.ts';
import type { BenchCase, Contender, Suite } from '../suite.ts';

const VECTORCLOCK = 'vectorclock 0.0';
const THING = '@thi.ng/vclock 0.1';

type PlainClock = Record<string, number>;

/** Two clocks of the same nodes, the second one an event later at the last of them. */
interface Pair {
  /** Ours, that share their ids: the second was made of the first. */
  readonly shared: readonly [VectorClock, VectorClock];
  /** Ours, that were made apart, and share nothing. */
  readonly apart: readonly [VectorClock, VectorClock];
  /** The same for the peers. */
  readonly plain: readonly [PlainClock, PlainClock];
}

function nodeIds(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `node-${String(index).padStart(4, '0')}`);
}

function clockOf(plain: PlainClock): VectorClock {
  return VectorClock.of(Object.entries(plain));
}

/** The answer takes a look at every entry: nothing is settled before the last one. */
function orderedPair(count: number): Pair {
  const ids = nodeIds(count);
  const last = ids.at(-1) ?? '';
  const plain: PlainClock = Object.fromEntries(ids.map((id, index) => [id, index + 1] as const));
  const later: PlainClock = { ...plain, [last]: count + 1 };
  const clock = clockOf(plain);
  return {
    shared: [clock, increment(clock, last)],
    apart: [clock, clockOf(later)],
    plain: [plain, later],
  };
}

/** Each knows something that the other does not: the first two entries tell. */
function concurrentPair(count: number): Pair {
  const [plain] = orderedPair(count).plain;
  const [first = '', second = ''] = nodeIds(count);
  const left: PlainClock = { ...plain, [first]: count + 1 };
  const right: PlainClock = { ...plain, [second]: count + 2 };
  const clock = clockOf(plain);
  return {
    shared: [increment(clock, first), increment(increment(clock, second), second)],
    apart: [clockOf(left), clockOf(right)],
    plain: [left, right],
  };
}

/** The second one has nodes that the first one has not, among the others. */
function unlikePair(count: number): Pair {
  const [plain] = orderedPair(count).plain;
  const last = nodeIds(count).slice(-3);
  const added: PlainClock = Object.fromEntries(last.map((id) => [`${id}+`, 1] as const));
  const left = plain;
  const right: PlainClock = { ...plain, ...added };
  return {
    shared: [clockOf(left), clockOf(right)],
    apart: [clockOf(left), clockOf(right)],
    plain: [left, right],
  };
}

function compared(what: string, count: number, pair: Pair, kind: 'shared' | 'apart'): BenchCase {
  const [left, right] = pair[kind];
  const [plainLeft, plainRight] = pair.plain;
  return {
    name: `compare ${what}, nodes: ${count}`,
    metrics: [nsPerCall],
    ours: microContender('compare', () => compare(left, right)),
    peers: [
      microContender(VECTORCLOCK, () => vectorclock.compare(plainLeft, plainRight)),
      microContender(THING, () => thing.compare(plainLeft, plainRight)),
    ],
  };
}

function merged(what: string, count: number, pair: Pair, kind: 'shared' | 'apart'): BenchCase {
  const [left, right] = pair[kind];
  const [plainLeft, plainRight] = pair.plain;
  return {
    name: `merge ${what}, nodes: ${count}`,
    metrics: [nsPerCall],
    ours: microContender('merge', () => merge(left, right)),
    peers: [
      microContender(VECTORCLOCK, () => vectorclock.merge(plainLeft, plainRight)),
      microContender(THING, () => thing.merge(plainLeft, plainRight)),
    ],
  };
}

function middleOf(count: number): string {
  return nodeIds(count)[count >> 1] ?? '';
}

/** In place, as `vectorclock` counts: the plain clock grows with the calls. */
function vectorclockIncrement(count: number): Contender {
  const [plain] = orderedPair(count).plain;
  const id = middleOf(count);
  return microContender(`${VECTORCLOCK}, in place`, () => vectorclock.increment(plain, id));
}

function incremented(count: number): BenchCase[] {
  const { shared, plain } = orderedPair(count);
  const id = middleOf(count);
  const process = new ProcessClock(id, shared[0]);
  return [
    {
      name: `increment to a new clock, nodes: ${count}`,
      metrics: [nsPerCall],
      ours: microContender('increment', () => increment(shared[0], id)),
      peers: [microContender(THING, () => thing.inc(plain[0], id)), vectorclockIncrement(count)],
    },
    {
      name: `increment in place, nodes: ${count}`,
      metrics: [nsPerCall],
      ours: microContender('ProcessClock', () => process.increment()),
      peers: [vectorclockIncrement(count)],
    },
  ];
}

const counts = [3, 10, 100, 1_000];

/** Vector clocks of 3 to 1,000 nodes, whether they share their ids or were made apart. */
export const suite: Suite = {
  name: 'vector-clocks',
  description: 'What does it cost to compare, merge and increment vector clocks?',
  cases: counts.flatMap((count) => [
    compared('ordered', count, orderedPair(count), 'apart'),
    compared('ordered, ids shared', count, orderedPair(count), 'shared'),
    compared('concurrent', count, concurrentPair(count), 'apart'),
    merged('of the same nodes', count, orderedPair(count), 'apart'),
    merged('of the same nodes, ids shared', count, orderedPair(count), 'shared'),
    merged('with new nodes', count, unlikePair(count), 'apart'),
    ...incremented(count),
  ]),
};
