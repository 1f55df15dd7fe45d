import {
  type Clock,
  type Requester,
  RequestRefusedError,
  type Unsubscribe,
} from '@quorate/transport';
import { DecodeError } from '@quorate/transport/codec';

import type { ProposalOutcome, WaitOptions } from '../../node/outcomes.ts';
import type { RaftNode } from '../../raft-node.ts';
import { ClusterClock } from '../cluster-clock.ts';
import {
  sessionAnswerCodec,
  sessionAttemptCodec,
  sessionCommandCodec,
  sessionRequestCodec,
} from '../codec.ts';
import type { AttemptRejection, SessionAttempt, SessionRequest } from '../messages.ts';
import type { SessionMachine } from '../session-machine.ts';

/** The method under which nodes serve sessions to clients. */
export const sessionMethod = 'raft/session';

/** What a node needs to take the requests of sessions. */
export interface SessionServerOptions {
  readonly node: Pick<RaftNode, 'propose' | 'status'>;
  /** The state machine that `node` replicates. */
  readonly machine: Pick<SessionMachine, 'clockMs'>;
  /** The one that `node` uses. Only its monotonic side is read. */
  readonly clock: Clock;
}

/** Takes requests of sessions on one node: stamps them and proposes them. */
export class SessionServer {
  readonly #options: SessionServerOptions;
  readonly #stamps = new ClusterClock();

  constructor(options: SessionServerOptions) {
    this.#options = options;
  }

  /** One attempt to have `request` committed. Never throws for what becomes of it. */
  async attempt(request: SessionRequest, options: WaitOptions): Promise<SessionAttempt> {
    const { node, machine, clock } = this.#options;
    const stampMs = this.#stamps.stampMs(node.status().term, machine.clockMs, clock.nowMs());
    const command = sessionCommandCodec.encode({ stampMs, request });
    let pending: Promise<ProposalOutcome>;
    try {
      pending = node.propose(command, options);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return { kind: 'rejected', reason: 'tooLarge', leaderId: undefined };
    }
    return attemptOf(await pending);
  }

  /**
   * Answers the clients that ask over `requester`.
   *
   * @param method - Another name for each group, where several share a transport.
   * @throws RangeError if `method` is served already.
   */
  serve(requester: Requester, method: string = sessionMethod): Unsubscribe {
    return requester.serve(method, async (payload, { deadlineMs, signal }) => {
      const request = requestIn(payload);
      const timeoutMs = Math.max(1, deadlineMs - this.#options.clock.nowMs());
      return sessionAttemptCodec.encode(await this.attempt(request, { timeoutMs, signal }));
    });
  }
}

/** @throws RequestRefusedError if `payload` is no request of this version. */
function requestIn(payload: Uint8Array): SessionRequest {
  try {
    return sessionRequestCodec.decode(payload);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new RequestRefusedError('declined', error.message);
  }
}

function attemptOf(outcome: ProposalOutcome): SessionAttempt {
  switch (outcome.kind) {
    case 'committed':
      return { kind: 'answered', answer: sessionAnswerCodec.decode(outcome.result) };
    case 'rejected':
      return { kind: 'rejected', reason: rejectionOf(outcome), leaderId: outcome.leaderId };
    case 'unknown':
      return { kind: 'unknown' };
  }
}

function rejectionOf({
  reason,
}: Extract<ProposalOutcome, { readonly kind: 'rejected' }>): AttemptRejection {
  return reason === 'notLeader' || reason === 'overwritten' ? 'notLeader' : 'unavailable';
}
