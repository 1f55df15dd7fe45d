import {
  type DamagedEntry,
  type DamagedSnapshot,
  type LogEntry,
  type LogStore,
  SnapshotError,
  type SnapshotStore,
  type SnapshotStream,
} from '@quorate/storage';
import type { NodeId } from '@quorate/transport';

import type { Configuration, ConfigurationAt } from '../configuration.ts';
import { configurationCodec } from '../codec/configuration.ts';
import { parse } from '../codec/primitives.ts';
import type { HardState } from '../effects.ts';
import type { Entry, EntryKind, LogPosition } from '../messages.ts';
import type { DamagedLog } from '../options.ts';
import { RaftStartError } from './errors.ts';
import type { IdentityRecord } from './identity.ts';
import { type NodeRecord, nodeRecordCodec, snapshotMetadataCodec } from './node-record-codec.ts';

/** Entries are read in pieces of this size, so that a long log needs little memory on top. */
const READ_BYTES_MAX = 4 * 1_024 * 1_024;

const logStart: LogPosition = { logIndex: 0, term: 0 };

/** What a disk remembers of a node. */
export interface RecoveredNode {
  readonly hardState: HardState | undefined;
  /** Of the directory; nothing of a new one. */
  readonly foundIdentity: IdentityRecord | undefined;
  /** The one the cluster started with: the given one on an empty disk. */
  readonly startConfiguration: Configuration;
  /** The newest readable snapshot. */
  readonly snapshot: RecoveredSnapshot | undefined;
  /** The position before the first of `entries`. */
  readonly logStart: LogPosition;
  readonly entries: readonly Entry[];
  /** Set if the log cannot be trusted beyond `entries`. */
  readonly damagedLog: DamagedLog | undefined;
  /** What could not be read, for the operator. */
  readonly damagedEntries: readonly DamagedEntry[];
  /** Snapshots that could not be read. Harmless where an older one and the log stand in. */
  readonly damagedSnapshots: readonly DamagedSnapshot[];
}

/** A snapshot as it was stored. */
interface RecoveredSnapshot {
  readonly position: LogPosition;
  /** In force at `position`. */
  readonly configuration: ConfigurationAt;
  /** Its data. To be closed by whoever called `recover`. */
  readonly stream: SnapshotStream;
}

/** Where a node's past lies, and whose it must be. */
interface RecoverySource {
  readonly nodeId: NodeId;
  /** Of a cluster that starts; of no account on a disk that remembers one. */
  readonly configuration: Configuration;
  readonly log: LogStore;
  readonly snapshots: SnapshotStore;
  /** How many entries before the snapshot to keep in memory for slow followers. */
  readonly trailingEntryCount: number;
}

/**
 * Reads back what a node had durably, and tells apart what is whole from what is not.
 *
 * A crash between two writes leaves one of three shapes, each harmless:
 *
 * ```text
 *   snapshot ▕░░░░░▏         log   ▕──────────▏     the usual one: the log covers the snapshot
 *   snapshot ▕░░░░░░░░▏      log ▕────▏             a leader's snapshot came, the log was not yet
 *                                                   replaced: it is now
 *   snapshot ▕░░▏ (older)    log     ▕──────▏       the newer snapshot is damaged and the log has
 *                                                   forgotten what it stood for: damage
 * ```
 *
 * @throws RaftStartError if the disk belongs to another node or cluster, or has lost its vote.
 */
export async function recover(source: RecoverySource): Promise<RecoveredNode> {
  const found = await readSnapshot(source.snapshots);
  try {
    return await recoverLog(source, found);
  } catch (error) {
    await found.snapshot?.stream.close();
    throw error;
  }
}

async function recoverLog(
  source: RecoverySource,
  { snapshot, damagedSnapshots }: Pick<RecoveredNode, 'snapshot' | 'damagedSnapshots'>,
): Promise<RecoveredNode> {
  const { log } = source;
  const record = readRecord(source, snapshot);
  const start = snapshot?.position ?? logStart;
  if (isInstallUnfinished(log, start)) {
    await log.reset(start.logIndex, start.term, log.recovery.metadata);
  }
  const damagedEntries = damageAfter(source, start);
  const lastReadable = (damagedEntries[0]?.logIndex ?? log.lastIndex + 1) - 1;
  const trail = trailStart(source, start);
  return {
    hardState: record?.hardState,
    foundIdentity: record?.identity,
    startConfiguration: record?.configuration ?? source.configuration,
    snapshot,
    logStart: trail,
    entries: await readEntries(log, trail.logIndex + 1, lastReadable),
    damagedLog:
      damagedEntries.length === 0
        ? undefined
        : await damagedLog(log, damagedEntries, record?.hardState.currentTerm ?? 0),
    damagedEntries,
    damagedSnapshots,
  };
}

/** A store of which nothing can be read is no new one, but the log may still hold everything. */
async function readSnapshot(
  store: SnapshotStore,
): Promise<Pick<RecoveredNode, 'snapshot' | 'damagedSnapshots'>> {
  try {
    const stream = await store.openLatest();
    if (stream === undefined) return { snapshot: undefined, damagedSnapshots: [] };
    const { header, damaged } = stream;
    const position = { logIndex: header.lastIncludedIndex, term: header.lastIncludedTerm };
    const configuration = snapshotMetadataCodec.decode(header.metadata);
    return { snapshot: { position, configuration, stream }, damagedSnapshots: damaged };
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw error;
    return { snapshot: undefined, damagedSnapshots: error.damaged };
  }
}

function readRecord(
  { log, nodeId }: RecoverySource,
  snapshot: RecoveredSnapshot | undefined,
): NodeRecord | undefined {
  const { metadata } = log.recovery;
  if (metadata === undefined) {
    if (snapshot === undefined && log.lastIndex === 0) return undefined;
    throw new RaftStartError(
      'RAFT_RECORD_LOST',
      `${nodeId} has a log or snapshot but no record of its term and vote: it could vote twice. ` +
        'Wipe its directory and let it join under a new node id',
    );
  }
  const record = nodeRecordCodec.decode(metadata);
  if (record.nodeId !== nodeId) {
    throw new RaftStartError(
      'RAFT_FOREIGN_DIRECTORY',
      `the directory belongs to ${record.nodeId}, not to ${nodeId}`,
    );
  }
  return record;
}

/** Whether a leader's snapshot is stored but the log it replaces is still there. */
function isInstallUnfinished(log: LogStore, snapshot: LogPosition): boolean {
  if (snapshot.logIndex > log.lastIndex) return true;
  const term = log.termAt(snapshot.logIndex);
  return term !== undefined && term !== snapshot.term;
}

/** What cannot be read beyond the snapshot, lowest index first. */
function damageAfter({ log }: RecoverySource, snapshot: LogPosition): readonly DamagedEntry[] {
  const damaged = log.damaged.filter(({ logIndex }) => logIndex > snapshot.logIndex);
  if (log.firstIndex - 1 <= snapshot.logIndex) return damaged;
  const lost: DamagedEntry = {
    logIndex: snapshot.logIndex + 1,
    term: undefined,
    path: 'snapshots',
    offset: 0,
    reason: `no readable snapshot stands for the entries before ${log.firstIndex}`,
  };
  return [lost, ...damaged];
}

/** What is left of a damaged log behind the damage, and what is still known of the damaged part. */
async function damagedLog(
  log: LogStore,
  damaged: readonly DamagedEntry[],
  currentTerm: number,
): Promise<DamagedLog> {
  const firstDamagedIndex = damaged[0]?.logIndex ?? 0;
  const lastIndex = Math.max(log.lastIndex, firstDamagedIndex);
  const terms = new Map<number, number>();
  for (const { logIndex, term } of damaged) {
    if (term !== undefined) terms.set(logIndex, term);
  }
  // What a lost snapshot stood for: of all that, the log knows the term of the last entry.
  const compactedTerm = log.termAt(log.firstIndex - 1);
  if (compactedTerm !== undefined && firstDamagedIndex < log.firstIndex) {
    terms.set(log.firstIndex - 1, compactedTerm);
  }
  const later: Entry[] = [];
  let next = Math.max(log.firstIndex, firstDamagedIndex);
  for (const { logIndex } of [...damaged, { logIndex: log.lastIndex + 1 }]) {
    later.push(...(await readEntries(log, next, logIndex - 1)));
    next = Math.max(next, logIndex + 1);
  }
  const lastTerm = log.termAt(log.lastIndex) ?? currentTerm;
  return { firstDamagedIndex, lastIndex, lastTerm, later, terms };
}

/** Where the log in memory starts: the snapshot, or as far before it as the trail is whole. */
function trailStart(
  { log, trailingEntryCount }: RecoverySource,
  snapshot: LogPosition,
): LogPosition {
  const lastDamaged = log.damaged.findLast(({ logIndex }) => logIndex <= snapshot.logIndex);
  const logIndex = Math.max(
    log.firstIndex - 1,
    snapshot.logIndex - trailingEntryCount,
    lastDamaged?.logIndex ?? 0,
  );
  if (logIndex >= snapshot.logIndex) return snapshot;
  const term = log.termAt(logIndex);
  return term === undefined ? snapshot : { logIndex, term };
}

/** What one piece cannot hold is read in two halves: while one waits, the other is verified. */
async function readEntries(log: LogStore, first: number, last: number): Promise<readonly Entry[]> {
  if (first > last) return [];
  const piece = await log.read(first, last, READ_BYTES_MAX);
  const entries = piece.map(entryOf);
  const next = first + piece.length;
  if (next > last) return entries;
  const middle = Math.floor((next + last) / 2);
  const [early, late] = await Promise.all([
    readHalf(log, next, middle),
    readHalf(log, middle + 1, last),
  ]);
  return entries.concat(early, late);
}

async function readHalf(log: LogStore, first: number, last: number): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (let next = first; next <= last;) {
    const piece = await log.read(next, last, READ_BYTES_MAX);
    for (const entry of piece) entries.push(entryOf(entry));
    next += piece.length;
  }
  return entries;
}

/** By the type that the write-ahead log keeps. */
const entryKinds = ['noop', 'command', 'configuration'] as const satisfies readonly EntryKind[];

/** An entry as the write-ahead log keeps it. */
export function logEntryOf({ logIndex, term, kind, payload }: Entry): LogEntry {
  return { logIndex, term, type: entryKinds.indexOf(kind), payload };
}

function entryOf({ logIndex, term, type, payload }: LogEntry): Entry {
  const kind = entryKinds[type];
  if (kind === undefined) {
    throw new RaftStartError(
      'RAFT_NEWER_LOG',
      `entry ${logIndex}: expected a kind of 0..2, got ${type}: a newer version wrote this log`,
    );
  }
  if (kind === 'configuration' && parse(configurationCodec, payload) === undefined) {
    throw new RaftStartError(
      'RAFT_NEWER_LOG',
      `entry ${logIndex}: expected a configuration that this version knows, got another`,
    );
  }
  return { logIndex, term, kind, payload };
}
