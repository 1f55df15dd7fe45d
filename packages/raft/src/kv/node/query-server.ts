import { type Requester, RequestRefusedError, type Unsubscribe } from '@quorate/transport';
import { DecodeError } from '@quorate/transport/codec';

import type { ReadFreshness, WaitOptions } from '../../node/outcomes.ts';
import type { RaftNode } from '../../raft-node.ts';
import { keyValueQueryCodec, queryAttemptCodec } from '../codec.ts';
import type { KeyValueMachine } from '../key-value-machine.ts';
import type { KeyValueQuery, QueryAttempt } from '../messages.ts';

/** The method under which nodes answer queries. */
export const queryMethod = 'raft/kv-query';

/** Answers queries from one node, once the cluster has confirmed that it may be read. */
export class QueryServer {
  readonly #node: Pick<RaftNode, 'read'>;
  readonly #machine: Pick<KeyValueMachine, 'query'>;
  readonly #hasLeases: boolean;

  /** @param settings - `hasLeases`: whether the node has `maxClockDriftPpm`. By default not. */
  constructor(
    node: Pick<RaftNode, 'read'>,
    machine: Pick<KeyValueMachine, 'query'>,
    settings: { readonly hasLeases?: boolean } = {},
  ) {
    this.#node = node;
    this.#machine = machine;
    this.#hasLeases = settings.hasLeases ?? false;
  }

  /** The answer is as fresh as the query wants it: see `ReadConsistency`. */
  async attempt(query: KeyValueQuery, options: WaitOptions): Promise<QueryAttempt> {
    const outcome = await this.#node.read({ ...this.#freshnessOf(query), ...options });
    return outcome.kind === 'ready'
      ? { kind: 'answered', reply: this.#machine.query(query) }
      : { kind: 'refused', leaderId: outcome.leaderId };
  }

  /** Who has no leases gives the same promise by other means. */
  #freshnessOf({ freshness = {} }: KeyValueQuery): ReadFreshness {
    return freshness.consistency === 'lease' && !this.#hasLeases ? {} : freshness;
  }

  /** Answers clients over `requester`. @throws RangeError if `method` is served already. */
  serve(requester: Requester, method: string = queryMethod): Unsubscribe {
    return requester.serve(method, async (payload, { signal }) => {
      return queryAttemptCodec.encode(await this.attempt(queryIn(payload), { signal }));
    });
  }
}

/** @throws RequestRefusedError if `payload` is no query of this version. */
function queryIn(payload: Uint8Array): KeyValueQuery {
  try {
    return keyValueQueryCodec.decode(payload);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new RequestRefusedError('declined', error.message);
  }
}
