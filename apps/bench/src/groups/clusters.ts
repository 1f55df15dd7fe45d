/**
 * Three hosts in this process that take part in many groups: messages through memory, each host's
 * logs in a folder of a real disk, with every sync.
 */
import { rm } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

import { RaftNode, type StateMachine } from '@quorate/raft';
import { MultiRaft } from '@quorate/raft/multi';
import type { Disk } from '@quorate/storage';
import { nodeDisk } from '@quorate/storage/node';
import { nodeId } from '@quorate/transport';
import { MemoryNetwork } from '@quorate/transport/memory';

import { temporaryFolder } from '../storage/appenders.ts';
import { countingDisk } from './counting-disk.ts';

const voters = ['n1', 'n2', 'n3'].map(nodeId);
const nothing = new Uint8Array(0);
const ELECTION_MS_MAX = 60_000;

/** Large enough for what 64 groups say to a peer while this process is busy. */
const network = { maxPayloadBytes: 1_024 * 1_024, maxQueueBytes: 64 * 1_024 * 1_024 };

/** As in the comparison with etcd. */
const tickMs = 100;

/**
 * As in the comparison with etcd. What a process keeps of its logs in
 * memory is the same for one group and for many.
 */
function tuningOf(groupCount: number): {
  readonly snapshotEveryEntries: number;
  readonly trailingEntryCount: number;
} {
  const share = Math.max(1, groupCount);
  return {
    snapshotEveryEntries: Math.ceil(100_000 / share),
    trailingEntryCount: Math.ceil(5_000 / share),
  };
}

/** Groups that run. */
export interface Groups {
  /** For each group, its node on each host. */
  readonly groups: readonly (readonly RaftNode[])[];
  /** Syncs of files on all hosts, ever. */
  syncCount(): number;
  close(): Promise<void>;
}

/** How groups are run. */
export interface GroupsSettings {
  readonly groupCount: number;
  /** Default: groups never rest. */
  readonly quiesceAfterTimeouts?: number;
}

/** A state machine that has no state: what is measured is the log. */
function idleMachine(): StateMachine {
  return { apply: () => nothing, snapshot: () => nothing, restore: () => undefined };
}

/** All groups in one `MultiRaft` on each host. */
export async function startHosts(settings: GroupsSettings): Promise<Groups> {
  const { groupCount, quiesceAfterTimeouts = 0 } = settings;
  const { disk, root, syncCount } = await temporaryDisk();
  const tuning = tuningOf(groupCount);
  const net = new MemoryNetwork(network);
  const hosts = await Promise.all(
    voters.map((id) => MultiRaft.open({ transport: net.join(id), disk, directory: id, tickMs })),
  );
  const open = (place: number): Promise<readonly RaftNode[]> => {
    const options = { groupId: `group-${place}`, voters, quiesceAfterTimeouts, ...tuning };
    return Promise.all(
      hosts.map((host) => host.openGroup({ ...options, stateMachine: idleMachine() })),
    );
  };
  const groups = await Promise.all(Array.from({ length: groupCount }, (_, place) => open(place)));
  return running({
    groups,
    syncCount,
    close: async () => {
      await Promise.all(hosts.map((host) => host.close()));
      await rm(root, { recursive: true });
    },
  });
}

/** The same groups without hosts: a `RaftNode` for each, with a log, a network and a timer each. */
export async function startNodes({ groupCount }: GroupsSettings): Promise<Groups> {
  const { disk, root, syncCount } = await temporaryDisk();
  const tuning = tuningOf(groupCount);
  const groups: (readonly RaftNode[])[] = [];
  for (let place = 0; place < groupCount; place += 1) {
    const net = new MemoryNetwork(network);
    const open = (id: (typeof voters)[number]): Promise<RaftNode> => {
      const own = { transport: net.join(id), stateMachine: idleMachine() };
      return RaftNode.open({
        disk,
        directory: `${id}/group-${place}`,
        voters,
        ...own,
        tickMs,
        ...tuning,
      });
    };
    groups.push(await Promise.all(voters.map(open)));
  }
  return running({
    groups,
    syncCount,
    close: async () => {
      await Promise.all(groups.flat().map((node) => node.close()));
      await rm(root, { recursive: true });
    },
  });
}

/** The node that leads a group now, by its own account. */
export function leaderOf(nodes: readonly RaftNode[]): RaftNode | undefined {
  return nodes.find((node) => node.status().role === 'leader');
}

/** Once every group has a leader. */
async function running(groups: Groups): Promise<Groups> {
  const deadline = performance.now() + ELECTION_MS_MAX;
  while (groups.groups.some((nodes) => leaderOf(nodes) === undefined)) {
    if (performance.now() > deadline) throw new Error('expected a leader in every group, got none');
    await setTimeout(50);
  }
  return groups;
}

async function temporaryDisk(): Promise<{
  readonly disk: Disk;
  readonly root: string;
  readonly syncCount: () => number;
}> {
  const root = await temporaryFolder();
  return { root, ...countingDisk(nodeDisk(root)) };
}
