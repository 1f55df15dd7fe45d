/*
 * Does lateness persist?
 *
 * On a quiet network each delay is drawn anew: the last heartbeat says nothing about the next, and
 * the mean of many is the best guess. In congestion, after a change of route or in a tunnel, the
 * last one says it all. Tomsic et al. take the later of both guesses, which is right in the second
 * case and wastes time in the first: half of the heartbeats are later than the mean.
 *
 * So the share w of the last lateness d that the next heartbeat is expected to have is measured:
 *
 *   correlation   r = mean of d(l) d(l-1) / mean of d(l)^2
 *   persistence   p = P(next is late | this one is late) - P(late)      late: d > 1.5 deviations
 *   w = min(1, max(r, 8 p)) if this heartbeat came after the mean, r if it came before
 *
 * The correlation sees shifts of the level. It does not see when only the spread persists, as on a
 * mobile network, whose bad minutes are a mixture of heartbeats in time and very late ones; p does.
 * Chance alone makes both up to 5 %: that much is taken off.
 */
import { RecentMean } from './recent-mean.ts';

/** Lateness of so many deviations is extreme. */
const EXTREME_DEVIATIONS = 1.5;

/** What chance makes of r and p. */
const CHANCE = 0.05;

/** How much of the lateness of a heartbeat the next one has. */
export class Persistence {
  #previous = 0.5;
  #wasExtreme = false;
  readonly #square: RecentMean = new RecentMean(8_192, 0, 0);
  readonly #product: RecentMean = new RecentMean(8_192, 0, 0);
  readonly #extremes: RecentMean = new RecentMean(8_192, 0, 0);
  readonly #repeats: RecentMean = new RecentMean(512, 0.25, 4);

  /** Takes the lateness of a heartbeat against the mean, and the deviation of them. */
  push(latenessMs: number, deviationMs: number): void {
    this.#square.push(latenessMs * latenessMs);
    this.#product.push(latenessMs * this.#previous);
    const isExtreme = latenessMs > EXTREME_DEVIATIONS * deviationMs;
    this.#extremes.push(isExtreme ? 1 : 0);
    if (this.#wasExtreme) this.#repeats.push(isExtreme ? 1 : 0);
    this.#previous = latenessMs;
    this.#wasExtreme = isExtreme;
  }

  /** The part of `latenessMs` that the next heartbeat is expected to have. */
  share(latenessMs: number): number {
    const square = this.#square.value;
    const correlation = square > 0 ? beyondChance(this.#product.value / square) : 0;
    if (latenessMs <= 0) return correlation;
    const persistence = beyondChance(this.#repeats.value - this.#extremes.value);
    return Math.min(1, Math.max(correlation, 8 * persistence));
  }

  /** Forgets everything. */
  reset(): void {
    this.#previous = 0;
    this.#wasExtreme = false;
    this.#square.reset();
    this.#product.reset();
    this.#extremes.reset();
    this.#repeats.reset();
  }
}

function beyondChance(share: number): number {
  return Math.min(1, Math.max(0, (share - CHANCE) / (1 - CHANCE)));
}
