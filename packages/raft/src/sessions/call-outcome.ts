import type { SessionAttempt } from './messages.ts';

/** Why a call was certainly not applied and will not be. Safe to make again, as a new call. */
export type CallRejection =
  /** The session had ended before the call was applied. The next call opens another. */
  | 'sessionExpired'
  /** Nobody took the call before its deadline. */
  | 'unavailable'
  /** As many calls as this client keeps are waiting already. */
  | 'overloaded'
  /** The command fits no message of the transport. */
  | 'tooLarge'
  /** The cluster does not understand this client's version. */
  | 'malformed'
  | 'aborted'
  | 'closed';

/** Why nobody can tell whether a call was applied. It may still be, once. */
export type CallDoubt =
  | 'timeout'
  | 'aborted'
  | 'closed'
  /** An attempt got no reply, and the session that knows whether it was applied is gone. */
  | 'sessionExpired'
  /** The session says that this client already had its answer: two clients share a session. */
  | 'forgotten';

/** What became of one call. 'committed' and 'rejected' are facts; 'unknown' is neither. */
export type CallOutcome =
  | {
      readonly kind: 'committed';
      /** Where it was applied. */
      readonly logIndex: number;
      /** What the state machine returned, once. */
      readonly result: Uint8Array;
    }
  | { readonly kind: 'rejected'; readonly reason: CallRejection; readonly definite: true }
  | { readonly kind: 'unknown'; readonly reason: CallDoubt; readonly definite: false };

/** What an attempt says about its call. */
export type Verdict =
  | { readonly kind: 'settled'; readonly outcome: CallOutcome }
  /** Try again. `isInDoubt`: some attempt may have been applied, or be applied yet. */
  | { readonly kind: 'again'; readonly isInDoubt: boolean };

/**
 * What follows from `attempt` for a call, given what earlier attempts left open.
 *
 * A refusal says that this attempt was not applied. It settles the call only where no earlier
 * attempt is in doubt, or where trying again could not tell more.
 */
export function judge(attempt: SessionAttempt, isInDoubt: boolean): Verdict {
  switch (attempt.kind) {
    case 'unknown':
      return { kind: 'again', isInDoubt: true };
    case 'rejected':
      return attempt.reason === 'tooLarge' && !isInDoubt
        ? settled(rejected('tooLarge'))
        : { kind: 'again', isInDoubt };
    case 'answered':
      break;
  }
  const { answer } = attempt;
  if (answer.kind === 'applied') {
    return settled({ kind: 'committed', logIndex: answer.logIndex, result: answer.response });
  }
  // An answer to another question: whatever happened to this one stays open.
  if (answer.kind !== 'refused') return { kind: 'again', isInDoubt: true };
  switch (answer.reason) {
    case 'expired':
      return settled(isInDoubt ? doubtful('sessionExpired') : rejected('sessionExpired'));
    case 'forgotten':
      return settled(doubtful('forgotten'));
    case 'malformed':
      return isInDoubt ? { kind: 'again', isInDoubt } : settled(rejected('malformed'));
    case 'backlog':
      return { kind: 'again', isInDoubt };
  }
}

/** The call certainly was not applied. */
export function rejected(reason: CallRejection): CallOutcome {
  return { kind: 'rejected', reason, definite: true };
}

/** Nobody can tell. */
export function doubtful(reason: CallDoubt): CallOutcome {
  return { kind: 'unknown', reason, definite: false };
}

function settled(outcome: CallOutcome): Verdict {
  return { kind: 'settled', outcome };
}
