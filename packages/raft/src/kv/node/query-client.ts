import type { Clock, NodeId, Random, Requester } from '@quorate/transport';
import { DecodeError } from '@quorate/transport/codec';

import type { WaitOptions } from '../../node/outcomes.ts';
import { type GaveUp, Waiter, WaitingRoom } from '../../node/waiter.ts';
import { type PaceBounds, RetryPace } from '../../sessions/retry-pace.ts';
import { TargetChoice } from '../../sessions/target-choice.ts';
import { keyValueQueryCodec, queryAttemptCodec } from '../codec.ts';
import type { KeyValueQuery, KeyValueReply, QueryAttempt } from '../messages.ts';
import { queryMethod } from './query-server.ts';

/** What became of a query. It changes nothing, so asking again is always safe. */
export type QueryOutcome<Reply> =
  | Reply
  /** Nobody could vouch for an answer in time, or the caller gave up. */
  | { readonly kind: 'refused'; readonly reason: 'unavailable' | 'aborted' };

/** How a query reaches one node. Never rejects for what the network or the node did. */
export type QueryPort = (
  to: NodeId,
  query: KeyValueQuery,
  timeoutMs: number,
) => Promise<QueryAttempt | { readonly kind: 'unanswered' }>;

/** Reaches nodes that `QueryServer.serve` over the same protocol and `method`. */
export function requesterQueryPort(requester: Requester, method: string = queryMethod): QueryPort {
  return async (to, query, timeoutMs) => {
    try {
      const payload = keyValueQueryCodec.encode(query);
      return queryAttemptCodec.decode(await requester.request(to, method, payload, { timeoutMs }));
    } catch (error) {
      const isOfNetwork = error instanceof Error && 'definite' in error;
      if (!isOfNetwork && !(error instanceof DecodeError)) throw error;
      const isDefinite = isOfNetwork && error.definite === true;
      return isDefinite ? { kind: 'refused', leaderId: undefined } : { kind: 'unanswered' };
    }
  };
}

/** What a query needs, and how patient it is. */
export interface QueryClientOptions {
  readonly port: QueryPort;
  readonly nodeIds: readonly NodeId[];
  readonly clock: Clock;
  readonly random: Random;
  readonly pace: PaceBounds;
}

/** Asks node after node until one answers. */
export class QueryClient {
  readonly #options: QueryClientOptions;
  readonly #targets: TargetChoice;
  readonly #room: WaitingRoom;

  /** @throws RangeError if there is no node to ask. */
  constructor(options: QueryClientOptions) {
    this.#options = options;
    this.#targets = new TargetChoice(options.nodeIds);
    this.#room = new WaitingRoom(options.clock);
  }

  /** The first answer, or a refusal once the wait is over. */
  ask(query: KeyValueQuery, options: WaitOptions): Promise<QueryOutcome<KeyValueReply>> {
    if (options.signal?.aborted === true) return Promise.resolve(refused('aborted'));
    let isOver = false;
    const waiter = new Waiter<QueryOutcome<KeyValueReply>>(this.#room, options, (why) => {
      isOver = true;
      waiter.settle(refused(why));
    });
    void this.#askUntil(query, () => isOver).then((reply) => {
      if (reply !== undefined) waiter.settle(reply);
    });
    return waiter.promise;
  }

  async #askUntil(query: KeyValueQuery, isOver: () => boolean): Promise<KeyValueReply | undefined> {
    const { port, clock, random } = this.#options;
    const pace = new RetryPace(this.#options.pace);
    while (!isOver()) {
      const asked = this.#targets.current;
      const attempt = await port(asked, query, pace.attemptMs);
      const isAnswered = attempt.kind === 'answered';
      const leaderId = attempt.kind === 'refused' ? attempt.leaderId : undefined;
      const next = this.#targets.learn(asked, { isAnswered, leaderId });
      if (isAnswered) return attempt.reply;
      if (attempt.kind === 'unanswered') pace.onUnanswered();
      const pauseMs = pace.pauseMs(next, random.float());
      await new Promise<void>((resolve) => {
        clock.setTimer(pauseMs, resolve);
      });
    }
    return undefined;
  }
}

function refused(reason: GaveUp): QueryOutcome<never> {
  return { kind: 'refused', reason: reason === 'timeout' ? 'unavailable' : reason };
}
