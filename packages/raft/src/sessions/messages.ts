import type { NodeId } from '@quorate/transport';

/** What a client asks of its session. Each may be sent, and be committed, any number of times. */
export type SessionRequest =
  /** `nonce` is the client's, new for every session: 1..64 bytes of text. */
  | { readonly kind: 'open'; readonly nonce: string }
  | { readonly kind: 'close'; readonly sessionId: number }
  | {
      readonly kind: 'keepAlive';
      readonly sessionId: number;
      readonly acknowledgedThrough: number;
    }
  | {
      readonly kind: 'call';
      readonly sessionId: number;
      /** Of this call within its session, from 1 on. The same in every attempt. */
      readonly sequence: number;
      /** The client will never again ask for the calls up to here. Less than `sequence`. */
      readonly acknowledgedThrough: number;
      /** The command of the state machine inside. */
      readonly payload: Uint8Array;
    };

/** A request as it stands in the log. */
export interface SessionCommand {
  /** What the replicated clock shows at least once this is applied, in ms. */
  readonly stampMs: number;
  readonly request: SessionRequest;
}

/** Why the state machine did not apply this attempt. An earlier attempt it may have applied. */
export type SessionRefusal =
  /** The session was closed, has expired, or was evicted: what it had applied is not known. */
  | 'expired'
  /** Too many responses wait to be acknowledged. Nothing of the call is remembered: try again. */
  | 'backlog'
  /** The client has said that it would never ask for this call again. */
  | 'forgotten'
  /** These bytes are no command of this version. */
  | 'malformed';

/** What the state machine says to a `SessionCommand`. */
export type SessionAnswer =
  | {
      readonly kind: 'opened';
      readonly sessionId: number;
      /** How long the session lives without a word from its client, by the replicated clock. */
      readonly ttlMs: number;
      /** How many responses it keeps before calls are refused as 'backlog'. */
      readonly backlogMax: number;
    }
  | {
      readonly kind: 'applied';
      /** Where the call was applied. A repeated attempt gets the first one's place. */
      readonly logIndex: number;
      readonly response: Uint8Array;
    }
  /** The session is kept alive, or closed. */
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly reason: SessionRefusal };

/** Why one attempt certainly did not and will not reach the state machine. */
export type AttemptRejection =
  /** The node does not lead, or cannot propose now; another may. */
  | 'notLeader'
  /** The node could not be asked, or will not take more now. */
  | 'unavailable'
  /** The command fits no message of the transport, nowhere. */
  | 'tooLarge';

/** What became of one attempt at one node. */
export type SessionAttempt =
  | { readonly kind: 'answered'; readonly answer: SessionAnswer }
  | {
      readonly kind: 'rejected';
      readonly reason: AttemptRejection;
      /** Who leads, as far as the node knows. */
      readonly leaderId: NodeId | undefined;
    }
  /** It may have been applied, or be applied yet. */
  | { readonly kind: 'unknown' };
