import type { Disk, LogStore } from '@quorate/storage';
import type { Clock, NodeId, Random, Transport } from '@quorate/transport';

import type { TickSource } from './ticker.ts';
import type { RaftTuning } from '../options.ts';
import type { RaftProbe } from './probe.ts';
import type { ReplicatedStateMachine } from './streaming-machine.ts';
import type { SnapshotTuning } from './snapshots.ts';

/** What a node runs on, and how it is tuned. */
export interface RaftNodeOptions extends Partial<RaftTuning> {
  /** Carries messages under the protocol name 'raft'. Stays open when the node closes. */
  readonly transport: Transport;
  readonly disk: Disk;
  /** A folder of this node's own, for its log and its snapshots. Made if missing. */
  readonly directory: string;
  /**
   * Who votes when the cluster starts, this node included; the same on all of them. Empty on a node
   * that joins a cluster: it waits until a leader adds it. Read on an empty directory only: after
   * that the log says who takes part.
   */
  readonly voters: readonly NodeId[];
  /**
   * In its initial state, unless it keeps its own: the node restores it from its snapshot and log.
   */
  readonly stateMachine: ReplicatedStateMachine;
  /** The machine's clock by default. */
  readonly clock?: Clock;
  /**
   * The machine's randomness by default. Spreads election timeouts, tells the lives of a node apart
   * and names directories: never give the same numbers to two lives.
   */
  readonly random?: Random;
  /** Length of a tick, the unit of all timeouts. More than 0. Default 50. */
  readonly tickMs?: number;
  /** Who ticks the node, every `tickMs`: by default a timer of its own. */
  readonly ticks?: TickSource;
  /**
   * A leader in whose group nothing happened for this many election timeouts lets it rest: no
   * heartbeats and no ticks until something happens, or a peer is down. 0, the default: never. The
   * same on all nodes. A leader that dies without the transport telling is noticed by the next
   * request only.
   */
  readonly quiesceAfterTimeouts?: number;
  /**
   * A snapshot is taken whenever this many entries were applied since the last. At least 1. Raise
   * it to spend less on snapshots, at the price of a longer log to keep and to replay. Default
   * 10 000.
   */
  readonly snapshotEveryEntries?: number;
  /**
   * Entries kept in memory behind a snapshot: followers that lag by less need no snapshot. At
   * least 0. Raise it for slow followers, at the price of memory. Default 1 000.
   */
  readonly trailingEntryCount?: number;
  /**
   * Snapshots larger than this travel in chunks of this size. At least 1; cut to what fits one
   * message of the transport. Raise it for less overhead, at the price of longer waits behind a
   * chunk. Default 65 536.
   */
  readonly snapshotChunkBytes?: number;
  /**
   * Bytes of a snapshot that are on their way to one follower. At least 1. Raise it to bandwidth
   * times round trip on long fast links, at the price of memory in queues. Default 1 MiB.
   */
  readonly snapshotWindowBytes?: number;
  /**
   * What all snapshots together that this node sends may take of the network, in bytes per second.
   * More than 0. No limit by default.
   */
  readonly snapshotBytesPerSecond?: number;
  /** A leader's snapshot above this size is refused. At least 1. Default 1 TiB. */
  readonly snapshotBytesMax?: number;
  /**
   * State machines that offer a `digest` are compared at every index that this divides. At least 1.
   * Raise it to spend less on digests, at the price of later news. Default 1 000.
   */
  readonly digestEveryEntries?: number;
  /**
   * Where the log is kept: a group's part of a `SharedLog`, say. A write-ahead log in `directory`
   * by default. Closed with the node, and when `open` fails.
   */
  readonly log?: LogStore;
  /**
   * 'proven': the node says nothing before most of the other voters remember its directory, so
   * that a wiped disk under an old id does no harm. The same on all nodes of a cluster; once on, a
   * directory keeps it. Peers of protocol version 1 vouch for nobody: a directory that was in use
   * without it is refused as `RAFT_IDENTITY_TOO_EARLY` before `raiseProtocolVersion`. Default
   * 'assumed'.
   */
  readonly identity?: 'proven' | 'assumed';
  /** Size of one file of the write-ahead log. Its default is 64 MiB. */
  readonly segmentBytes?: number;
  /** Watches the node, for metrics and traces: see `@quorate/raft/metrics`. */
  readonly probe?: RaftProbe;
  /** Receives what observers throw. By default it becomes an uncaught error of the process. */
  readonly onError?: (error: unknown) => void;
}

/** The numbers of a node's options that are the node's own, with nothing left open. */
export interface NodeTuning extends SnapshotTuning {
  readonly tickMs: number;
  readonly trailingEntryCount: number;
  readonly digestEveryEntries: number;
  readonly quiesceAfterTimeouts: number;
  /** Largest command `propose` takes. */
  readonly commandBytesMax: number;
  readonly core: Partial<RaftTuning>;
}

/** The default of `tickMs`. */
export const TICK_MS_DEFAULT = 50;

/** Room for what an AppendEntries holds besides the payload of its only entry. */
const MESSAGE_OVERHEAD_BYTES = 128;
/** The default of `maxMessageBytes`: as much as a disk writes in a millisecond or so. */
const MESSAGE_BYTES_DEFAULT = 262_144;
/** The default of `maxInflightBytes`: less than transports queue for a peer before they drop. */
const INFLIGHT_BYTES_DEFAULT = 2_097_152;

/**
 * The tuning of `options`, with defaults that fit the transport.
 *
 * @throws RangeError if a number is out of its range.
 */
export function resolveNodeTuning(options: RaftNodeOptions): NodeTuning {
  const {
    tickMs = TICK_MS_DEFAULT,
    trailingEntryCount = 1_000,
    digestEveryEntries = 1_000,
  } = options;
  if (!Number.isFinite(tickMs) || tickMs <= 0) {
    throw new RangeError(`tickMs: expected a finite number above 0, got ${tickMs}`);
  }
  expectCount('trailingEntryCount', trailingEntryCount, 0);
  const { quiesceAfterTimeouts = 0 } = options;
  expectCount('digestEveryEntries', digestEveryEntries, 1);
  expectCount('quiesceAfterTimeouts', quiesceAfterTimeouts, 0);
  const snapshots = resolveSnapshotTuning(options);
  const commandBytesMax = options.transport.capabilities.maxPayloadBytes - MESSAGE_OVERHEAD_BYTES;
  const maxMessageBytes =
    options.maxMessageBytes ?? Math.min(MESSAGE_BYTES_DEFAULT, commandBytesMax);
  if (maxMessageBytes > commandBytesMax) {
    throw new RangeError(
      `maxMessageBytes: expected at most ${commandBytesMax}, which this transport carries, ` +
        `got ${maxMessageBytes}`,
    );
  }
  return {
    ...snapshots,
    tickMs,
    trailingEntryCount,
    digestEveryEntries,
    quiesceAfterTimeouts,
    commandBytesMax,
    core: { maxInflightBytes: INFLIGHT_BYTES_DEFAULT, ...options, maxMessageBytes },
  };
}

function resolveSnapshotTuning(options: RaftNodeOptions): SnapshotTuning {
  const tuning = {
    snapshotEveryEntries: options.snapshotEveryEntries ?? 10_000,
    snapshotChunkBytes: options.snapshotChunkBytes ?? 65_536,
    snapshotWindowBytes: options.snapshotWindowBytes ?? 1_048_576,
    snapshotBytesMax: options.snapshotBytesMax ?? 2 ** 40,
  };
  for (const [name, value] of Object.entries(tuning)) expectCount(name, value, 1);
  const { snapshotBytesPerSecond = Infinity } = options;
  if (!(snapshotBytesPerSecond > 0)) {
    throw new RangeError(
      `snapshotBytesPerSecond: expected a number above 0, got ${snapshotBytesPerSecond}`,
    );
  }
  return { ...tuning, snapshotBytesPerSecond };
}

function expectCount(name: string, value: number, min: number): void {
  if (Number.isSafeInteger(value) && value >= min) return;
  throw new RangeError(`${name}: expected an integer of at least ${min}, got ${value}`);
}
