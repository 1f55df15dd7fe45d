import type { NodeId, Requester } from '@quorate/transport';
import { DecodeError } from '@quorate/transport/codec';

import type { WaitOptions } from '../../node/outcomes.ts';
import { sessionAttemptCodec, sessionRequestCodec } from '../codec.ts';
import type { SessionAttempt, SessionRequest } from '../messages.ts';
import { sessionMethod } from './session-server.ts';

/** How a client reaches the nodes. */
export interface SessionPort {
  /**
   * Makes one attempt at `to`. Resolves once its fate is known, or `timeoutMs` have passed; never
   * rejects for what the network or the node did.
   */
  attempt(
    to: NodeId,
    request: SessionRequest,
    options: Required<Pick<WaitOptions, 'timeoutMs'>>,
  ): Promise<SessionAttempt>;
}

/** Reaches nodes that `SessionServer.serve` over the same protocol and `method`. */
export function requesterPort(requester: Requester, method: string = sessionMethod): SessionPort {
  return {
    attempt: async (to, request, { timeoutMs }) => {
      try {
        const payload = sessionRequestCodec.encode(request);
        const reply = await requester.request(to, method, payload, { timeoutMs });
        return sessionAttemptCodec.decode(reply);
      } catch (error) {
        return attemptOf(error);
      }
    },
  };
}

/** What a request that threw says about the attempt. */
function attemptOf(error: unknown): SessionAttempt {
  // The requester does not send what fits no message.
  if (error instanceof RangeError) {
    return { kind: 'rejected', reason: 'tooLarge', leaderId: undefined };
  }
  if (error instanceof DecodeError) return { kind: 'unknown' };
  if (!(error instanceof Error && 'definite' in error)) throw error;
  return error.definite === true
    ? { kind: 'rejected', reason: 'unavailable', leaderId: undefined }
    : { kind: 'unknown' };
}
