import { tmpdir } from 'node:os';

import { type Cluster, type Load, measureLoad } from '../raft/cluster.ts';
import { startEtcdCluster } from '../raft/etcd-cluster.ts';
import { startQuorateCluster } from '../raft/quorate-cluster.ts';
import { type BenchCase, CannotRun, type Contender, type Suite } from '../suite.ts';

const metrics = [
  { name: 'throughput', unit: 'operations/s', better: 'higher' },
  { name: 'latency p50', unit: 'ms', better: 'lower' },
  { name: 'latency p99', unit: 'ms', better: 'lower' },
] as const;

/** Where members keep their data: a disk, or the comparison is of something else. */
const dataDirectory = process.env['QUORATE_BENCH_DIRECTORY'] ?? tmpdir();

const sizes = { keyBytes: 8, valueBytes: 256 };

/**
 * Puts that let the compilers and the page cache of a fresh cluster settle, and of every key that a
 * get asks for.
 */
const warmUp: Load = { operation: 'put', clientCount: 64, operationCount: 20_000, ...sizes };

function contender(
  name: string,
  start: (directory: string) => Promise<Cluster>,
  load: Load,
): Contender {
  let cluster: Cluster | undefined;
  return {
    name,
    async setUp() {
      cluster = await start(dataDirectory);
      await measureLoad(cluster, warmUp);
    },
    async run() {
      if (cluster === undefined) throw new Error('the cluster is not set up');
      const { operationsPerSecond, p50Ms, p99Ms } = await measureLoad(cluster, load);
      return { throughput: operationsPerSecond, 'latency p50': p50Ms, 'latency p99': p99Ms };
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

function benchCase(load: Load): BenchCase {
  const { operation, clientCount, keyBytes, valueBytes } = load;
  const clients = clientCount === 1 ? '1 client' : `${clientCount.toLocaleString('en')} clients`;
  const what = operation === 'leaseGet' ? 'get by lease' : operation;
  return {
    name: `${what}, ${keyBytes} B keys, ${valueBytes} B values, ${clients}`,
    metrics,
    ours: contender('quorate', startQuorateCluster, load),
    peers: [contender('etcd', startInstalledEtcd, load)],
  };
}

/**
 * Both clusters run side by side; only one is loaded at a time. They are not the same product: etcd
 * keeps revisions, leases and watches, and stores its map on disk; ours here is a map in memory
 * beside the synced log.
 */
export const suite: Suite = {
  name: 'raft-etcd',
  description:
    'Three members as processes on loopback, every write synced to disk, one client process that ' +
    'talks to the leader: how many puts and linearizable gets a second beside etcd? ' +
    'A get by lease stands beside the linearizable one of etcd, which offers no lease reads.',
  cases: [
    benchCase({ operation: 'put', clientCount: 64, operationCount: 20_000, ...sizes }),
    benchCase({ operation: 'put', clientCount: 1_000, operationCount: 40_000, ...sizes }),
    benchCase({ operation: 'put', clientCount: 1, operationCount: 1_000, ...sizes }),
    benchCase({ operation: 'get', clientCount: 64, operationCount: 20_000, ...sizes }),
    benchCase({ operation: 'leaseGet', clientCount: 64, operationCount: 20_000, ...sizes }),
  ],
};
