/** How the leader is to make sure that it leads: by a round of heartbeats, or a lease will do. */
export type ReadConfirmation = 'quorum' | 'lease';

/** Reads of one kind. */
interface Pending {
  /** Not asked for yet. */
  readonly waiting: Set<number>;
  /** By read, the first request that asked for it. Ids rise along the map. */
  readonly asked: Map<number, number>;
}

/**
 * Reads of a node that does not lead: each waits for an answer of the leader to a request that was
 * made after the read.
 *
 * ```text
 *   reads    1 2   3        4
 *   requests     7   8  9      10       9 repeats 8, whose answer is late
 *   answer to 8: reads 1, 2 and 3 are confirmed: it was asked after all of them
 * ```
 *
 * Ids of requests rise, so an answer confirms the reads of all earlier requests too: one request is
 * enough to ask again for everything, and a late answer to an earlier one is still good.
 */
export class RemoteReads {
  /** Drawn at the start: tells the requests of this life from those of earlier ones. */
  readonly nonce: number;
  readonly #countMax: number;
  readonly #pending: Readonly<Record<ReadConfirmation, Pending>> = {
    quorum: { waiting: new Set(), asked: new Map() },
    lease: { waiting: new Set(), asked: new Map() },
  };
  #lastRequestId = 0;
  #termAsked = 0;
  #elapsedTicks = 0;

  /** @param countMax - Reads at most. */
  constructor(nonce: number, countMax: number) {
    this.nonce = nonce;
    this.#countMax = countMax;
  }

  /** Whether there is no room for another read. */
  get isFull(): boolean {
    const { quorum, lease } = this.#pending;
    return sizeOf(quorum) + sizeOf(lease) >= this.#countMax;
  }

  /** Only while not full. */
  add(readId: number, how: ReadConfirmation): void {
    this.#pending[how].waiting.add(readId);
  }

  /** Nobody waits for the read any more. */
  forget(readId: number): void {
    for (const { waiting, asked } of Object.values(this.#pending)) {
      waiting.delete(readId);
      asked.delete(readId);
    }
  }

  /** Another tick without an answer. */
  tick(): void {
    this.#elapsedTicks += 1;
  }

  /**
   * The requests to send now to the leader of `term`: for what was not asked for yet, and again
   * for everything, of a leader that was not asked yet or after `retryTicks` of silence.
   */
  takeRequests(
    term: number,
    retryTicks: number,
  ): readonly { readonly requestId: number; readonly how: ReadConfirmation }[] {
    const isRepeat = this.#termAsked !== term || this.#elapsedTicks >= retryTicks;
    const requests = this.#isIdle
      ? []
      : (['quorum', 'lease'] as const)
          .filter((how) => {
            const { waiting, asked } = this.#pending[how];
            return waiting.size > 0 || (isRepeat && asked.size > 0);
          })
          .map((how) => ({ requestId: this.#begin(how), how }));
    if (isRepeat || requests.length > 0) this.#elapsedTicks = 0;
    this.#termAsked = term;
    return requests;
  }

  /**
   * Removes the reads that an answer to `requestId` confirms.
   *
   * @param by - How the leader made sure. A lease confirms only reads for which one will do.
   */
  confirm(requestId: number, by: ReadConfirmation): readonly number[] {
    const { quorum, lease } = this.#pending;
    const confirmed = takeThrough(lease.asked, requestId);
    if (by === 'quorum') confirmed.push(...takeThrough(quorum.asked, requestId));
    return confirmed;
  }

  /** Removes all reads: this node leads. */
  drain(): readonly number[] {
    const readIds: number[] = [];
    for (const { waiting, asked } of Object.values(this.#pending)) {
      readIds.push(...asked.keys(), ...waiting);
      asked.clear();
      waiting.clear();
    }
    return readIds;
  }

  get #isIdle(): boolean {
    const { quorum, lease } = this.#pending;
    return sizeOf(quorum) + sizeOf(lease) === 0;
  }

  #begin(how: ReadConfirmation): number {
    const { waiting, asked } = this.#pending[how];
    this.#lastRequestId += 1;
    for (const readId of waiting) asked.set(readId, this.#lastRequestId);
    waiting.clear();
    return this.#lastRequestId;
  }
}

function sizeOf({ waiting, asked }: Pending): number {
  return waiting.size + asked.size;
}

function takeThrough(asked: Map<number, number>, requestId: number): number[] {
  const taken: number[] = [];
  for (const [readId, askedBy] of asked) {
    if (askedBy > requestId) break;
    taken.push(readId);
    asked.delete(readId);
  }
  return taken;
}
