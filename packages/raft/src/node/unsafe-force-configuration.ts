import { type Disk, SnapshotStore, WriteAheadLog } from '@quorate/storage';
import type { NodeId } from '@quorate/transport';

import { configurationCodec } from '../codec/configuration.ts';
import { type Configuration, configurationOf } from '../configuration.ts';
import { ConfigurationHistory } from '../configuration-history.ts';
import type { Entry } from '../messages.ts';
import { RaftStartError } from './errors.ts';
import { nodeRecordCodec } from './node-record-codec.ts';
import { logEntryOf, recover, type RecoveredNode } from './recovery.ts';

/**
 * A jump that no election makes: what is left of the cluster never meets a term of the nodes that
 * are lost. Half of it is drawn from the node's id, so that two nodes which are both forced,
 * against the advice, do not write different entries of one term.
 */
const TERM_JUMP = 1_048_576;

/** What to force, and where. */
export interface UnsafeForceOptions {
  /** Where the node keeps its files. The node itself must not run. */
  readonly disk: Disk;
  /** As `RaftNode.open` was given it. */
  readonly directory: string;
  /** Whose directory it is. */
  readonly nodeId: NodeId;
  /** Who votes from now on: `nodeId`, and of the others those that are still there, or none. */
  readonly voters: readonly NodeId[];
}

/** What was done, for the record of the operator. */
export interface ForcedConfiguration {
  /** The entry that brings the new configuration. All before it counts as committed now. */
  readonly logIndex: number;
  readonly term: number;
  /** What was in force before. */
  readonly previous: Configuration;
}

/**
 * Takes a cluster out of a loss that Raft does not survive: most of its voters are gone for good.
 * Writes into the log of one survivor, as if it had been agreed on, that `voters` are all there is.
 *
 * **Unsafe: this breaks what Raft promises.** What may be lost or change:
 *
 * - Commands that were acknowledged, if none of those who are left has them.
 * - Reads may have seen what is no longer there. Commands that nobody was told of may take effect.
 * - If a lost node comes back with its old disk, or was never lost but cut off, there are two
 *   clusters that both take writes, for good. Wipe lost nodes; let them join under new ids.
 *
 * Run it on one survivor only: the one whose last entry has the highest term and, among those, the
 * highest index. Start this one, then the others of `voters` with their disks as they are: they
 * follow it. Then add nodes until as many failures can be borne again.
 *
 * @throws RangeError if `voters` lack `nodeId` or name a node twice.
 * @throws RaftStartError if the directory holds no log of this node, or a damaged one.
 * @throws DiskError, LogError or SnapshotError if the disk cannot be used.
 */
export async function unsafeForceConfiguration(
  options: UnsafeForceOptions,
): Promise<ForcedConfiguration> {
  const { disk, directory, nodeId, voters } = options;
  checkVoters(options);
  const configuration = configurationOf(voters);
  const log = await WriteAheadLog.open({ disk, directory: `${directory}/log` });
  try {
    const snapshots = await SnapshotStore.open({ disk, directory: `${directory}/snapshots` });
    const source = { nodeId, configuration, log, snapshots, trailingEntryCount: 0 };
    const recovered = await recover(source);
    const currentTerm = termToForce(options, recovered);
    // The protocol version of what the log holds stays.
    const previous = latestOf(recovered);
    const entry: Entry = {
      logIndex: log.lastIndex + 1,
      term: currentTerm,
      kind: 'configuration',
      payload: configurationCodec.encode({ ...previous, ...configuration }),
    };
    const metadata = nodeRecordCodec.encode({
      nodeId,
      identity: recovered.foundIdentity,
      configuration: recovered.startConfiguration,
      hardState: { currentTerm, votedFor: nodeId, promised: undefined },
    });
    await log.append({ entries: [logEntryOf(entry)], metadata });
    return { logIndex: entry.logIndex, term: currentTerm, previous };
  } finally {
    await log.close();
  }
}

function checkVoters({ nodeId, voters }: UnsafeForceOptions): void {
  if (new Set(voters).size !== voters.length) {
    throw new RangeError(`voters: expected no duplicates, got ${voters.join(', ')}`);
  }
  if (!voters.includes(nodeId)) {
    throw new RangeError(`voters: expected ${nodeId} among them, got ${voters.join(', ')}`);
  }
}

function termToForce({ nodeId }: UnsafeForceOptions, recovered: RecoveredNode): number {
  const { hardState, damagedLog, snapshot } = recovered;
  const isEmpty = hardState?.currentTerm === 0 && snapshot === undefined;
  if (hardState === undefined || isEmpty) {
    throw new RaftStartError('RAFT_NOTHING_TO_FORCE', `${nodeId} has no log: force another node`);
  }
  if (damagedLog !== undefined || hardState.promised !== undefined) {
    throw new RaftStartError(
      'RAFT_NOTHING_TO_FORCE',
      `${nodeId} has a damaged log: force a node whose log is whole`,
    );
  }
  return hardState.currentTerm + TERM_JUMP + (hashOf(nodeId) % TERM_JUMP);
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash;
}

function latestOf({ snapshot, startConfiguration, entries }: RecoveredNode): Configuration {
  const start = { logIndex: 0, configuration: startConfiguration };
  const history = new ConfigurationHistory(snapshot?.configuration ?? start);
  for (const entry of entries) history.note(entry);
  return history.latest.configuration;
}
