/**
 * What the end of a request says about the peer.
 *
 * ```text
 *   reply                                    success
 *   REQUEST_REFUSED  declined                success  the handler looked at it and said no
 *                    unreachable, expired    failure  it cannot be reached, or is too slow
 *                    overloaded, no method   nothing  here or there; or it is being replaced
 *   REQUEST_CANCELLED                        nothing  unless it was a timeout that gave up
 *   TRANSPORT_CLOSED                         nothing  this side has shut down
 *   deadline, restart, handler failed        failure  whatever else leaves the outcome unknown
 * ```
 *
 * Errors are told by `code`, so that those of another copy of the transport count alike.
 */
import type { RequestRefusal } from '@quorate/transport';

import { type CallResult, type Classification, isTimeout } from '../classify.ts';

const refusals: Readonly<Record<RequestRefusal, 'success' | 'failure' | 'ignored'>> = {
  unreachable: 'failure',
  overloaded: 'ignored',
  expired: 'failure',
  noSuchMethod: 'ignored',
  declined: 'success',
};

/** What an error of a requester may say of itself. */
interface Fields {
  readonly code?: unknown;
  readonly reason?: unknown;
  readonly cause?: unknown;
}

/**
 * What the end of a request says about the peer that was asked. The `classify` of every breaker
 * that `guard` makes, unless it is told another.
 *
 * @returns `undefined` for errors that are not those of a requester.
 */
export function classifyRequest(result: CallResult): Classification | undefined {
  if (result.kind === 'returned') return 'success';
  const { error } = result;
  // The arguments were wrong: nobody was asked.
  if (error instanceof RangeError || error instanceof TypeError) return 'ignored';
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, reason, cause }: Fields = error;
  switch (code) {
    case 'REQUEST_REFUSED':
      return isRefusal(reason) ? refusals[reason] : 'ignored';
    case 'REQUEST_CANCELLED':
      return isTimeout(cause) ? 'failure' : 'ignored';
    case 'TRANSPORT_CLOSED':
      return 'ignored';
    case 'REQUEST_DEADLINE_EXCEEDED':
    case 'REQUEST_FAILED':
    case 'PEER_RESTARTED':
      return 'failure';
    default:
      return undefined;
  }
}

function isRefusal(reason: unknown): reason is RequestRefusal {
  return typeof reason === 'string' && Object.hasOwn(refusals, reason);
}
