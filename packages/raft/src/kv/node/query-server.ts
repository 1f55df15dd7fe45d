import { type Requester, RequestRefusedError, type Unsubscribe } from '@quorate/transport';
import { DecodeError } from '@quorate/transport/codec';

import type { WaitOptions } from '../../node/outcomes.ts';
import type { RaftNode } from '../../raft-node.ts';
import { keyValueQueryCodec, queryAttemptCodec } from '../codec.ts';
import type { KeyValueMachine } from '../key-value-machine.ts';
import type { KeyValueQuery, QueryAttempt } from '../messages.ts';

/** The method under which nodes answer queries. */
export const queryMethod = 'raft/kv-query';

/** Answers queries from one node, once the cluster has confirmed that it may be read. */
export class QueryServer {
  readonly #node: Pick<RaftNode, 'readIndex'>;
  readonly #machine: Pick<KeyValueMachine, 'query'>;

  constructor(node: Pick<RaftNode, 'readIndex'>, machine: Pick<KeyValueMachine, 'query'>) {
    this.#node = node;
    this.#machine = machine;
  }

  /** Linearizable: the answer has every write that was committed before the call. */
  async attempt(query: KeyValueQuery, options: WaitOptions): Promise<QueryAttempt> {
    const outcome = await this.#node.readIndex(options);
    return outcome.kind === 'ready'
      ? { kind: 'answered', reply: this.#machine.query(query) }
      : { kind: 'refused', leaderId: outcome.leaderId };
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
