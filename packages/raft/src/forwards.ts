/** Proposals that were handed to the leader, until it has said what became of them. */
export class Forwards {
  /** Drawn at the start: tells the forwards of this life from those of earlier ones. */
  readonly nonce: number;
  readonly #bytesMax: number;
  /** By id, oldest first. */
  readonly #pending = new Map<number, Forward>();
  #lastForwardId = 0;
  #bytes = 0;
  #elapsedTicks = 0;

  /** @param bytesMax - Payload bytes at most, but for a forward that is alone. */
  constructor(nonce: number, bytesMax: number) {
    this.nonce = nonce;
    this.#bytesMax = bytesMax;
  }

  /** Whether `bytes` more may be under way. */
  hasRoomFor(bytes: number): boolean {
    return this.#pending.size === 0 || this.#bytes + bytes <= this.#bytesMax;
  }

  /** The id under which the proposal is forwarded. Ids rise and are never used again. */
  begin(proposalId: number, bytes: number): number {
    this.#lastForwardId += 1;
    this.#bytes += bytes;
    const sinceTick = this.#elapsedTicks;
    this.#pending.set(this.#lastForwardId, { proposalId, bytes, sinceTick });
    return this.#lastForwardId;
  }

  /** Its fate is known. The proposal; `undefined` if nobody waits for it any more. */
  end(forwardId: number): number | undefined {
    const forward = this.#pending.get(forwardId);
    if (forward === undefined) return undefined;
    this.#pending.delete(forwardId);
    this.#bytes -= forward.bytes;
    return forward.proposalId;
  }

  /** Another tick. The proposals of which nothing was heard for `patienceTicks`: they are lost. */
  tick(patienceTicks: number): readonly number[] {
    this.#elapsedTicks += 1;
    const lost: number[] = [];
    for (const [forwardId, { proposalId, sinceTick }] of this.#pending) {
      if (this.#elapsedTicks - sinceTick < patienceTicks) break;
      this.end(forwardId);
      lost.push(proposalId);
    }
    return lost;
  }
}

interface Forward {
  readonly proposalId: number;
  readonly bytes: number;
  readonly sinceTick: number;
}

/** Lives of one node that a leader tells apart; more than there are messages under way from. */
const LIVES_MAX = 8;

/** What a leader has taken in of others, so that it takes in nothing twice. */
export class ForwardsTaken<Sender> {
  /** By sender and life, the last id. */
  readonly #last = new Map<Sender, Map<number, number>>();

  /**
   * Whether this forward is new, and not older than one that was taken in already: forwards of a
   * node keep their order, and what comes again, or too late, is not taken in.
   */
  take(from: Sender, nonce: number, forwardId: number): boolean {
    const lives = this.#last.get(from) ?? new Map<number, number>();
    if ((lives.get(nonce) ?? 0) >= forwardId) return false;
    this.#last.set(from, lives);
    lives.set(nonce, forwardId);
    const [oldest] = lives.keys();
    if (lives.size > LIVES_MAX && oldest !== undefined) lives.delete(oldest);
    return true;
  }
}
