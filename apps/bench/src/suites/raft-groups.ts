import { rm } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

import type { RaftNode } from '@quorate/raft';
import { type LogStore, SharedLog, WriteAheadLog } from '@quorate/storage';
import { nodeDisk } from '@quorate/storage/node';

import {
  type Groups,
  type GroupsSettings,
  leaderOf,
  startHosts,
  startNodes,
} from '../groups/clusters.ts';
import { usedBytes } from '../groups/memory.ts';
import { temporaryFolder } from '../storage/appenders.ts';
import { type BenchCase, constantPeer, type Contender, type Sample, type Suite } from '../suite.ts';

const payload = new Uint8Array(256).fill(0x61);
const GROUPS = 64;
const HOSTS = 3;
const CALLERS = 8_192;
const RUN_MS = 2_000;
const IDLE_GROUPS = 1_000;
const LOGS = 500;

/** Starts groups once, and measures on them again and again. */
function contender(
  name: string,
  start: () => Promise<Groups>,
  measure: (groups: Groups) => Promise<Sample>,
): Contender {
  let groups: Groups | undefined;
  return {
    name,
    setUp: async () => {
      groups = await start();
    },
    run: () => {
      if (groups === undefined) throw new Error('expected groups, got none');
      return measure(groups);
    },
    tearDown: () => groups?.close(),
  };
}

/** Callers spread over all groups, each of which proposes again as soon as it has its answer. */
async function propose(groups: Groups): Promise<Sample> {
  const startedAt = performance.now();
  const syncsBefore = groups.syncCount();
  let count = 0;
  const caller = async (nodes: readonly RaftNode[]): Promise<void> => {
    let leader = leaderOf(nodes);
    while (performance.now() - startedAt < RUN_MS) {
      const outcome = await leader?.propose(payload);
      if (outcome?.kind === 'committed') {
        count += 1;
        continue;
      }
      // Its leader is about to change.
      await setTimeout(10);
      leader = leaderOf(nodes);
    }
  };
  const callersOfEach = CALLERS / groups.groups.length;
  await Promise.all(
    groups.groups.flatMap((nodes) => Array.from({ length: callersOfEach }, () => caller(nodes))),
  );
  const elapsedMs = performance.now() - startedAt;
  const syncCount = groups.syncCount() - syncsBefore;
  return {
    proposals: (count / elapsedMs) * 1_000,
    syncs: (syncCount / count) * 1_000,
    'syncs per second': (syncCount / elapsedMs) * 1_000,
  };
}

const throughput: BenchCase = {
  name: `${GROUPS} groups on ${HOSTS} hosts, 256 B, ${CALLERS} proposals under way in all`,
  metrics: [
    { name: 'proposals', unit: 'proposals/s', better: 'higher' },
    { name: 'syncs', unit: 'per 1,000 proposals', better: 'lower' },
    { name: 'syncs per second', unit: 'syncs/s', better: 'lower' },
  ],
  ours: contender('MultiRaft', () => startHosts({ groupCount: GROUPS }), propose),
  peers: [
    contender('1 group, RaftNode', () => startNodes({ groupCount: 1 }), propose),
    contender(`${GROUPS} RaftNodes, a log each`, () => startNodes({ groupCount: GROUPS }), propose),
  ],
};

/** What a group that nobody uses takes on a host, its peers' state included. */
async function measureIdleMemory(): Promise<Sample> {
  const none = await startHosts({ groupCount: 0 });
  const before = usedBytes();
  await none.close();
  const groups = await startHosts({ groupCount: IDLE_GROUPS, quiesceAfterTimeouts: 2 });
  await untilResting(groups);
  const bytes = usedBytes() - before;
  await groups.close();
  return { memory: bytes / IDLE_GROUPS / HOSTS / 1_000 };
}

async function untilResting(groups: Groups): Promise<void> {
  const nodes = groups.groups.flat();
  while (!nodes.every((node) => node.status().isQuiescent)) await setTimeout(100);
}

const memory: BenchCase = {
  name: `memory of an idle group on one host, of ${IDLE_GROUPS}`,
  metrics: [{ name: 'memory', unit: 'kB', better: 'lower' }],
  runs: 2,
  warmUpRuns: 0,
  ours: { name: 'MultiRaft', run: measureIdleMemory },
  peers: [constantPeer('goal', { memory: 100 })],
};

/** Processor time of this process, for nothing. */
async function measureIdleTime(): Promise<Sample> {
  const before = process.cpuUsage();
  const startedAt = performance.now();
  await setTimeout(RUN_MS);
  const { user, system } = process.cpuUsage(before);
  return { processor: (user + system) / (performance.now() - startedAt) };
}

/** Only one of the two is there at a time: both are this process. */
function idleContender(name: string, settings: GroupsSettings): Contender {
  return {
    name,
    run: async () => {
      const groups = await startHosts(settings);
      if (settings.quiesceAfterTimeouts !== undefined) await untilResting(groups);
      else await setTimeout(2_000);
      const sample = await measureIdleTime();
      await groups.close();
      return sample;
    },
  };
}

const idleTime: BenchCase = {
  name: `processor time of ${IDLE_GROUPS} idle groups on ${HOSTS} hosts`,
  metrics: [{ name: 'processor', unit: 'ms/s', better: 'lower' }],
  runs: 2,
  warmUpRuns: 0,
  ours: idleContender('at rest', { groupCount: IDLE_GROUPS, quiesceAfterTimeouts: 2 }),
  peers: [idleContender('awake', { groupCount: IDLE_GROUPS })],
};

/** Memory of logs with one entry each. */
async function measureLogs(
  open: (root: string) => Promise<{
    readonly logs: readonly LogStore[];
    readonly close: () => Promise<void>;
  }>,
): Promise<Sample> {
  const root = await temporaryFolder();
  const before = usedBytes();
  const { logs, close } = await open(root);
  for (const log of logs) {
    await log.append({ entries: [{ logIndex: 1, term: 1, type: 0, payload }] });
  }
  const bytes = usedBytes() - before;
  await close();
  await rm(root, { recursive: true });
  return { memory: bytes / logs.length };
}

const places = Array.from({ length: LOGS }, (_, place) => `log-${place}`);

const logs: BenchCase = {
  name: `memory of a log with one entry, of ${LOGS}`,
  metrics: [{ name: 'memory', unit: 'B', better: 'lower' }],
  runs: 3,
  ours: {
    name: 'group of a SharedLog',
    run: () =>
      measureLogs(async (root) => {
        const shared = await SharedLog.open({ disk: nodeDisk(root), directory: 'log' });
        const opened = places.map((groupId) => shared.openGroup(groupId));
        return { logs: opened, close: () => shared.close() };
      }),
  },
  peers: [
    {
      name: 'WriteAheadLog',
      run: () =>
        measureLogs(async (root) => {
          const disk = nodeDisk(root);
          const opened: WriteAheadLog[] = [];
          for (const directory of places) {
            opened.push(await WriteAheadLog.open({ disk, directory }));
          }
          const close = async (): Promise<void> => {
            await Promise.all(opened.map((log) => log.close()));
          };
          return { logs: opened, close };
        }),
    },
  ],
};

/**
 * Three hosts in one process over memory, which take turns on one processor, with a real disk and
 * every sync: what many groups cost beside one, and beside as many that share nothing.
 */
export const suite: Suite = {
  name: 'raft-groups',
  description: 'What do many groups of one process cost together, in syncs, time and memory?',
  cases: [throughput, memory, idleTime, logs],
};
