import type { ReplicaId } from '../replica-id.ts';

/** What members say to each other. `incarnation` is that of who sends; the node is proven. */
export type BroadcastMessage =
  DataMessage | ReportMessage | WantMessage | JoinMessage | WelcomeMessage;

/** A published message, from its origin or from another one that has delivered it. */
export interface DataMessage {
  readonly kind: 'data';
  readonly incarnation: number;
  readonly stamped: StampedMessage;
}

/** A published message with its past: the same bytes, whoever sends them. */
export interface StampedMessage {
  /** The epoch in which it was published. */
  readonly epoch: number;
  readonly origin: ReplicaId;
  /** How many of its own messages the origin knows to be stable. */
  readonly stableCount: number;
  /** Ascending, each once; `origin` is one of them. */
  readonly ids: readonly ReplicaId[];
  /** What the origin had delivered of each, at least 1, this message included. */
  readonly counters: readonly number[];
  readonly payload: Uint8Array;
  /** All of the above as bytes; `payload` is their end. */
  readonly body: Uint8Array;
}

/** What the sender has delivered. */
export interface ReportMessage {
  readonly kind: 'report';
  readonly incarnation: number;
  readonly epoch: number;
  /** How many of its own messages the sender knows to be stable. */
  readonly stableCount: number;
  readonly entries: readonly ReportEntry[];
}

/** One member, or former member, as who reports sees it. */
export interface ReportEntry {
  /** Ascending over a report. */
  readonly id: ReplicaId;
  readonly delivered: number;
  /** Whether the message after those delivered is there, and waits. Only of former members. */
  readonly holdsNext: boolean;
}

/** Asks for messages that the sender lacks and the receiver has delivered. */
export interface WantMessage {
  readonly kind: 'want';
  readonly incarnation: number;
  readonly ranges: readonly WantedRange[];
}

/** Messages of one origin, one after the other. */
export interface WantedRange {
  readonly origin: ReplicaId;
  /** The first counter, at least 1. */
  readonly first: number;
  /** At least 1. */
  readonly count: number;
}

/** Asks for the state, as it is at one point of the history. */
export interface JoinMessage {
  readonly kind: 'join';
  readonly incarnation: number;
  readonly epoch: number;
}

/** The state, and which messages it contains. */
export interface WelcomeMessage {
  readonly kind: 'welcome';
  readonly incarnation: number;
  readonly epoch: number;
  readonly entries: readonly WelcomeEntry[];
  readonly state: Uint8Array;
}

/** How far the state goes with one origin. */
export interface WelcomeEntry {
  /** Ascending over a welcome. */
  readonly id: ReplicaId;
  /** Messages up to this one are in the state. */
  readonly delivered: number;
  /** Messages up to this one are stable, and forgotten. At most `delivered`. */
  readonly forgotten: number;
}
