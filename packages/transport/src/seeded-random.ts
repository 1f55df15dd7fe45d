/*
 * Randomness that can be replayed: the same seed gives the same numbers on every engine.
 *
 * The generator is sfc32 ("small fast counting", Chris Doty-Humphrey, PractRand 2010): 128 bits of
 * state of which 32 are a counter, so no seed leads into a cycle shorter than 2^32 draws. It needs
 * only 32-bit additions, shifts and XORs, which JavaScript defines exactly, so that Chromium and
 * Node agree to the bit.
 *
 * A simulation must not change because some part of it draws once more. So every user of
 * randomness forks a stream of its own by name: the stream is a function of the seed and the names
 * that lead to it, and of nothing that was drawn before. The state of a stream is a hash of that
 * path: two runs of MurmurHash3's 32-bit mixer over each character, in four lanes that differ.
 */
import type { Random } from './random.ts';

type Lanes = readonly [number, number, number, number];

/** The fractional digits of pi, as in other ciphers and hashes: numbers with no purpose of ours. */
const ROOT: Lanes = [0x243f6a88, 0x85a308d3 | 0, 0x13198a2e, 0x03707344];

/** Odd constants of MurmurHash3 (x86_128), one for each lane. */
const MULTIPLIERS: Lanes = [0x239b961b, 0xab0e9789 | 0, 0x38b34ae5, 0xa1e38b93 | 0];

/** Told apart from every character: UTF-16 code units end at 0xffff. */
const END_OF_LABEL = 0x10000;

/** Draws thrown away at the start, after which the bits of the state have met (author's choice). */
const WARM_UP_DRAWS = 12;

/**
 * A stream of random numbers that depends on `seed` alone.
 *
 * @param seed - Any safe integer or text. A number and its decimal text are the same seed, so that
 *   a seed read from the environment needs no parsing.
 * @throws RangeError if `seed` is a number but no safe integer.
 *
 * @remarks
 * The same numbers on every engine and in every version of this package with the same major
 * number. Period at least 2^32 draws. Not for secrets: a few draws give the state away.
 * Source: C. Doty-Humphrey, PractRand (sfc32); seeds are hashed with the mixer of MurmurHash3.
 *
 * @example
 * ```ts
 * import { seededRandom } from '@quorate/transport/system';
 *
 * const random = seededRandom(42);
 * random.int(6) === seededRandom('42').int(6); // => true
 * ```
 */
export function seededRandom(seed: number | string): Random {
  if (typeof seed === 'number' && !Number.isSafeInteger(seed)) {
    throw new RangeError(`seed: expected a safe integer or text, got ${seed}`);
  }
  return new SeededRandom(absorb(ROOT, String(seed)));
}

class SeededRandom implements Random {
  /** Where this stream stands in the tree of forks. Never changes. */
  readonly #path: Lanes;
  // The state of sfc32, as signed 32-bit integers: larger numbers would be boxed.
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(path: Lanes) {
    this.#path = path;
    this.#a = path[0] ^ path[3];
    this.#b = path[1];
    this.#c = path[2];
    for (let draw = 0; draw < WARM_UP_DRAWS; draw += 1) this.#next();
  }

  uint32(): number {
    return this.#next() >>> 0;
  }

  float(): number {
    const high = this.#next() >>> 5;
    const low = this.#next() >>> 6;
    return (high * 0x400_0000 + low) / 0x20_0000_0000_0000;
  }

  int(below: number): number {
    return unbiasedInt(below, () => this.#next() >>> 0);
  }

  bytes(count: number): Uint8Array {
    const result = new Uint8Array(count);
    for (let index = 0; index < count; index += 4) {
      const word = this.#next();
      // Writes past the end of a typed array are ignored.
      result[index] = word;
      result[index + 1] = word >>> 8;
      result[index + 2] = word >>> 16;
      result[index + 3] = word >>> 24;
    }
    return result;
  }

  fork(label: string): Random {
    return new SeededRandom(absorb(this.#path, label));
  }

  #next(): number {
    const result = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0;
    return result;
  }
}

/**
 * An integer in 0..below-1, every value equally likely, from equally likely 32-bit words.
 *
 * @throws RangeError if `below` is no integer in 1..2^32.
 *
 * @remarks
 * Multiplies instead of dividing, and throws the few words away that would make some values more
 * likely. Source: D. Lemire, "Fast random integer generation in an interval", 2019.
 */
export function unbiasedInt(below: number, uint32: () => number): number {
  if (!Number.isInteger(below) || below < 1 || below > 0x1_0000_0000) {
    throw new RangeError(`below: expected an integer in 1..2^32, got ${below}`);
  }
  // The product may need 64 bits, so it is taken in two halves of 16 bits of the word.
  for (;;) {
    const word = uint32();
    const low = (word & 0xffff) * below;
    const middle = (word >>> 16) * below + Math.floor(low / 0x1_0000);
    const fraction = (middle % 0x1_0000) * 0x1_0000 + (low % 0x1_0000);
    if (fraction >= below || fraction >= (0x1_0000_0000 - below) % below) {
      return Math.floor(middle / 0x1_0000);
    }
  }
}

/** Mixes every character of `text`, and its end, into each lane. */
function absorb(lanes: Lanes, text: string): Lanes {
  let state = lanes;
  for (let index = 0; index < text.length; index += 1) {
    state = absorbUnit(state, text.charCodeAt(index));
  }
  return absorbUnit(state, END_OF_LABEL);
}

function absorbUnit(lanes: Lanes, unit: number): Lanes {
  // Each lane takes in its neighbour, so that no lane is a function of the text alone.
  const first = mix(Math.imul(lanes[0] ^ unit, MULTIPLIERS[0]) + lanes[3]);
  const second = mix(Math.imul(lanes[1] ^ unit, MULTIPLIERS[1]) + first);
  const third = mix(Math.imul(lanes[2] ^ unit, MULTIPLIERS[2]) + second);
  const fourth = mix(Math.imul(lanes[3] ^ unit, MULTIPLIERS[3]) + third);
  return [first, second, third, fourth];
}

/** MurmurHash3's 32-bit finalizer: every input bit changes each output bit half of the time. */
function mix(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
