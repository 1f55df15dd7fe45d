/*
 * A quantile of recent latencies, without sorting them.
 *
 * The last `sampleCount` samples stand in a ring; each falls into one of the buckets of a histogram
 * and leaves it when the ring overwrites it. Buckets are wide where numbers are large: sixteen for
 * each doubling, so that the answer is at most 1/16 above the true one, from a microsecond to
 * 24 days. The bucket of a number is read off its bits: in IEEE 754 the exponent and the first four
 * bits of the mantissa, taken together as an integer, count exactly these buckets.
 *
 *     sign  exponent      mantissa
 *     0     10000000001   1010|1100…        -> bucket (exponent, 1010)
 *
 * No logarithm is taken, whose last bits engines may choose as they like.
 *
 * Source: the idea of HdrHistogram (G. Tene), over a sliding window.
 */
import { checkInteger, checkNumber } from './bounds.ts';

/** Buckets for each doubling, as bits. */
const FRACTION_BITS = 4;
const LOWEST_MS = 2 ** -10;
const HIGHEST_MS = 2 ** 31;

const bits = new DataView(new ArrayBuffer(8));
const firstCode = codeOf(LOWEST_MS);
const bucketCount = codeOf(HIGHEST_MS) - firstCode + 1;

/** The quantile of a window over the last samples. */
export class RecentQuantile {
  readonly #quantile: number;
  readonly #ring: Uint16Array;
  readonly #counts = new Uint32Array(bucketCount);
  #next = 0;
  #count = 0;
  /** The bucket in which the quantile was found last, and the samples in those below it. */
  #bucket = 0;
  #below = 0;

  /**
   * @param quantile - Above 0 and at most 1; 0.95 is the sample that 95 % do not exceed.
   * @param sampleCount - How many samples the window holds, 1..65,536.
   * @throws RangeError if either is out of its range.
   */
  constructor(quantile: number, sampleCount: number) {
    checkNumber('quantile', quantile, Number.MIN_VALUE, 1);
    checkInteger('sampleCount', sampleCount, 1, 65_536);
    this.#quantile = quantile;
    this.#ring = new Uint16Array(sampleCount);
  }

  /** Samples in the window. */
  get count(): number {
    return this.#count;
  }

  /** Takes in one sample. What is no number or negative is left out. */
  record(ms: number): void {
    if (!(ms >= 0)) return;
    const bucket = codeOf(Math.min(Math.max(ms, LOWEST_MS), HIGHEST_MS)) - firstCode;
    if (this.#count === this.#ring.length) this.#add(this.#ring[this.#next] ?? 0, -1);
    else this.#count += 1;
    this.#ring[this.#next] = bucket;
    this.#next = (this.#next + 1) % this.#ring.length;
    this.#add(bucket, 1);
  }

  /**
   * The quantile, at most 1/16 too high; undefined without samples.
   *
   * @remarks
   * Searches from where it was found last, so that it costs what the quantile has moved.
   */
  valueMs(): number | undefined {
    if (this.#count === 0) return undefined;
    const rank = Math.ceil(this.#quantile * this.#count);
    while (this.#below >= rank) {
      this.#bucket -= 1;
      this.#below -= this.#counts[this.#bucket] ?? 0;
    }
    for (;;) {
      const within = this.#counts[this.#bucket] ?? 0;
      if (this.#below + within >= rank) return upperEndOf(this.#bucket);
      this.#below += within;
      this.#bucket += 1;
    }
  }

  #add(bucket: number, change: 1 | -1): void {
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + change;
    if (bucket < this.#bucket) this.#below += change;
  }
}

function codeOf(ms: number): number {
  bits.setFloat64(0, ms);
  return bits.getUint32(0) >>> (20 - FRACTION_BITS);
}

function upperEndOf(bucket: number): number {
  bits.setUint32(0, (firstCode + bucket + 1) << (20 - FRACTION_BITS));
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}
