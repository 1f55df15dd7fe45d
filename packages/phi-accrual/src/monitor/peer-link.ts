import type { OutboundLink } from '../peers/outbound-link.ts';
import type { Heard, Heartbeat, SilenceNotice } from './messages.ts';

/** What a monitor remembers about its talk with one peer. The opinions are the table's. */
export class PeerLink {
  readonly outbound: OutboundLink;
  #heard: Heard | undefined;
  #incarnation = -1;
  #trafficSentMs = -Infinity;
  #suppressedCount = 0;

  constructor(outbound: OutboundLink) {
    this.outbound = outbound;
  }

  /** The last of its heartbeats that was taken, to be told to it. */
  get heard(): Heard | undefined {
    return this.#heard;
  }

  /** A heartbeat was taken at `nowMs`: it is the newest. */
  took({ life, sequence }: Heartbeat, incarnation: number, nowMs: number): void {
    if (life !== this.#heard?.life) this.outbound.restarted(nowMs);
    this.#heard = { life, sequence };
    this.#incarnation = incarnation;
  }

  /** Whether a notice is not from before the last heartbeat. */
  isCurrent({ sequence }: SilenceNotice, incarnation: number): boolean {
    const lastSequence = this.#heard?.sequence ?? Infinity;
    return incarnation === this.#incarnation && sequence >= lastSequence;
  }

  /** Some other message went to the peer. */
  noteSent(nowMs: number): void {
    this.#trafficSentMs = nowMs;
  }

  /**
   * Whether the heartbeat of now may be left out, because other messages since `sinceMs` do. Not
   * before the peer knows this life of ours: only heartbeats tell it.
   */
  suppresses(sinceMs: number, suppressedMax: number): boolean {
    const isKnown = this.outbound.state === 'heard';
    const isRecent = this.#trafficSentMs > sinceMs;
    const isEnough = isKnown && isRecent && this.#suppressedCount < suppressedMax;
    this.#suppressedCount = isEnough ? this.#suppressedCount + 1 : 0;
    return isEnough;
  }
}
