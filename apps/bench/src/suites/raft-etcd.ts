import { tmpdir } from 'node:os';

import { type Cluster, measurePuts, type PutLoad } from '../raft/cluster.ts';
import { startEtcdCluster } from '../raft/etcd-cluster.ts';
import { startQuorateCluster } from '../raft/quorate-cluster.ts';
import { type BenchCase, CannotRun, type Contender, type Suite } from '../suite.ts';

const metrics = [
  { name: 'throughput', unit: 'puts/s', better: 'higher' },
  { name: 'latency p50', unit: 'ms', better: 'lower' },
  { name: 'latency p99', unit: 'ms', better: 'lower' },
] as const;

/** Where members keep their data: a disk, or the comparison is of something else. */
const dataDirectory = process.env['QUORATE_BENCH_DIRECTORY'] ?? tmpdir();

/** Puts that let the compilers and the page cache of a fresh cluster settle. */
const warmUp: PutLoad = { clientCount: 64, putCount: 5_000, keyBytes: 8, valueBytes: 256 };

function contender(
  name: string,
  start: (directory: string) => Promise<Cluster>,
  load: PutLoad,
): Contender {
  let cluster: Cluster | undefined;
  return {
    name,
    async setUp() {
      cluster = await start(dataDirectory);
      await measurePuts(cluster, warmUp);
    },
    async run() {
      if (cluster === undefined) throw new Error('the cluster is not set up');
      const { putsPerSecond, p50Ms, p99Ms } = await measurePuts(cluster, load);
      return { throughput: putsPerSecond, 'latency p50': p50Ms, 'latency p99': p99Ms };
    },
    async tearDown() {
      await cluster?.stop();
    },
  };
}

async function startInstalledEtcd(directory: string): Promise<Cluster> {
  try {
    return await startEtcdCluster(directory);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new CannotRun('etcd is not installed: apt-get install etcd-server');
    }
    throw error;
  }
}

function benchCase(name: string, load: PutLoad): BenchCase {
  return {
    name,
    metrics,
    ours: contender('quorate', startQuorateCluster, load),
    peers: [contender('etcd', startInstalledEtcd, load)],
  };
}

/** Both clusters run side by side; only one is loaded at a time. */
export const suite: Suite = {
  name: 'raft-etcd',
  description:
    'Three members as processes on loopback, every write synced to disk, one client process that ' +
    'talks to the leader: how many puts a second beside etcd?',
  cases: [
    benchCase('put, 8 B keys, 256 B values, 64 clients', {
      clientCount: 64,
      putCount: 20_000,
      keyBytes: 8,
      valueBytes: 256,
    }),
    benchCase('put, 8 B keys, 256 B values, 1 client', {
      clientCount: 1,
      putCount: 1_000,
      keyBytes: 8,
      valueBytes: 256,
    }),
  ],
};
