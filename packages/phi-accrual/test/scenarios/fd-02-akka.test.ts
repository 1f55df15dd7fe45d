/*
 * What goes wrong elsewhere: a port "of Akka's detector" differs from it in the rounding of the
 * variance, in the first samples or in what it learns, and settings found there mean something else
 * here.
 */
import { seededRandom } from '@quorate/transport/system';
import { expect, test } from 'vitest';

import { createDetector } from '../../src/create-detector.ts';

/** The algorithm of `PhiAccrualFailureDetector.scala`, written down as plainly as it goes. */
class PlainAkka {
  readonly #samples: number[] = [];
  #last: number | undefined;

  heartbeat(atMs: number): void {
    if (this.#last === undefined) this.#samples.push(1_000 - 250, 1_000 + 250);
    else if (this.phi(atMs) < 8) this.#samples.push(atMs - this.#last);
    if (this.#samples.length > 1_000) this.#samples.shift();
    this.#last = atMs;
  }

  phi(nowMs: number): number {
    const [count, samples] = [this.#samples.length, this.#samples];
    const sum = samples.reduce((total, each) => total + each, 0);
    const squares = samples.reduce((total, each) => total + each * each, 0);
    const mean = sum / count;
    const deviation = Math.max(Math.sqrt(squares / count - mean * mean), 100);
    const elapsed = nowMs - (this.#last ?? NaN);
    const y = (elapsed - (mean + 3_000)) / deviation;
    const e = Math.exp(-y * (1.5976 + 0.070566 * y * y));
    return elapsed > mean + 3_000 ? -Math.log10(e / (1 + e)) : -Math.log10(1 - 1 / (1 + e));
  }
}

test('phi is Akka’s to 12 digits after any whole milliseconds, outages among them', () => {
  const random = seededRandom(9);
  const ours = createDetector({ kind: 'akka', intervalMs: 1_000 });
  const theirs = new PlainAkka();
  let atMs = 0;
  let judged = 0;
  for (let beat = 0; beat < 3_000; beat += 1) {
    atMs += beat % 500 === 499 ? 30_000 : 600 + random.int(800);
    ours.heartbeat(beat, atMs);
    theirs.heartbeat(atMs);
    for (const silenceMs of [500, 3_500, 3_999, 4_200, 4_500, 5_000]) {
      const phi = theirs.phi(atMs + silenceMs);
      if (!(phi < 300)) continue;
      // Before the middle, theirs is a difference to 1 and has an error of about 2^-53.
      const bound = 1e-12 * phi + (phi < 0.302 ? 2 ** -52 : 0);
      expect(Math.abs(ours.suspicion(atMs + silenceMs) - phi)).toBeLessThanOrEqual(bound);
      judged += 1;
    }
  }
  expect(judged).toBeGreaterThan(12_000);
});
