import type { NodeId } from '@quorate/transport';

/** The last heartbeat of the receiver that the sender heard. */
export interface Heard {
  /** Drawn by the receiver when its monitor began, 0..2^32-1: tells its lives apart. */
  readonly life: number;
  readonly sequence: number;
}

/** "I am here." */
export interface Heartbeat {
  readonly kind: 'heartbeat';
  /** Its number by the sender's schedule, 0..2^53-1. */
  readonly sequence: number;
  /** How often the sender sends: an integer, 1..86,400,000. */
  readonly intervalMs: number;
  /** How long the next one may take: an integer, 0..86,400,000; 0 as usual. */
  readonly silenceMs: number;
  /** The sender's own, 0..2^32-1. */
  readonly life: number;
  /** `undefined` if nothing was heard of the receiver yet. */
  readonly heard: Heard | undefined;
}

/** "From now on I may be silent", between two heartbeats. */
export interface SilenceNotice {
  readonly kind: 'silence';
  /** Of the last heartbeat that the sender sent. */
  readonly sequence: number;
  readonly silenceMs: number;
}

/** What monitors say to each other. Nonces are 0..2^32-1. */
export type MonitorMessage =
  | Heartbeat
  | SilenceNotice
  /** "Please ping `target` for me." */
  | { readonly kind: 'probe'; readonly nonce: number; readonly target: NodeId }
  /** "Please answer at once." */
  | { readonly kind: 'ping'; readonly nonce: number }
  | { readonly kind: 'pong'; readonly nonce: number }
  /** "This is what I know of the one you asked me to ping." */
  | { readonly kind: 'answer'; readonly nonce: number; readonly isAlive: boolean };
