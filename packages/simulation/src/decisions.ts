/**
 * Random decisions that do not disturb each other.
 *
 * A simulator that draws from one shared stream shifts every later decision when it makes one more:
 * add a node, drop a message while shrinking, and all that follows is another run. Here a decision
 * is a function of what it is about. A message is known by its link and its index on that link, a
 * disk operation by its disk and index, and the decision about it (lost? how late? torn where?) is
 * Threefry-2x32 under a key made of the seed and the name of the link or disk:
 *
 * ```text
 *   key     = (seed, 'n1>n2')            names the stream
 *   counter = (index, kind and draw)     names the decision in it
 *   two random words = threefry(key, counter)
 * ```
 *
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011: the
 * 20-round Threefry-2x32, which passes BigCrush and needs only 32-bit addition, rotation and xor.
 */

/** What a decision is about. Each kind has its own draws, so none shifts another. */
export type DecisionKind = keyof typeof kindNumbers;

const kindNumbers = {
  loss: 1,
  delay: 2,
  duplication: 3,
  duplicateDelay: 4,
  duplicateLoss: 12,
  replay: 13,
  syncFailure: 14,
  readFailure: 15,
  session: 5,
  latency: 6,
  crash: 7,
  tear: 8,
  damage: 9,
  clock: 10,
  timer: 11,
  misdirection: 32,
  buggify: 33,
  tie: 64,
  burst: 65,
  burstLoss: 66,
  duplicateBurstLoss: 67,
  flip: 68,
  duplicateFlip: 69,
  flippedBits: 70,
  duplicateFlippedBits: 71,
} as const;

/** The decisions about the things on one link, one disk or one clock. */
export class Decisions {
  readonly #key: Int32Array;
  readonly #counter = new Int32Array(2);
  readonly #output = new Int32Array(2);

  /**
   * @param seed - Any number; its 64 bits count.
   * @param name - What the decisions are about, such as `link n1>n2`.
   */
  constructor(seed: number, name: string) {
    this.#key = keyOf(seed, name);
  }

  /**
   * Turns to one decision; the draws that follow belong to it.
   *
   * @param index - Which message, operation or timer it is about. 0..2^32-1, then it repeats.
   * @returns This object, so that a draw can follow at once.
   */
  about(kind: DecisionKind, index: number): this {
    this.#counter[0] = index;
    this.#counter[1] = kindNumbers[kind] << 24;
    return this;
  }

  /** The next draw of the current decision, 0..2^32-1. */
  uint32(): number {
    this.#advance();
    return (this.#output[0] ?? 0) >>> 0;
  }

  /** The next draw of the current decision, in [0, 1) with 53 random bits. */
  float(): number {
    this.#advance();
    const high = (this.#output[1] ?? 0) >>> 5;
    const low = (this.#output[0] ?? 0) >>> 6;
    return (high * 67_108_864 + low) / 9_007_199_254_740_992;
  }

  /** The next draw of the current decision, 0..below-1; `below` is 1..2^32. */
  int(below: number): number {
    // 53 bits over at most 32: the bias is under 2^-21 and the same on every engine.
    return Math.floor(this.float() * below);
  }

  /** Whether something of probability `rate` happens. Draws nothing to say never or always. */
  isHit(rate: number): boolean {
    if (rate <= 0) return false;
    return rate >= 1 || this.float() < rate;
  }

  #advance(): void {
    threefry2x32(this.#key, this.#counter, this.#output);
    this.#counter[1] = (this.#counter[1] ?? 0) + 1;
  }
}

/**
 * Threefry-2x32 with 20 rounds: two random words for `counter` under `key`, into `output`.
 *
 * Source: Salmon et al. 2011, section 3.3; constants of Random123 1.09.
 */
export function threefry2x32(key: Int32Array, counter: Int32Array, output: Int32Array): void {
  const low = key[0] ?? 0;
  const high = key[1] ?? 0;
  const third = 0x1bd11bda ^ low ^ high;
  let x = ((counter[0] ?? 0) + low) | 0;
  let y = ((counter[1] ?? 0) + high) | 0;
  for (let group = 1; group <= 5; group += 1) {
    const isOdd = (group & 1) === 1;
    x = (x + y) | 0;
    y = rotate(y, isOdd ? 13 : 17) ^ x;
    x = (x + y) | 0;
    y = rotate(y, isOdd ? 15 : 29) ^ x;
    x = (x + y) | 0;
    y = rotate(y, isOdd ? 26 : 16) ^ x;
    x = (x + y) | 0;
    y = rotate(y, isOdd ? 6 : 24) ^ x;
    // The key schedule walks through the three key words, one further with every group.
    const phase = group % 3;
    x = (x + (phase === 0 ? low : phase === 1 ? high : third)) | 0;
    y = (y + (phase === 0 ? high : phase === 1 ? third : low) + group) | 0;
  }
  output[0] = x;
  output[1] = y;
}

/** Two key words for `name` under `seed`: FNV-1a over the name, finished as in MurmurHash3. */
function keyOf(seed: number, name: string): Int32Array {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, seed);
  let low = 0x811c9dc5 ^ bits.getInt32(4);
  let high = 0x9e3779b9 ^ bits.getInt32(0);
  for (let index = 0; index < name.length; index += 1) {
    low = Math.imul(low ^ name.charCodeAt(index), 0x01000193);
    high = Math.imul(high ^ low, 0x85ebca6b);
  }
  return Int32Array.of(finish(low ^ rotate(high, 16)), finish(high ^ rotate(low, 7)));
}

function finish(word: number): number {
  const once = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
