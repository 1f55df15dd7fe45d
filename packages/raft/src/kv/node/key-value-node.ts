import { type ClosableRequester, createRequester } from '@quorate/transport';
import { systemClock, systemRandom } from '@quorate/transport/system';

import { createRaftNode, type CreateRaftNodeOptions } from '../../create-raft-node.ts';
import type { ReadOutcome, WaitOptions } from '../../node/outcomes.ts';
import type { RaftNode } from '../../raft-node.ts';
import { requesterPort } from '../../sessions/node/session-port.ts';
import { SessionServer } from '../../sessions/node/session-server.ts';
import { SessionMachine } from '../../sessions/session-machine.ts';
import type { SessionLimits } from '../../sessions/session-table.ts';
import { KeyValueMachine, type StoreLimits } from '../key-value-machine.ts';
import { KeyValueClient, keyValueProtocol } from './key-value-client.ts';
import { requesterQueryPort } from './query-client.ts';
import { QueryServer } from './query-server.ts';
import { type WatchBatch, watchChanges, type WatchOptions } from './watch.ts';

/** What a store runs on. */
export interface KeyValueNodeOptions extends Omit<CreateRaftNodeOptions, 'stateMachine'> {
  /** The same on all nodes, and for ever: they decide what is refused. */
  readonly limits?: Partial<StoreLimits>;
  /** The same on all nodes, and for ever. */
  readonly sessions?: Partial<SessionLimits>;
}

/** One replica of a key-value store: it serves clients, watches, and has a client of its own. */
export class KeyValueNode {
  /** The node beneath, for its status, its events and its members. */
  readonly raft: RaftNode;
  /** Reads and writes from here, whoever leads. */
  readonly client: KeyValueClient;
  readonly #machine: KeyValueMachine;
  readonly #requester: ClosableRequester;
  readonly #wakes = new Set<() => void>();
  #isClosed = false;

  private constructor(
    options: KeyValueNodeOptions,
    parts: {
      readonly raft: RaftNode;
      readonly machine: KeyValueMachine;
      readonly sessions: SessionMachine;
    },
  ) {
    const { transport, clock = systemClock, random = systemRandom } = options;
    this.raft = parts.raft;
    this.#machine = parts.machine;
    this.#requester = createRequester(transport, clock, { protocol: keyValueProtocol });
    new SessionServer({ node: this.raft, machine: parts.sessions, clock }).serve(this.#requester);
    const hasLeases = (options.maxClockDriftPpm ?? 0) > 0;
    new QueryServer(this.raft, this.#machine, { hasLeases }).serve(this.#requester);
    this.client = new KeyValueClient({
      nodeIds: [...new Set([transport.localId, ...this.raft.status().voters])],
      clock,
      random,
      port: requesterPort(this.#requester),
      queryPort: requesterQueryPort(this.#requester),
    });
    this.raft.observe(({ kind }) => {
      if (kind === 'applied') this.#wake();
    });
  }

  /** Starts the store on what its disk remembers. @throws as `createRaftNode` does. */
  static async open(options: KeyValueNodeOptions): Promise<KeyValueNode> {
    const { limits, sessions: sessionLimits, ...rest } = options;
    const machine = new KeyValueMachine(limits);
    const sessions = new SessionMachine(machine, sessionLimits);
    const raft = await createRaftNode({ ...rest, stateMachine: sessions });
    return new KeyValueNode(options, { raft, machine, sessions });
  }

  /** What this replica holds, which may lag. Once `readIndex` was 'ready', it does not. */
  get store(): Pick<KeyValueMachine, 'query' | 'revision' | 'keyCount' | 'storeBytes'> {
    return this.#machine;
  }

  /** See `RaftNode.readIndex`: after 'ready', `store` has all that was committed before. */
  readIndex(options: WaitOptions = {}): Promise<ReadOutcome> {
    return this.raft.readIndex(options);
  }

  /**
   * Every change from `fromRevision` on, in order, each once, as this replica learns of it.
   *
   * @returns Batches of whole transactions. It ends when the node closes or `signal` is aborted,
   *   and after a batch 'compacted': changes in between are forgotten, so list the store and watch
   *   on from the revision after that of the list.
   */
  watch(options: WatchOptions = {}): AsyncIterableIterator<WatchBatch> {
    return watchChanges(this.#machine, options, {
      isClosed: () => this.#isClosed,
      changed: (wake) => {
        this.#wakes.add(wake);
        return () => this.#wakes.delete(wake);
      },
    });
  }

  /** Ends watches, clients and the node; the transport stays open. Idempotent. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#wake();
    await this.client.close();
    this.#requester.close();
    await this.raft.close();
  }

  #wake(): void {
    const wakes = [...this.#wakes];
    this.#wakes.clear();
    for (const wake of wakes) wake();
  }
}
