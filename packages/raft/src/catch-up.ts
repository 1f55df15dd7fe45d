/**
 * Whether a member that has no vote yet could keep up with one (thesis §4.2.1).
 *
 * A voter that lacks most of the log makes a majority larger without helping to reach it: until it
 * has caught up, the failure of one more node stops all commits. So it learns first. When has it
 * learnt enough? The log grows while it copies, so "has everything" may never hold. Instead the
 * copying goes in rounds: each brings all that was in the log when it began. As the rounds get
 * shorter, so does the tail that is missing; after one that took less than an election timeout, the
 * wait for the rest is no longer than clusters have to bear anyway.
 *
 * ```text
 *   log at the start of a round     ────────────────────┤        ├──┤
 *   round 1 copies this             ════════════════════╡
 *   round 2 copies what came since                      ════════╡
 *   round 3, shorter than an election timeout: caught up        ══╡
 * ```
 */
export class CatchUp {
  readonly #electionTimeoutTicks: number;
  /** The round under way ends when this index has arrived. */
  #targetIndex: number;
  #elapsedTicks = 0;
  #isDone = false;

  /** @param targetIndex - The end of the log now. */
  constructor(targetIndex: number, electionTimeoutTicks: number) {
    this.#targetIndex = targetIndex;
    this.#electionTimeoutTicks = electionTimeoutTicks;
  }

  /** Whether the last round was short enough. It stays so while each further one is. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** A tick has passed. A round that takes too long undoes what the last one proved. */
  tick(): void {
    this.#elapsedTicks += 1;
    if (this.#elapsedTicks >= this.#electionTimeoutTicks) this.#isDone = false;
  }

  /** The member has everything up to `matchIndex`, and the log ends at `lastIndex`. */
  onMatch(matchIndex: number, lastIndex: number): void {
    if (matchIndex < this.#targetIndex) return;
    this.#isDone = this.#elapsedTicks < this.#electionTimeoutTicks;
    this.#targetIndex = lastIndex;
    this.#elapsedTicks = 0;
  }

  /** The member lost what it had. */
  restart(targetIndex: number): void {
    this.#targetIndex = targetIndex;
    this.#elapsedTicks = 0;
    this.#isDone = false;
  }
}
