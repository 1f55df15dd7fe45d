import { type Disk, type IncomingSnapshot, SnapshotStore, WriteAheadLog } from '@quorate/storage';
import { nodeId } from '@quorate/transport';

import { type ConfigurationAt, configurationOf } from '../../src/configuration.ts';
import type { RaftEffect } from '../../src/effects.ts';
import type { Entry } from '../../src/messages.ts';
import { Persistence } from '../../src/node/persistence.ts';
import { logEntryOf, recover } from '../../src/node/recovery.ts';
import { createRaft } from '../../src/raft.ts';
import { patient } from './lone-node.ts';
import { ManualClock } from './manual-clock.ts';

const owner = nodeId('a');

/** Who takes part where a node is stored. */
export const storedConfiguration: ConfigurationAt = {
  logIndex: 0,
  configuration: configurationOf([owner, nodeId('b'), nodeId('c')]),
};

type Write = Extract<RaftEffect, { kind: 'persist' }>;

/** Commands of one term. */
export function commands(term: number, first: number, last: number): readonly Entry[] {
  const kind = 'command' as const;
  return Array.from({ length: last - first + 1 }, (_, place) => {
    return { logIndex: first + place, term, kind, payload: Uint8Array.of(place) };
  });
}

/** What a node writes to a disk, without the node. */
export class StoredNode {
  readonly snapshots: SnapshotStore;
  readonly persistence: Persistence;
  /** Claimed by the next write that has a snapshot without its data. */
  incoming: IncomingSnapshot | undefined;
  readonly #persisted: number[] = [];
  #lastTicket = 0;

  private constructor(log: WriteAheadLog, snapshots: SnapshotStore) {
    this.snapshots = snapshots;
    const { configuration: startConfiguration } = storedConfiguration;
    const logStart = { logIndex: 0, term: 0 };
    const clock = new ManualClock();
    this.persistence = new Persistence(
      { nodeId: owner, startConfiguration, clock, log, snapshots, logStart, hardState: undefined },
      0,
      {
        claim: () => {
          if (this.incoming === undefined) throw new Error('no snapshot is coming in');
          return this.incoming;
        },
        onPersisted: (ticket) => this.#persisted.push(ticket),
        onDiskFull: () => undefined,
        onDiskRecovered: () => undefined,
        onFailed: (error) => {
          throw error;
        },
      },
    );
  }

  static async open(disk: Disk): Promise<StoredNode> {
    const { log, snapshots } = await openBoth(disk);
    return new StoredNode(log, snapshots);
  }

  /** Resolves once a snapshot that stands for the log through `logIndex` is durable. */
  async takeSnapshot(logIndex: number): Promise<void> {
    const data = new Uint8Array(100);
    await this.persistence.saveSnapshot({ logIndex, term: 1 }, storedConfiguration, data);
  }

  /** Resolves once it is durable. */
  async write(write: Partial<Write>): Promise<void> {
    this.#lastTicket += 1;
    const ticket = this.#lastTicket;
    const nothing = { hardState: undefined, snapshot: undefined, truncateFrom: undefined };
    this.persistence.persist({ kind: 'persist', ...nothing, entries: [], ...write, ticket });
    while (!this.#persisted.includes(ticket)) await new Promise((next) => setImmediate(next));
  }
}

async function openBoth(disk: Disk): Promise<{ log: WriteAheadLog; snapshots: SnapshotStore }> {
  const log = await WriteAheadLog.open({ disk, directory: 'log', segmentBytes: 65_536 });
  return { log, snapshots: await SnapshotStore.open({ disk, directory: 'snapshots' }) };
}

/**
 * What a node that starts on `disk` has: where the snapshot ends, the log after it, and how many
 * snapshots and entries cannot be read.
 */
export async function startedOn(disk: Disk): Promise<string> {
  const after = await openBoth(disk);
  const { configuration } = storedConfiguration;
  const source = { nodeId: owner, configuration, ...after, trailingEntryCount: 0 };
  const recovered = await recover(source);
  const { hardState, snapshot: found, logStart, entries, damagedLog: damaged } = recovered;
  const snapshot = found?.position;
  const options = { hardState, snapshot, logStart, entries, damaged };
  const raft = createRaft({
    id: owner,
    voters: configuration.voters,
    random: patient,
    ...options,
  });
  await found?.stream.close();
  const { lastIndex, firstIndex } = raft.log;
  if (damaged === undefined) {
    // The log on disk goes on where the core believes it ends.
    const [next] = commands(9, lastIndex + 1, lastIndex + 1).map(logEntryOf);
    await after.log.append({ entries: next === undefined ? [] : [next] });
  }
  await after.log.close();
  const lostCount = recovered.damagedSnapshots.length + recovered.damagedEntries.length;
  const lost = lostCount === 0 ? '' : `, ${lostCount} unreadable`;
  return `${snapshot?.logIndex ?? 0} then ${firstIndex}..${lastIndex}${lost}`;
}
