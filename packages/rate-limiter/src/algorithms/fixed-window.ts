import type { FixedWindowPolicy } from '../policy.ts';
import type { RateAlgorithm } from './algorithm.ts';

/** Where a state's numbers lie. */
const START_US = 0;
const USED = 1;
const PHASE_US = 2;

/**
 * Counts from zero in each window, and admits up to `limit` in it.
 *
 * ```text
 *            limit at its end  ▾ ▾ limit at its start: 2 * limit in an instant
 *   ├──────────────────────────┼──────────────────────────┤
 * ```
 *
 * If all keys began their windows together, all clients that wait would come back together. Aligned
 * windows are therefore shifted by a hash of the key, the same in every process; those that begin
 * with the first request are spread by the clients themselves.
 *
 * Only a charge begins a window, and until then the last one is kept: if a look at a later time
 * ended it, a clock that steps back would find it empty. Stepping back, the clock stands still: the
 * window that has begun goes on. After a step of more than a window, what was used is carried into
 * the window that begins next.
 */
export class FixedWindow implements RateAlgorithm {
  readonly width = 3;
  readonly capacity: number;
  readonly horizonUs: number;
  readonly #isAligned: boolean;

  constructor(policy: FixedWindowPolicy) {
    this.capacity = policy.limit;
    this.horizonUs = Math.round(policy.windowMs * 1_000);
    this.#isAligned = policy.anchor === 'aligned';
  }

  begin(cells: Float64Array, at: number, key: string): void {
    if (this.#isAligned) cells[at + PHASE_US] = windowPhaseUs(key, this.horizonUs);
  }

  advance(cells: Float64Array, at: number, nowUs: number): void {
    const startUs = cells[at + START_US] ?? 0;
    if ((cells[at + USED] ?? 0) === 0 || startUs - nowUs <= this.horizonUs) return;
    cells[at + START_US] = this.#isAligned ? this.#boundaryFrom(cells, at, nowUs) : nowUs;
  }

  waitUs(cells: Float64Array, at: number, nowUs: number, need: number): number {
    if (need > this.capacity) return Infinity;
    if (this.#usedAt(cells, at, nowUs) + need <= this.capacity) return 0;
    return (cells[at + START_US] ?? 0) + this.horizonUs - nowUs;
  }

  charge(cells: Float64Array, at: number, nowUs: number, cost: number): void {
    const used = this.#usedAt(cells, at, nowUs);
    if (used === 0) {
      cells[at + START_US] = this.#isAligned ? this.#startOf(cells, at, nowUs) : nowUs;
    }
    cells[at + USED] = used + cost;
  }

  take(cells: Float64Array, at: number, nowUs: number, need: number, cost: number): number {
    this.advance(cells, at, nowUs);
    const waitUs = need > 0 ? this.waitUs(cells, at, nowUs, need) : 0;
    if (waitUs === 0 && cost > 0) this.charge(cells, at, nowUs, cost);
    return waitUs;
  }

  remaining(cells: Float64Array, at: number, nowUs: number): number {
    return Math.max(0, this.capacity - this.#usedAt(cells, at, nowUs));
  }

  restedAtUs(cells: Float64Array, at: number): number {
    return (cells[at + USED] ?? 0) === 0 ? 0 : (cells[at + START_US] ?? 0) + this.horizonUs;
  }

  chargedAtUs(cells: Float64Array, at: number, nowUs: number): number {
    return Math.max(nowUs, cells[at + START_US] ?? 0);
  }

  refund(cells: Float64Array, at: number, nowUs: number, cost: number, chargedAtUs: number): void {
    const startUs = cells[at + START_US] ?? 0;
    // A window that has ended took its count with it.
    if (nowUs >= startUs + this.horizonUs) return;
    if (chargedAtUs < startUs || chargedAtUs >= startUs + this.horizonUs) return;
    cells[at + USED] = Math.max(0, (cells[at + USED] ?? 0) - cost);
  }

  shift(cells: Float64Array, at: number, byUs: number): void {
    const startUs = (cells[at + START_US] ?? 0) + byUs;
    cells[at + START_US] = this.#isAligned ? this.#boundaryFrom(cells, at, startUs) : startUs;
  }

  isState(cells: Float64Array, at: number): boolean {
    const used = cells[at + USED] ?? 0;
    const phaseUs = cells[at + PHASE_US] ?? 0;
    const whole = [cells[at + START_US] ?? 0, used, phaseUs].every(Number.isSafeInteger);
    return whole && used >= 0 && phaseUs >= 0;
  }

  /** What was used of the window that `nowUs` is in. */
  #usedAt(cells: Float64Array, at: number, nowUs: number): number {
    const hasEnded = nowUs >= (cells[at + START_US] ?? 0) + this.horizonUs;
    return hasEnded ? 0 : (cells[at + USED] ?? 0);
  }

  /** The start of the aligned window that `instantUs` is in. */
  #startOf(cells: Float64Array, at: number, instantUs: number): number {
    const into = (instantUs - (cells[at + PHASE_US] ?? 0)) % this.horizonUs;
    return instantUs - (into < 0 ? into + this.horizonUs : into);
  }

  /** The first start of an aligned window that is not before `instantUs`. */
  #boundaryFrom(cells: Float64Array, at: number, instantUs: number): number {
    const startUs = this.#startOf(cells, at, instantUs);
    return startUs === instantUs ? startUs : startUs + this.horizonUs;
  }
}

/**
 * By how much the aligned windows of `key` are shifted: 0..`windowUs`-1, and the same in every
 * process. FNV-1a over the UTF-16 code units, then scaled: spread is all that is asked of it.
 */
export function windowPhaseUs(key: string, windowUs: number): number {
  let hash = 0x811c_9dc5;
  for (let index = 0; index < key.length; index += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x0100_0193);
  }
  // The last characters have not reached the high bits yet, which decide.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b_3c6d);
  hash = (hash ^ (hash >>> 13)) >>> 0;
  return Math.floor((hash / 2 ** 32) * windowUs);
}
