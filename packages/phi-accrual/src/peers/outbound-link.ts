/**
 * Whether a peer hears us, by what its own heartbeats say.
 *
 * A partition often cuts one direction only. Whoever is not heard cannot tell: from its side all is
 * well, heartbeats arrive. So every heartbeat says which of ours was the last to arrive there, and
 * if that one is too old, our messages do not get through although theirs do.
 *
 * ```text
 *   we   ── 41 ──✗      ── 42 ──✗     ── 43 ──✗
 *   peer ◀───────── "40 was your last" ─────────   three intervals ago: outbound is lost
 * ```
 */

/** What is known about the way from us to a peer. */
export type OutboundState =
  | 'unknown' // It has not said anything yet.
  | 'heard'
  | 'lost';

/** The way from us to one peer. */
export class OutboundLink {
  readonly #lagMsMax: number;
  #sinceMs: number;
  #state: OutboundState = 'unknown';

  /**
   * @param lagMsMax - How old our last heartbeat that it heard may be, in ms, more than 0.
   * @param nowMs - Since when we send to it.
   */
  constructor(lagMsMax: number, nowMs: number) {
    this.#lagMsMax = lagMsMax;
    this.#sinceMs = nowMs;
  }

  /** What is known of it now. */
  get state(): OutboundState {
    return this.#state;
  }

  /** Another life of the peer has begun at `nowMs`: it cannot have heard us before. */
  restarted(nowMs: number): void {
    this.#sinceMs = nowMs;
  }

  /**
   * The peer says at `nowMs` that the last of our heartbeats it heard was sent at `sentMs`;
   * `undefined` if it heard none.
   *
   * @returns Whether that changes from 'heard' or 'unknown' to 'lost', or back from 'lost'.
   */
  reported(sentMs: number | undefined, nowMs: number): boolean {
    const before = this.#state;
    const lagMs = nowMs - (sentMs ?? this.#sinceMs);
    if (lagMs > this.#lagMsMax) this.#state = 'lost';
    else if (sentMs !== undefined) this.#state = 'heard';
    return (before === 'lost') !== (this.#state === 'lost');
  }
}
