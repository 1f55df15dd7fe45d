import { type Disk, type LogStore, SharedLog } from '@quorate/storage';
import type { Clock, NodeId, Random, Transport } from '@quorate/transport';
import { systemClock, systemRandom } from '@quorate/transport/system';

import { type RaftNodeOptions, TICK_MS_DEFAULT } from '../node/options.ts';
import { RaftNode } from '../raft-node.ts';
import { SharedTicker } from './shared-ticker.ts';
import { type GroupTransport, Switchboard } from './switchboard.ts';

/** What all groups of a process share. */
export interface MultiRaftOptions {
  /** Carries the messages of all groups, under the protocol name 'multi-raft'. Stays open. */
  readonly transport: Transport;
  readonly disk: Disk;
  /** A folder of this host's own: `log` for the log of all, `groups` for their snapshots. */
  readonly directory: string;
  /** The machine's clock by default. */
  readonly clock?: Clock;
  /** The machine's randomness by default. Only spreads election timeouts. */
  readonly random?: Random;
  /** Length of a tick, the unit of all timeouts, of all groups. More than 0. Default 50. */
  readonly tickMs?: number;
  /** Size of one file of the log. Its default is 64 MiB. */
  readonly segmentBytes?: number;
  /**
   * Called when a peer says something to a group that is not here, and it is dropped: answer how to
   * open the group, and it is opened. Nothing is asked while an opening is under way.
   */
  readonly onUnknownGroup?: (groupId: string, from: NodeId) => GroupOptions | undefined;
  /** Receives what listeners of groups throw, and why a group could not be opened lazily. */
  readonly onError?: (error: unknown) => void;
}

/** What a group has of its own: as of a node that stands alone, without what the host provides. */
export interface GroupOptions extends Omit<RaftNodeOptions, HostOption> {
  /**
   * Names the group, the same on all of its nodes: 1 to 64 letters, digits, `_`, `-` and `.`, not
   * beginning with a dot.
   */
  readonly groupId: string;
}

/** What the host provides. */
export type HostOption =
  | 'transport'
  | 'disk'
  | 'directory'
  | 'clock'
  | 'random'
  | 'tickMs'
  | 'segmentBytes'
  | 'log'
  | 'ticks';

/** What a host is and does. */
export interface MultiRaftStatus {
  /** The groups that are open, sorted. */
  readonly groupIds: readonly string[];
  /** How many of them this node leads. */
  readonly leadingCount: number;
  /** How many of them are quiescent: they cost neither ticks nor heartbeats. */
  readonly quiescentCount: number;
  /** Batches that the shared log wrote, ever: one write and one sync each. */
  readonly batchCount: number;
  /** Envelopes sent since the host was opened. */
  readonly envelopeCount: number;
  /** Messages that were no envelopes. Dropped. */
  readonly malformedCount: number;
  /** Messages for groups that are not here. Dropped. */
  readonly unknownGroupCount: number;
}

interface OpenGroup {
  readonly node: RaftNode;
  readonly transport: GroupTransport;
}

/**
 * Runs many Raft groups in one process, over one transport and one log on disk.
 *
 * ```text
 *   group red   ─┐          ┌─ one envelope for each peer and turn ──► Transport
 *   group blue  ─┼─ host ───┼─ one write and one sync for all ───────► SharedLog
 *   group green ─┘          └─ one timer for all ────────────────────► Clock
 * ```
 *
 * @remarks
 * Each group is a `RaftNode` with its own members, term, leader and state machine, and keeps every
 * promise that one alone keeps. What they share is what costs most when there are many: messages,
 * syncs and timers. Source: TiKV's and CockroachDB's multi-raft, dragonboat's NodeHost.
 */
export class MultiRaft {
  readonly #options: MultiRaftOptions;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #log: SharedLog;
  readonly #ticker: SharedTicker;
  readonly #switchboard: Switchboard;
  readonly #groups = new Map<string, OpenGroup>();
  /** Being opened or closed. */
  readonly #busy = new Set<string>();
  #isClosed = false;

  private constructor(options: MultiRaftOptions, log: SharedLog) {
    const { clock = systemClock, random = systemRandom, tickMs = TICK_MS_DEFAULT } = options;
    this.#options = options;
    this.#clock = clock;
    this.#random = random;
    this.#log = log;
    this.#switchboard = new Switchboard(options.transport, {
      onUnknown: (groupId, from) => {
        this.#onUnknown(groupId, from);
      },
      onError: (error) => {
        this.#report(error);
      },
    });
    this.#ticker = new SharedTicker(clock, tickMs);
  }

  /**
   * Opens the log of all groups. The groups themselves are opened one by one.
   *
   * @throws RangeError if an option is out of its range, or another host uses the transport.
   * @throws DiskError or LogError if the disk cannot be used.
   */
  static async open(options: MultiRaftOptions): Promise<MultiRaft> {
    const { disk, directory, segmentBytes, tickMs = TICK_MS_DEFAULT } = options;
    if (!Number.isFinite(tickMs) || tickMs <= 0) {
      throw new RangeError(`tickMs: expected a finite number above 0, got ${tickMs}`);
    }
    const log = await SharedLog.open({
      disk,
      directory: `${directory}/log`,
      ...(segmentBytes !== undefined && { segmentBytes }),
    });
    try {
      return new MultiRaft(options, log);
    } catch (error) {
      await log.close();
      throw error;
    }
  }

  /** The groups that have something on this disk, open or not, sorted. */
  get storedGroupIds(): readonly string[] {
    return this.#log.groupIds;
  }

  /**
   * Starts this node's part in a group, on what the disk remembers of it, or as a new one.
   *
   * @throws RangeError if an option is out of its range. LogError 'LOG_CLOSED' after `close`.
   * @throws DiskError 'DISK_LOCKED' if the group is open. LogDamagedError if the disk lost what
   *   cannot be named of this group; the others are not touched. Else as `RaftNode.open`.
   */
  async openGroup(options: GroupOptions): Promise<RaftNode> {
    const { groupId, ...own } = options;
    await this.#forgetClosed(groupId);
    const log = this.#log.openGroup(groupId);
    const transport = this.#switchboard.attach(groupId);
    this.#busy.add(groupId);
    try {
      const node = await this.#openNode(groupId, own, { log, transport });
      this.#groups.set(groupId, { node, transport });
      return node;
    } catch (error) {
      this.#switchboard.detach(groupId);
      await log.close();
      throw error;
    } finally {
      this.#busy.delete(groupId);
    }
  }

  /** The node of a group that is open. */
  group(groupId: string): RaftNode | undefined {
    return this.#groups.get(groupId)?.node;
  }

  /** The group's own transport, for other protocols among its members: clients' sessions, say. */
  transportOf(groupId: string): Transport | undefined {
    return this.#groups.get(groupId)?.transport;
  }

  /** Stops this node's part in a group; what it has on disk stays. Without effect if not open. */
  async closeGroup(groupId: string): Promise<void> {
    const group = this.#groups.get(groupId);
    if (group === undefined) return;
    this.#groups.delete(groupId);
    this.#switchboard.detach(groupId);
    await group.node.close();
    await group.transport.close();
  }

  /**
   * Forgets a group that is not open, its log and its snapshots: after this node was removed from
   * it. A member that comes back without them breaks the group's promises.
   *
   * @throws DiskError 'DISK_LOCKED' if the group is open, or another if the disk refuses: then it
   *   can be tried again.
   */
  async removeGroup(groupId: string): Promise<void> {
    await this.#log.removeGroup(groupId);
    const { disk } = this.#options;
    const folder = `${this.#directoryOf(groupId)}/snapshots`;
    await disk.createDirectory(folder);
    for (const name of await disk.list(folder)) await disk.remove(`${folder}/${name}`);
    await disk.syncDirectory(folder);
  }

  /** What the host is and does now. */
  status(): MultiRaftStatus {
    const nodes = [...this.#groups.values()].map(({ node }) => node.status());
    return {
      groupIds: [...this.#groups.keys()].sort(),
      leadingCount: nodes.filter(({ role }) => role === 'leader').length,
      quiescentCount: nodes.filter(({ isQuiescent }) => isQuiescent).length,
      batchCount: this.#log.batchCount,
      envelopeCount: this.#switchboard.envelopeCount,
      malformedCount: this.#switchboard.malformedCount,
      unknownGroupCount: this.#switchboard.unknownCount,
    };
  }

  /** Closes all groups and the log. The transport stays open. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#ticker.stop();
    await Promise.all([...this.#groups.keys()].map((groupId) => this.closeGroup(groupId)));
    this.#switchboard.close();
    await this.#log.close();
  }

  #openNode(
    groupId: string,
    options: Omit<GroupOptions, 'groupId'>,
    own: { readonly log: LogStore; readonly transport: GroupTransport },
  ): Promise<RaftNode> {
    const { onError } = this.#options;
    return RaftNode.open({
      ...(onError !== undefined && { onError }),
      ...options,
      ...own,
      disk: this.#options.disk,
      directory: this.#directoryOf(groupId),
      clock: this.#clock,
      random: this.#random.fork(groupId),
      tickMs: this.#ticker.tickMs,
      ticks: this.#ticker,
    });
  }

  #directoryOf(groupId: string): string {
    return `${this.#options.directory}/groups/${groupId}`;
  }

  /** A node that was closed by itself, and not by its host. */
  async #forgetClosed(groupId: string): Promise<void> {
    const condition = this.#groups.get(groupId)?.node.status().condition;
    if (condition === 'closed' || condition === 'failed') await this.closeGroup(groupId);
  }

  #onUnknown(groupId: string, from: NodeId): void {
    const { onUnknownGroup } = this.#options;
    if (onUnknownGroup === undefined || this.#isClosed || this.#busy.has(groupId)) return;
    const options = onUnknownGroup(groupId, from);
    if (options === undefined) return;
    this.openGroup({ ...options, groupId }).catch((error: unknown) => {
      this.#report(error);
    });
  }

  #report(error: unknown): void {
    const { onError } = this.#options;
    if (onError !== undefined) {
      onError(error);
      return;
    }
    queueMicrotask(() => {
      throw error;
    });
  }
}
