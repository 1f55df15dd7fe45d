import {
  type Clock,
  createRequester,
  type NodeId,
  protocolName,
  type Random,
  type Transport,
  type Unsubscribe,
} from '@quorate/transport';
import { systemClock, systemRandom } from '@quorate/transport/system';

import type { ReadOptions, WaitOptions } from '../../node/outcomes.ts';
import {
  SessionClient,
  type SessionClientOptions,
  type SessionEvent,
} from '../../sessions/node/session-client.ts';
import { requesterPort, type SessionPort } from '../../sessions/node/session-port.ts';
import { keyValueCommandCodec } from '../codec.ts';
import {
  compactionOutcome,
  type KeyValueOutcome,
  type TransactionFacts,
  transactionOutcome,
} from '../key-value-outcome.ts';
import { expectKey, expectPrefix, expectRevision, expectTransaction } from '../limits.ts';
import type { KeyValueReply, KeyValueTransaction } from '../messages.ts';
import { freshnessIn } from './freshness.ts';
import {
  QueryClient,
  type QueryOutcome,
  type QueryPort,
  requesterQueryPort,
} from './query-client.ts';

/** The protocol of stores and their clients. */
export const keyValueProtocol: ReturnType<typeof protocolName> = protocolName('raft-kv');

/** How a client reaches the nodes, and how patient it is. See `SessionClientOptions`. */
export interface KeyValueClientOptions extends SessionClientOptions {
  readonly queryPort: QueryPort;
}

/** Only if the key is as expected. */
export type Expected =
  /** Nobody has made it, or somebody deleted it. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'value'; readonly value: Uint8Array }
  /** Its last write is this one: immune to values that come back. */
  | { readonly kind: 'revision'; readonly revision: number };

/** Which keys to list, and how fresh the list is to be. */
export type ListOptions = ReadOptions & {
  /** Only keys that begin with it. All by default. */
  readonly prefix?: string;
  /** Only keys after it: the last of the page before. */
  readonly after?: string;
  /** Keys of a page, 1..1 000. Default 100. A page of large values may have fewer. */
  readonly limit?: number;
};

/**
 * A client of a replicated key-value store. Keys are texts of at most 1 024 bytes of UTF-8, values
 * bytes, at most 1 MiB; what is larger throws `RangeError` before anything is sent.
 *
 * @remarks
 * Every write takes effect once, however often it had to be sent. Reads are linearizable unless
 * they ask for less: see `ReadConsistency`, of which time begins where a node is asked.
 * Writes that are under way together take effect in any order.
 */
export class KeyValueClient {
  readonly #session: SessionClient;
  readonly #queries: QueryClient;
  readonly #onClose: () => void;

  /** @param onClose - Releases what the ports stand on. */
  constructor(options: KeyValueClientOptions, onClose: () => void = () => undefined) {
    const { queryPort: port, nodeIds, clock, random } = options;
    const { attemptTimeoutMs = 1_000, retryMsMin = 20, retryMsMax = 1_000 } = options;
    this.#session = new SessionClient(options);
    const pauses = { pauseMsMin: retryMsMin, pauseMsMax: retryMsMax };
    const pace = { ...pauses, attemptMs: attemptTimeoutMs };
    this.#queries = new QueryClient({ port, nodeIds, clock, random, pace });
    this.#onClose = onClose;
  }

  /** The session of the writes; `undefined` before the first one. */
  get sessionId(): number | undefined {
    return this.#session.sessionId;
  }

  /** Reads a key. */
  async get(
    key: string,
    options: ReadOptions = {},
  ): Promise<QueryOutcome<Extract<KeyValueReply, { readonly kind: 'entry' }>>> {
    expectKey(key);
    const outcome = await this.#queries.ask({ kind: 'get', key, ...freshnessIn(options) }, options);
    // Another program than this store has answered.
    return outcome.kind === 'page' ? { kind: 'refused', reason: 'unavailable' } : outcome;
  }

  /**
   * Reads a page of keys, in the order in which JavaScript compares texts. Each page is of one
   * revision; whoever needs several of the same compares the revisions.
   */
  async list(
    options: ListOptions = {},
  ): Promise<QueryOutcome<Extract<KeyValueReply, { readonly kind: 'page' }>>> {
    const { prefix = '', after, limit = 100 } = options;
    expectPrefix(prefix);
    if (after !== undefined) expectKey(after);
    if (!Number.isSafeInteger(limit) || limit < 1 || limit > 1_000) {
      throw new RangeError(`limit: expected an integer in 1..1000, got ${limit}`);
    }
    const query = { kind: 'list', prefix, after, limit, ...freshnessIn(options) } as const;
    const outcome = await this.#queries.ask(query, options);
    return outcome.kind === 'entry' ? { kind: 'refused', reason: 'unavailable' } : outcome;
  }

  /** Writes a key, whatever it holds. */
  async put(
    key: string,
    value: Uint8Array,
    options: WaitOptions = {},
  ): Promise<KeyValueOutcome<{ readonly isNew: boolean }>> {
    const then = [{ kind: 'put', key, value }] as const;
    const outcome = await this.transact({ compare: [], then, otherwise: [] }, options);
    if (outcome.kind !== 'committed') return outcome;
    const [result] = outcome.results;
    const isNew = result?.kind === 'put' && result.isNew;
    return { kind: 'committed', revision: outcome.revision, isNew };
  }

  /** Deletes a key. `existed`: whether there was one; if not, the revision is an older one. */
  async delete(
    key: string,
    options: WaitOptions = {},
  ): Promise<KeyValueOutcome<{ readonly existed: boolean }>> {
    const then = [{ kind: 'delete', key }] as const;
    const outcome = await this.transact({ compare: [], then, otherwise: [] }, options);
    if (outcome.kind !== 'committed') return outcome;
    const [result] = outcome.results;
    const existed = result?.kind === 'delete' && result.existed;
    return { kind: 'committed', revision: outcome.revision, existed };
  }

  /** Writes a key if it is as expected. `succeeded`: whether it was. */
  async compareAndSet(
    key: string,
    expected: Expected,
    value: Uint8Array,
    options: WaitOptions = {},
  ): Promise<KeyValueOutcome<{ readonly succeeded: boolean }>> {
    const then = [{ kind: 'put', key, value }] as const;
    const compare = [{ ...expected, key }];
    const outcome = await this.transact({ compare, then, otherwise: [] }, options);
    if (outcome.kind !== 'committed') return outcome;
    const { kind, revision, succeeded } = outcome;
    return { kind, revision, succeeded };
  }

  /** Does one of two lists of operations, at once. */
  async transact(
    transaction: KeyValueTransaction,
    options: WaitOptions = {},
  ): Promise<KeyValueOutcome<TransactionFacts>> {
    expectTransaction(transaction);
    const command = keyValueCommandCodec.encode({ kind: 'transaction', ...transaction });
    return transactionOutcome(await this.#session.call(command, options));
  }

  /**
   * Has all stores forget the changes up to `revision`, so that they take no room. Watches that
   * have not read them are told. The revision of the outcome is the oldest that can be watched.
   */
  async compact(revision: number, options: WaitOptions = {}): Promise<KeyValueOutcome<object>> {
    expectRevision(revision, 1);
    const command = keyValueCommandCodec.encode({ kind: 'compact', revision });
    return compactionOutcome(await this.#session.call(command, options));
  }

  /** Calls `listener` when the session of the writes opens or expires. */
  observeSession(listener: (event: SessionEvent) => void): Unsubscribe {
    return this.#session.observe(listener);
  }

  /** Ends the session; see `SessionClient.close`. Idempotent. */
  async close(): Promise<void> {
    await this.#session.close();
    this.#onClose();
  }
}

/** What `connectKeyValueClient` needs, and may be told. */
export interface ConnectOptions extends Partial<Omit<SessionClientOptions, 'nodeIds' | 'port'>> {
  /** Reaches the nodes. Stays open when the client closes. */
  readonly transport: Transport;
  /** The nodes of the store that may be asked. */
  readonly nodeIds: readonly NodeId[];
  /** The machine's clock by default. */
  readonly clock?: Clock;
  /** The machine's randomness by default. Two clients must never draw the same. */
  readonly random?: Random;
}

/** A client of the stores that run on `nodeIds`, on a transport of its own. */
export function connectKeyValueClient(options: ConnectOptions): KeyValueClient {
  const { transport, clock = systemClock, random = systemRandom, ...rest } = options;
  const requester = createRequester(transport, clock, { protocol: keyValueProtocol });
  const port: SessionPort = requesterPort(requester);
  const queryPort = requesterQueryPort(requester);
  return new KeyValueClient({ ...rest, clock, random, port, queryPort }, () => {
    requester.close();
  });
}
