import { createDetector, type FailureDetector, PeerTable } from '@quorate/phi-accrual';

import {
  AkkaDetector,
  CassandraDetector,
  type OtherDetector,
} from '../detectors/other-detectors.ts';
import { microContender, nsPerCall } from '../micro.ts';
import { type BenchCase, constantPeer, type Contender, type Metric, type Suite } from '../suite.ts';

const INTERVAL_MS = 1_000;
const PEERS = 10_000;

/** Delays that no branch predictor learns, drawn beforehand. */
const delaysMs = Float64Array.from({ length: 4_096 }, (_, index) => (index * 2_654_435_761) % 40);

/** Feeds `detector` one heartbeat after the other. */
function beats(detector: FailureDetector): () => number {
  let sequence = 0;
  return () => {
    sequence += 1;
    detector.heartbeat(sequence, sequence * INTERVAL_MS + (delaysMs[sequence & 4_095] ?? 0));
    return sequence;
  };
}

/** A detector whose window is full, and an instant that walks through the silence after it. */
function full<Detector extends FailureDetector>(detector: Detector): [Detector, () => number] {
  const beat = beats(detector);
  for (let count = 0; count < 2_000; count += 1) beat();
  let step = 0;
  const nowMs = (): number => {
    step = (step + 1) & 1_023;
    return 2_000 * INTERVAL_MS + step;
  };
  return [detector, nowMs];
}

const ours = (): FailureDetector => createDetector({ intervalMs: INTERVAL_MS });

const heartbeat: BenchCase = {
  name: 'a heartbeat, window of 1000',
  metrics: [nsPerCall],
  ours: microContender('heartbeat', beats(ours())),
  peers: [
    microContender("Akka's algorithm", beats(new AkkaDetector())),
    microContender("Cassandra's algorithm", beats(new CassandraDetector())),
    constantPeer('goal', { [nsPerCall.name]: 100 }),
  ],
};

function suspected(): Contender {
  const [detector, nowMs] = full(ours());
  return microContender('now >= suspectAtMs', () => nowMs() >= detector.suspectAtMs);
}

function passes(name: string, other: OtherDetector): Contender {
  const [detector, nowMs] = full(other);
  return microContender(name, () => detector.phi(nowMs()) >= detector.threshold);
}

const check: BenchCase = {
  name: 'is it suspected now?',
  metrics: [nsPerCall],
  ours: suspected(),
  peers: [
    passes("Akka's algorithm", new AkkaDetector()),
    passes("Cassandra's algorithm", new CassandraDetector()),
    constantPeer('goal', { [nsPerCall.name]: 50 }),
  ],
};

function suspicion(): Contender {
  const [detector, nowMs] = full(ours());
  return microContender('suspicion', () => detector.suspicion(nowMs()));
}

const number: BenchCase = {
  name: 'how suspicious is it now?',
  metrics: [nsPerCall],
  ours: suspicion(),
  peers: [passes("Akka's algorithm", new AkkaDetector())],
};

const usPerSecond: Metric = { name: 'work for a second', unit: 'us', better: 'lower' };
const names = Array.from({ length: PEERS }, (_, index) => `peer-${index}`);

/** Each peer sends once a second; somebody looks ten times a second. */
function tableOfPeers(): Contender {
  const table = new PeerTable({ detectorOf: () => ours() });
  for (const name of names) table.add(name, INTERVAL_MS, 0);
  let second = 0;
  return {
    name: 'PeerTable',
    run() {
      second += 1;
      const startMs = second * INTERVAL_MS;
      const startedAt = performance.now();
      for (let tick = 0; tick < 10; tick += 1) {
        const tickMs = startMs + tick * 100;
        for (let peer = tick; peer < PEERS; peer += 10) {
          table.receive(names[peer] ?? '', 1, second, tickMs);
        }
        table.advance(tickMs);
      }
      return { [usPerSecond.name]: 1_000 * (performance.now() - startedAt) };
    },
  };
}

/** The same by a map of detectors of which each is asked each time. */
function polled(name: string, make: () => OtherDetector): Contender {
  const peers = new Map(names.map((peer) => [peer, make()] as const));
  let second = 0;
  return {
    name,
    run() {
      second += 1;
      const startMs = second * INTERVAL_MS;
      const startedAt = performance.now();
      let suspects = 0;
      for (let tick = 0; tick < 10; tick += 1) {
        const tickMs = startMs + tick * 100;
        for (let peer = tick; peer < PEERS; peer += 10) {
          peers.get(names[peer] ?? '')?.heartbeat(second, tickMs);
        }
        for (const detector of peers.values()) suspects += detector.phi(tickMs) >= 8 ? 1 : 0;
      }
      const us = 1_000 * (performance.now() - startedAt);
      return { [usPerSecond.name]: suspects < 0 ? 0 : us };
    },
  };
}

const manyPeers: BenchCase = {
  name: `${PEERS} peers, a heartbeat each, ten looks`,
  metrics: [usPerSecond],
  ours: tableOfPeers(),
  peers: [
    polled("Akka's algorithm, polled", () => new AkkaDetector()),
    polled("Cassandra's algorithm, polled", () => new CassandraDetector()),
  ],
  runs: 20,
  warmUpRuns: 20,
};

/** npm's `afd` has a dependency that is not on the registry, so that it cannot be installed. */
export const suite: Suite = {
  name: 'phi-accrual',
  description: 'What does it cost to take a heartbeat, and to know whether a peer is suspected?',
  cases: [heartbeat, check, number, manyPeers],
};
