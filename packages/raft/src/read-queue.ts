/** Reads of a leader, each waiting for proof that it still led after the read had arrived. */
export class ReadQueue {
  readonly #countMax: number;
  /** Arrived, and not part of a round yet. */
  #waiting: number[] = [];
  /** Under way, oldest first: answered with `readIndex` once a majority acknowledges `round`. */
  #rounds: { readonly round: number; readonly readIndex: number; readonly readIds: number[] }[] =
    [];
  #count = 0;

  /** @param countMax - Reads at most, waiting and under way together. */
  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  /** Whether there is no room for another read. */
  get isFull(): boolean {
    return this.#count >= this.#countMax;
  }

  /** Whether some reads are not part of a round yet. */
  get hasWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Whether a round is under way that some read waits for. */
  get hasRound(): boolean {
    return this.#rounds.length > 0;
  }

  /** Only while not full. */
  add(readId: number): void {
    this.#waiting.push(readId);
    this.#count += 1;
  }

  /** All that wait are answered with `readIndex` once `round`, sent from now on, is confirmed. */
  begin(round: number, readIndex: number): void {
    if (this.#waiting.length === 0) return;
    this.#rounds.push({ round, readIndex, readIds: this.#waiting });
    this.#waiting = [];
  }

  /** Removes the reads that a majority's acknowledgement of `round` confirms. */
  confirm(round: number): readonly { readonly readIndex: number; readonly readId: number }[] {
    const first = this.#rounds[0];
    if (first === undefined || first.round > round) return [];
    const confirmed = this.#rounds.filter((pending) => pending.round <= round);
    this.#rounds = this.#rounds.filter((pending) => pending.round > round);
    const reads = confirmed.flatMap(({ readIndex, readIds }) =>
      readIds.map((readId) => ({ readIndex, readId })),
    );
    this.#count -= reads.length;
    return reads;
  }

  /** Removes all reads: leadership is over. */
  drain(): readonly number[] {
    const readIds = [...this.#rounds.flatMap((pending) => pending.readIds), ...this.#waiting];
    this.#rounds = [];
    this.#waiting = [];
    this.#count = 0;
    return readIds;
  }
}
