/**
 * What a member knows of what the others have delivered, as far as it was heard during one epoch.
 *
 * For each member three rows over the table: what it has delivered, from anything it sent, to know
 * whom to ask; what it has acknowledged, from which messages become stable; and up to where it is
 * done with those who departed.
 *
 * What a member acknowledges in a later epoch does not count yet. A late joiner's state is taken
 * from a member after that one has entered the joiner's epoch. So whatever all have acknowledged in
 * earlier ones, and forgotten, is in that state; and in the joiner's epoch nothing is stable that
 * the joiner has not acknowledged too.
 */
import type { EpochTable } from './epoch-table.ts';

interface Peer {
  readonly index: number;
  readonly delivered: Float64Array;
  readonly acknowledged: Float64Array;
  /** Of each departed the counter behind which nothing was held, or -1. */
  readonly doneAt: Float64Array;
  hasReported: boolean;
}

/** What the others have, by what they said. */
export class PeerKnowledge {
  readonly #peers: readonly Peer[];
  readonly #byIndex: readonly (Peer | undefined)[];

  constructor(table: EpochTable, localIndex: number) {
    const { size } = table;
    this.#byIndex = table.members.map((member, index) =>
      member === undefined || index === localIndex
        ? undefined
        : {
            index,
            delivered: new Float64Array(size),
            acknowledged: new Float64Array(size),
            doneAt: new Float64Array(size).fill(-1),
            hasReported: false,
          },
    );
    this.#peers = this.#byIndex.flatMap((peer) => peer ?? []);
  }

  /** The other members. */
  get indexes(): readonly number[] {
    return this.#peers.map(({ index }) => index);
  }

  /** Whether each of them has reported in this epoch. */
  get haveAllReported(): boolean {
    return this.#peers.every(({ hasReported }) => hasReported);
  }

  /** What the peer at `index` is known to have delivered of `origin`. */
  deliveredOf(index: number, origin: number): number {
    return this.#byIndex[index]?.delivered[origin] ?? 0;
  }

  /** The peer has delivered at least this. */
  hear(index: number, vector: Float64Array): void {
    const peer = this.#byIndex[index];
    if (peer !== undefined) raise(peer.delivered, vector);
  }

  /** It has said so in this epoch or an earlier one. */
  acknowledge(index: number, vector: Float64Array): void {
    const peer = this.#byIndex[index];
    if (peer !== undefined) raise(peer.acknowledged, vector);
  }

  /**
   * It has reported in this epoch.
   *
   * @param doneAt - Of each index the counter behind which it holds nothing; -1 if it does.
   */
  report(index: number, doneAt: Float64Array): void {
    const peer = this.#byIndex[index];
    if (peer === undefined) return;
    peer.hasReported = true;
    raise(peer.doneAt, doneAt);
  }

  /** Lowers `cut`, which is what this member has delivered, to what all have acknowledged. */
  lowerToAcknowledged(cut: Float64Array): void {
    for (const { acknowledged, hasReported } of this.#peers) {
      for (let index = 0; index < cut.length; index += 1) {
        const known = hasReported ? (acknowledged[index] ?? 0) : 0;
        if (known < (cut[index] ?? 0)) cut[index] = known;
      }
    }
  }

  /** Whether each peer has delivered `counter` of the departed at `origin`, and holds no more. */
  areDoneWith(origin: number, counter: number): boolean {
    return this.#peers.every(({ doneAt }) => {
      const at = doneAt[origin] ?? -1;
      return at === counter || at === Infinity;
    });
  }
}

function raise(row: Float64Array, vector: Float64Array): void {
  for (let index = 0; index < row.length; index += 1) {
    const value = vector[index] ?? 0;
    if (value > (row[index] ?? 0)) row[index] = value;
  }
}
