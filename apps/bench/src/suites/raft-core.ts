import { type RaftMessage, raftCodec } from '@quorate/raft';

import { microContender, nsPerCall } from '../micro.ts';
import { CoreInMemory } from '../raft/core-in-memory.ts';
import { type BenchCase, constantPeer, type Sample, type Suite } from '../suite.ts';

const payload = new Uint8Array(256).fill(0x61);
const batch = Array.from({ length: 64 }, () => payload);

/** Commits `count` commands, 64 under way at a time. */
function measureCommits(
  count: number,
  commit: (cluster: CoreInMemory, payloads: readonly Uint8Array[]) => void,
): Sample {
  const cluster = new CoreInMemory(3);
  const before = cluster.committedCount;
  const startedAtMs = performance.now();
  for (let done = 0; done < count; done += batch.length) {
    commit(cluster, batch);
    // As a node would, now and then.
    if (done % (batch.length * 256) === 0) cluster.compact();
  }
  const elapsedMs = performance.now() - startedAtMs;
  return { proposals: ((cluster.committedCount - before) / elapsedMs) * 1_000 };
}

const proposals = { name: 'proposals', unit: 'proposals/s', better: 'higher' } as const;

const singly: BenchCase = {
  name: '3 nodes in memory, 256 B, one step per proposal',
  metrics: [proposals],
  ours: {
    name: 'step',
    run: () =>
      measureCommits(256_000, (cluster, payloads) => {
        cluster.commit(payloads);
      }),
  },
  peers: [constantPeer('goal', { proposals: 100_000 })],
};

const together: BenchCase = {
  name: '3 nodes in memory, 256 B, 64 proposals per step',
  metrics: [proposals],
  ours: {
    name: 'step',
    run: () =>
      measureCommits(1_024_000, (cluster, payloads) => {
        cluster.commitTogether(payloads);
      }),
  },
  peers: [constantPeer('goal', { proposals: 500_000 })],
};

const message: RaftMessage = {
  kind: 'appendEntries',
  term: 7,
  prevLogIndex: 1_000_000,
  prevLogTerm: 7,
  leaderCommit: 999_990,
  entries: batch.slice(0, 16).map((bytes, place) => ({
    logIndex: 1_000_001 + place,
    term: 7,
    kind: 'command',
    payload: bytes,
  })),
};

/** What a service does without a codec: bytes as base64 in JSON. */
function throughJson(): unknown {
  const text = JSON.stringify(message, (_key, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  );
  return JSON.parse(text, (key, value: unknown) =>
    key === 'payload' && typeof value === 'string' ? Buffer.from(value, 'base64') : value,
  );
}

const codec: BenchCase = {
  name: 'AppendEntries of 16 entries of 256 B, to bytes and back',
  metrics: [nsPerCall],
  ours: microContender('raftCodec', () => raftCodec.decode(raftCodec.encode(message))),
  peers: [microContender('JSON and base64', throughJson)],
};

/** The algorithm alone, without network, disk and clock. No other core in JavaScript runs alone. */
export const suite: Suite = {
  name: 'raft-core',
  description: 'How many proposals the core commits, and what its messages cost.',
  cases: [singly, together, codec],
};
