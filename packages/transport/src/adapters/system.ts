/**
 * The machine's own clock and randomness, and randomness that can be replayed.
 *
 * @packageDocumentation
 */
import type { Clock, Timer } from '../clock.ts';
import type { Random } from '../random.ts';
import { unbiasedInt } from '../seeded-random.ts';

export { seededRandom } from '../seeded-random.ts';

/** Engines keep the delay in a signed 32-bit integer, and fire at once if it overflows. */
const DELAY_MS_MAX = 2 ** 31 - 1;

/** `getRandomValues` refuses more than this at once. */
const ENTROPY_BYTES_MAX = 65_536;

/** Words fetched at once: asking the system for each would cost a microsecond. */
const POOL_WORDS = 256;

/**
 * The machine's time. `nowMs` is monotonic and counts from the start of the process or page.
 *
 * @remarks
 * Timers hold a process open, as `setTimeout` does, until they are told `unref`. A machine that
 * sleeps may stop `nowMs`, depending on the engine. Delays of any length work.
 */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallTimeMs: () => Date.now(),
  setTimer(delayMs, callback) {
    if (!Number.isFinite(delayMs) || delayMs < 0) {
      throw new RangeError(`delayMs: expected a finite number >= 0, got ${delayMs}`);
    }
    return new SystemTimer(delayMs, callback);
  },
};

class SystemTimer implements Timer {
  readonly #dueMs: number;
  readonly #callback: () => void;
  #handle: ReturnType<typeof setTimeout>;
  #isRef = true;

  constructor(delayMs: number, callback: () => void) {
    this.#callback = callback;
    this.#dueMs = performance.now() + delayMs;
    this.#handle = this.#arm(delayMs);
  }

  cancel(): void {
    clearTimeout(this.#handle);
  }

  unref(): void {
    this.#isRef = false;
    this.#letGo();
  }

  /** Browsers have numbers for handles, and nothing that they hold open. */
  #letGo(): void {
    const handle: unknown = this.#handle;
    if (typeof handle === 'object') this.#handle.unref();
  }

  #arm(delayMs: number): ReturnType<typeof setTimeout> {
    // Engines count whole milliseconds from the start of the current one, and so fire up to one
    // early: the port promises "not before". Adding it here, not re-arming, keeps timers in order.
    const wholeMs = delayMs === 0 ? 0 : Math.ceil(delayMs) + 1;
    return setTimeout(
      () => {
        const remainingMs = this.#dueMs - performance.now();
        if (remainingMs <= 0) {
          this.#callback();
          return;
        }
        this.#handle = this.#arm(remainingMs);
        if (!this.#isRef) this.#letGo();
      },
      Math.min(wholeMs, DELAY_MS_MAX),
    );
  }
}

/**
 * The machine's randomness, unpredictable and different in every process.
 *
 * @remarks
 * Comes from the system's cryptographic generator, in batches. `fork` returns the same source: the
 * draws of one user tell nothing about those of another anyway.
 */
export const systemRandom: Random = {
  uint32: systemWord,
  float: () => ((systemWord() >>> 5) * 0x400_0000 + (systemWord() >>> 6)) / 0x20_0000_0000_0000,
  int: (below) => unbiasedInt(below, systemWord),
  bytes(count) {
    const result = new Uint8Array(count);
    for (let at = 0; at < count; at += ENTROPY_BYTES_MAX) {
      crypto.getRandomValues(result.subarray(at, at + ENTROPY_BYTES_MAX));
    }
    return result;
  },
  fork: () => systemRandom,
};

const pool = new Uint32Array(POOL_WORDS);
let unusedWords = 0;

function systemWord(): number {
  if (unusedWords === 0) {
    crypto.getRandomValues(pool);
    unusedWords = POOL_WORDS;
  }
  unusedWords -= 1;
  const word = pool[unusedWords] ?? 0;
  pool[unusedWords] = 0;
  return word;
}
