import type { Key, KeyHasher } from '@quorate/hash';

import type { KeyBits } from '../placement.ts';
import type { NodeCircle } from './node-circle.ts';
import { siphashOf } from './node-circle.ts';

/**
 * The probe of a key that decides, as go-mpchash chooses it: two hashes of the key, the second the
 * step between probes. Where it lies tells the owner, so nothing else has to be known of the key.
 */
export class ProbingBits implements KeyBits {
  high = 0;
  low = 0;
  readonly #circle: NodeCircle;
  readonly #probes: number;
  readonly #first: KeyHasher = siphashOf(1);
  readonly #step: KeyHasher = siphashOf(2);

  constructor(circle: NodeCircle, probes: number) {
    this.#circle = circle;
    this.#probes = probes;
  }

  hash(key: Key): void {
    this.#first.hash(key);
    this.#step.hash(key);
    const { high, low } = this.#step;
    this.#circle.closest(this.#first.high, this.#first.low, high, low, this.#probes);
    this.high = this.#circle.probeHigh;
    this.low = this.#circle.probeLow;
  }
}
