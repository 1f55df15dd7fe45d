import { nodeId } from '@quorate/transport';

import type { RaftNodeOptions } from './node/options.ts';
import { RaftNode } from './raft-node.ts';

/** What `createRaftNode` cannot choose, and what it may be told besides. */
export interface CreateRaftNodeOptions extends Omit<RaftNodeOptions, 'directory' | 'voters'> {
  /** Names this node, as its transport does. */
  readonly id: string;
  /** The nodes that the cluster begins with; whether this one is named makes no difference. */
  readonly peers: readonly string[];
  /**
   * Whether the node waits to be made a member of a cluster that runs, by `addVoter` or
   * `addLearner` there. Then `peers` are of no account. Default false.
   */
  readonly isJoining?: boolean;
  /** A folder of this node's own on `disk`. Default 'raft'. */
  readonly directory?: string;
}

/**
 * Starts a node of a cluster, on what its disk remembers: `RaftNode.open` with the rest chosen.
 *
 * @param options - `peers` are read on an empty disk only: after that the log says who takes part.
 * @throws RangeError if `id` is not the transport's, or an option is out of its range.
 * @throws RaftStartError, DiskError, LogError or SnapshotError as `RaftNode.open` does.
 *
 * @example
 * ```ts
 * import { createRaftNode } from '@quorate/raft';
 * import { MemoryDisk } from '@quorate/storage/memory';
 * import { nodeId } from '@quorate/transport';
 * import { MemoryNetwork } from '@quorate/transport/memory';
 *
 * let total = 0;
 * const node = await createRaftNode({
 *   id: 'n1',
 *   peers: [],
 *   transport: new MemoryNetwork().join(nodeId('n1')),
 *   disk: new MemoryDisk(),
 *   stateMachine: {
 *     apply: ([amount = 0]) => Uint8Array.of((total += amount)),
 *     snapshot: () => Uint8Array.of(total),
 *     restore: ([restored = 0]) => void (total = restored),
 *   },
 *   tickMs: 5,
 * });
 * await new Promise((lead) => node.observe(({ kind }) => kind === 'applied' && lead(kind)));
 * await node.propose(Uint8Array.of(7)).then(({ kind }) => kind); // => 'committed'
 * total; // => 7
 * await node.close();
 * ```
 */
export async function createRaftNode(options: CreateRaftNodeOptions): Promise<RaftNode> {
  const { id, peers, isJoining = false, directory = 'raft', ...rest } = options;
  const { localId } = rest.transport;
  if (id !== localId) {
    throw new RangeError(`id: expected ${localId}, which the transport is, got ${id}`);
  }
  const starters = new Set([localId, ...peers.map((peer) => nodeId(peer))]);
  const voters = isJoining ? [] : [...starters];
  return RaftNode.open({ ...rest, directory, voters });
}
