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
 *   w = min(1, max(r, 8 p)) if this heartbeat came after the mean, 0 if it came before
 *
 * The correlation sees shifts of the level. It does not see when only the spread persists, as on a
 * mobile network, whose bad minutes are a mixture of heartbeats in time and very late ones; p does.
 * Chance alone makes both up to 5 %: that much is taken off. A heartbeat that came early promises
 * nothing: where delays jump from level to level, the next one may be late again.
 */
import type { Arrival } from './arrival.ts';

/** Lateness of so many deviations is extreme. */
const EXTREME_DEVIATIONS = 1.5;

/** What chance makes of r and p. */
const CHANCE = 0.05;

/** The means are over the last so many heartbeats, and repeats over so many extremes. */
const MEMORY = 8_192;
const REPEATS_MEMORY = 512;

/** Before there are data, a quarter of the extremes repeats; that weighs four of them. */
const REPEATS_PRIOR = 0.25;
const REPEATS_WEIGHT = 4;

/** How much of the lateness of a heartbeat the next one has. */
export class Persistence {
  /** The share of a lateness above 0, as it is believed now. */
  lateShare = 0.5;
  #previous = 0.5;
  #wasExtreme = false;
  #count = 0;
  #repeatCount = REPEATS_WEIGHT;
  #square = 0.5;
  #product = 0.5;
  #extremes = 0.5;
  #repeats = REPEATS_PRIOR;

  constructor() {
    this.reset();
  }

  /** Takes in a heartbeat that was `latenessMs` later than the mean. */
  push({ latenessMs }: Arrival, deviation: { readonly value: number }): void {
    const isExtreme = latenessMs > EXTREME_DEVIATIONS * deviation.value;
    this.#count = Math.min(MEMORY, this.#count + 1);
    this.#square += (latenessMs * latenessMs - this.#square) / this.#count;
    this.#product += (latenessMs * this.#previous - this.#product) / this.#count;
    this.#extremes += ((isExtreme ? 1 : 0) - this.#extremes) / this.#count;
    if (this.#wasExtreme) {
      this.#repeatCount = Math.min(REPEATS_MEMORY, this.#repeatCount + 1);
      this.#repeats += ((isExtreme ? 1 : 0) - this.#repeats) / this.#repeatCount;
    }
    this.#previous = latenessMs;
    this.#wasExtreme = isExtreme;
    const correlation = this.#square > 0 ? this.#product / this.#square - CHANCE : 0;
    const persistence = this.#repeats - this.#extremes - CHANCE;
    const share = Math.max(correlation, 8 * persistence) / (1 - CHANCE);
    this.lateShare = Math.max(0, Math.min(1, share));
  }

  /** Forgets everything. */
  reset(): void {
    this.#previous = 0;
    this.#wasExtreme = false;
    this.#count = 0;
    this.#repeatCount = REPEATS_WEIGHT;
    this.#square = 0;
    this.#product = 0;
    this.#extremes = 0;
    this.#repeats = REPEATS_PRIOR;
    this.lateShare = 1;
  }
}
