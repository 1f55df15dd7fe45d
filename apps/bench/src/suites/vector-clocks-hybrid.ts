import HLC from '@consento/hlc';
import { compareTimestamps, HybridClock, IntervalTreeStamp } from '@quorate/vector-clocks';
import {
  decodeStamp,
  decodeTimestamp,
  encodeStamp,
  encodeTimestamp,
  writeTimestamp,
} from '@quorate/vector-clocks/codec';

import { microContender, nsPerCall } from '../micro.ts';
import { type BenchCase, CannotRun, type Contender, type Suite } from '../suite.ts';

const peerName = '@consento/hlc 2.1';
const startMs = 1_767_225_600_000;
const driftMs = 1_000;

/** The time as both read it: a field, as of a clock that is read once a turn of the event loop. */
const time = { ms: startMs, ns: BigInt(startMs) * 1_000_000n };

/** What a node a millisecond ahead sends, in the form of either. */
const remote = { wallMs: startMs + 1, counter: 3 };
const peerRemote = new HLC.Timestamp(time.ns + 1_000_000n, 3);

function peerClock(wallTime: () => bigint): HLC {
  // The option is there, and its types do not know it.
  const options = { wallTime, maxOffset: BigInt(driftMs) * 1_000_000n };
  return new HLC(options);
}

/** Events within one turn of the event loop. */
function events(): readonly BenchCase[] {
  const clock = new HybridClock({ maxDriftMs: driftMs });
  const counting = new HybridClock({ maxDriftMs: driftMs });
  const peer = peerClock(() => time.ns);
  const peers = [microContender(peerName, () => peer.now())];
  return [
    {
      name: 'now',
      metrics: [nsPerCall],
      ours: microContender('HybridClock.now', () => clock.now(time.ms)),
      peers,
    },
    {
      name: 'now, without an object for it',
      metrics: [nsPerCall],
      ours: microContender('HybridClock.tick', () => {
        counting.tick(time.ms);
        return counting.counter;
      }),
      peers,
    },
  ];
}

/** The same on the clock of the machine, which then is most of the work. */
function eventsOnDate(): BenchCase {
  const clock = new HybridClock({ maxDriftMs: driftMs });
  const peer = peerClock(() => BigInt(Date.now()) * 1_000_000n);
  return {
    name: 'now, on Date.now',
    metrics: [nsPerCall],
    ours: microContender('HybridClock.now', () => clock.now(Date.now())),
    peers: [microContender(peerName, () => peer.now())],
  };
}

/** Receipts from a node that is a little ahead. */
function receipts(): readonly BenchCase[] {
  const clock = new HybridClock({ maxDriftMs: driftMs });
  const counting = new HybridClock({ maxDriftMs: driftMs });
  const peer = peerClock(() => time.ns);
  const peers = [
    microContender(peerName, () => {
      peer.update(peerRemote);
      return peer.last;
    }),
  ];
  return [
    {
      name: 'receive',
      metrics: [nsPerCall],
      ours: microContender('HybridClock.receive', () => clock.receive(remote, time.ms)),
      peers,
    },
    {
      name: 'receive, without an object for it',
      metrics: [nsPerCall],
      ours: microContender('HybridClock.witness', () => {
        counting.witness(remote, time.ms);
        return counting.counter;
      }),
      peers,
    },
  ];
}

const timestamp = { wallMs: startMs, counter: 7 };
const peerTimestamp = new HLC.Timestamp(BigInt(startMs) * 1_000_000n, 7);

function packing(): readonly BenchCase[] {
  const [ours, theirs] = [new Uint8Array(8), new Uint8Array(12)];
  writeTimestamp(timestamp, ours);
  HLC.codec.encode(peerTimestamp, theirs);
  return [
    {
      name: 'pack, into bytes at hand',
      metrics: [nsPerCall],
      ours: microContender('writeTimestamp, 8 bytes', () => {
        writeTimestamp(timestamp, ours);
        return ours;
      }),
      peers: [
        microContender(`${peerName}, 12 bytes`, () => HLC.codec.encode(peerTimestamp, theirs)),
      ],
    },
    {
      name: 'pack, into new bytes',
      metrics: [nsPerCall],
      ours: microContender('encodeTimestamp, 8 bytes', () => encodeTimestamp(timestamp)),
      peers: [microContender(`${peerName}, 12 bytes`, () => HLC.codec.encode(peerTimestamp))],
    },
    {
      name: 'unpack',
      metrics: [nsPerCall],
      ours: microContender('decodeTimestamp, 8 bytes', () => decodeTimestamp(ours)),
      peers: [microContender(`${peerName}, 12 bytes`, () => HLC.codec.decode(theirs))],
    },
  ];
}

function comparison(): BenchCase {
  const ours = Array.from({ length: 1_024 }, (_, index) => {
    return { wallMs: startMs + ((index * 7) & 15), counter: (index * 5) & 15 };
  });
  const theirs = ours.map(
    ({ wallMs, counter }) => new HLC.Timestamp(BigInt(wallMs) * 1_000_000n, counter),
  );
  let at = 0;
  const next = <Stamp>(stamps: readonly Stamp[], fallback: Stamp): Stamp => {
    at = (at + 1) & 1_023;
    return stamps[at] ?? fallback;
  };
  return {
    name: 'compare',
    metrics: [nsPerCall],
    ours: microContender('compareTimestamps', () =>
      compareTimestamps(next(ours, timestamp), timestamp),
    ),
    peers: [
      microContender(peerName, () =>
        HLC.Timestamp.compare(next(theirs, peerTimestamp), peerTimestamp),
      ),
    ],
  };
}

/** The implementations in JavaScript that are known are not published. */
const missingPeer: Contender = {
  name: 'itc-js',
  setUp: () => {
    throw new CannotRun('neither itc-js nor itclocks is in the npm registry');
  },
  run: () => ({}),
};

/** Replicas that came about by `forkCount` forks in the shape of a tree, with some events each. */
function replicasOf(forkCount: number): readonly IntervalTreeStamp[] {
  let stamps: IntervalTreeStamp[] = [IntervalTreeStamp.seed];
  while (stamps.length < forkCount) stamps = stamps.flatMap((stamp) => stamp.fork());
  return stamps.map((stamp, index) => {
    let busy = stamp;
    for (let count = 0; count <= index % 5; count += 1) busy = busy.event();
    return busy;
  });
}

function intervalTrees(forkCount: number): readonly BenchCase[] {
  const [first = IntervalTreeStamp.seed, ...others] = replicasOf(forkCount);
  const known = others.reduce((one, other) => one.join(other.peek()), first);
  const newer = known.event();
  const message = (others[0] ?? first).event().peek();
  const bytes = encodeStamp(known);
  const size = `${forkCount} replicas`;
  const calls: readonly (readonly [string, () => unknown])[] = [
    ['event', () => known.event()],
    ['leq', () => known.leq(newer)],
    ['join a message', () => known.join(message)],
    ['encode', () => encodeStamp(known)],
    ['decode', () => decodeStamp(bytes)],
  ];
  return calls.map(([name, call]) => ({
    name: `interval tree ${name}, ${size}`,
    metrics: [nsPerCall],
    ours: microContender('IntervalTreeStamp', call),
    peers: [missingPeer],
  }));
}

/**
 * The bar is four times the peer's speed for `now`, on a source of time that costs either nothing.
 * Interval tree clocks stand alone: no package that has them can be installed.
 */
export const suite: Suite = {
  name: 'vector-clocks-hybrid',
  description: 'What does a timestamp of a hybrid or interval tree clock cost, beside its peers?',
  cases: [
    ...events(),
    eventsOnDate(),
    ...receipts(),
    ...packing(),
    comparison(),
    ...[2, 8, 64].flatMap(intervalTrees),
  ],
};
