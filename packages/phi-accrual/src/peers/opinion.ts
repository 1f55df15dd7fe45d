import type { PeerState } from './peer-record.ts';

/** A change of opinion about one peer, or a question. */
export type Transition<Name extends string = string> =
  | {
      readonly kind: 'suspected';
      readonly peer: Name;
      /** -1 if it was never heard. */
      readonly incarnation: number;
      readonly atMs: number;
      readonly suspicion: number;
      /** Since when there is no sign of life; since it was added if there never was one. */
      readonly silentMs: number;
    }
  | {
      readonly kind: 'trusted';
      readonly peer: Name;
      readonly incarnation: number;
      readonly atMs: number;
      readonly after: 'unheard' | 'suspected';
      /** How long it was what it was before. */
      readonly afterMs: number;
      /** Whether it is the life that was suspected: it was alive all the time, or stood still. */
      readonly isRefuted: boolean;
    }
  /** Another life of the peer has begun. */
  | {
      readonly kind: 'restarted';
      readonly peer: Name;
      readonly incarnation: number;
      readonly atMs: number;
    }
  /** It is silent, and `vouch` until `untilMs` would save it. */
  | {
      readonly kind: 'doubted';
      readonly peer: Name;
      readonly atMs: number;
      readonly untilMs: number;
    }
  /** It is alive, and whether we hear it ourselves or only others do has changed. */
  | {
      readonly kind: 'inbound';
      readonly peer: Name;
      readonly atMs: number;
      readonly isHeard: boolean;
    };

/** What became of one heartbeat. */
export type Receipt =
  | 'learned'
  | 'witnessed' // It proves life; its time says nothing, since we were paused.
  | 'duplicate'
  | 'late' // One with a higher number was there before.
  | 'oldIncarnation'
  | 'unknownPeer';

/** How many heartbeats became what. They only rise. */
export type ReceiptCounts = Record<Receipt, number>;

/** What is known of one peer. */
export interface PeerStatus<Name extends string = string> {
  readonly peer: Name;
  readonly state: PeerState;
  readonly sinceMs: number;
  /** -1 if it was never heard. */
  readonly incarnation: number;
  /** How suspicious it is now, and from where on it is suspected. */
  readonly suspicion: number;
  readonly threshold: number;
  /** When it becomes suspected if nothing more arrives, our own health left aside. */
  readonly suspectAtMs: number;
  /** Milliseconds since its last sign of life, or since it was added. */
  readonly silentMs: number;
  /** Whether only others hear it. */
  readonly isVouched: boolean;
  /** Suspicions that were followed by trust and are not forgotten. */
  readonly flapCount: number;
}
