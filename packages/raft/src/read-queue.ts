import type { NodeId } from '@quorate/transport';

/** A read that waits: of this node's own users, or of a node that asked for it. */
export type WaitingRead =
  | { readonly kind: 'own'; readonly readId: number }
  | {
      readonly kind: 'remote';
      readonly from: NodeId;
      readonly nonce: number;
      readonly requestId: number;
    };

/** A read whose leader still led after the read had arrived. */
interface ConfirmedRead {
  readonly readIndex: number;
  readonly read: WaitingRead;
}

/** Reads of a leader, each waiting for proof that it still led after the read had arrived. */
export class ReadQueue {
  readonly #countMax: number;
  /** Arrived, and not part of a round yet. */
  #waiting: WaitingRead[] = [];
  /** Under way, oldest first: answered with `readIndex` once a majority acknowledges `round`. */
  #rounds: Round[] = [];
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
  add(read: WaitingRead): void {
    this.#waiting.push(read);
    this.#count += 1;
  }

  /** All that wait are answered with `readIndex` once `round`, sent from now on, is confirmed. */
  begin(round: number, readIndex: number): void {
    if (this.#waiting.length === 0) return;
    this.#rounds.push({ round, readIndex, reads: this.#waiting });
    this.#waiting = [];
  }

  /** Removes the reads that a majority's acknowledgement of `round` confirms. */
  confirm(round: number): readonly ConfirmedRead[] {
    const first = this.#rounds[0];
    if (first === undefined || first.round > round) return [];
    const confirmed = this.#rounds.filter((pending) => pending.round <= round);
    this.#rounds = this.#rounds.filter((pending) => pending.round > round);
    const answers = confirmed.flatMap(({ readIndex, reads }) =>
      reads.map((read) => ({ readIndex, read })),
    );
    this.#count -= answers.length;
    return answers;
  }

  /** Removes all reads: leadership is over. */
  drain(): readonly WaitingRead[] {
    const all = [...this.#rounds.flatMap(({ reads }) => reads), ...this.#waiting];
    this.#rounds = [];
    this.#waiting = [];
    this.#count = 0;
    return all;
  }
}

interface Round {
  readonly round: number;
  readonly readIndex: number;
  readonly reads: readonly WaitingRead[];
}
