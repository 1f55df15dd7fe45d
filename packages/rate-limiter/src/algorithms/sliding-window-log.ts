import { LOG_LIMIT_MAX, type SlidingWindowLogPolicy } from '../policy.ts';
import type { RateAlgorithm } from './algorithm.ts';

/** Where a state's numbers lie; the entries are a ring behind them. */
const RING_SIZE = 0;
const HEAD = 1;
const COUNT = 2;
const TOTAL = 3;
const ENTRIES = 4;

/**
 * Keeps the instant and the cost of each admission of the last window, and admits what leaves their
 * sum within `limit`: exact in every window, wherever it begins, at the price of 16 bytes for each
 * unit of the limit.
 *
 * Denied requests are not kept: whoever goes on trying would otherwise lock itself out and fill the
 * log. Admissions of one microsecond share an entry, so that there are never more than `limit`.
 *
 * Only a charge drops what is older than a window: if a look at a later time did, a clock that
 * steps back would find room that was taken. Stepping back, it stands still at the newest entry.
 * After a step of more than a window, all entries become one of the new time.
 */
export class SlidingWindowLog implements RateAlgorithm {
  readonly width: number;
  readonly capacity: number;
  readonly horizonUs: number;

  /** Numbers in a log with room for `entryCount` entries. */
  static widthFor(entryCount: number): number {
    return ENTRIES + 2 * entryCount;
  }

  constructor(policy: SlidingWindowLogPolicy) {
    this.capacity = policy.limit;
    this.width = SlidingWindowLog.widthFor(policy.limit);
    this.horizonUs = Math.round(policy.windowMs * 1_000);
  }

  begin(cells: Float64Array, at: number, _key: string, width: number): void {
    cells[at + RING_SIZE] = (width - ENTRIES) / 2;
  }

  advance(cells: Float64Array, at: number, nowUs: number): void {
    if ((cells[at + COUNT] ?? 0) === 0) return;
    if (newestUs(cells, at) - nowUs > this.horizonUs) setAll(cells, at, nowUs);
  }

  waitUs(cells: Float64Array, at: number, nowUs: number, need: number): number {
    if (need > this.capacity) return Infinity;
    // The oldest are counted and left behind, those that have expired for a wait of nothing.
    let excess = (cells[at + TOTAL] ?? 0) + need - this.capacity;
    let waitUs = 0;
    for (let index = 0; excess > 0; index += 1) {
      const entry = entryAt(cells, at, index);
      excess -= cells[entry + 1] ?? 0;
      waitUs = (cells[entry] ?? 0) + this.horizonUs - nowUs;
    }
    return Math.max(0, waitUs);
  }

  charge(cells: Float64Array, at: number, nowUs: number, cost: number): void {
    this.#dropExpired(cells, at, nowUs);
    const count = cells[at + COUNT] ?? 0;
    const instantUs = count === 0 ? nowUs : Math.max(nowUs, newestUs(cells, at));
    cells[at + TOTAL] = (cells[at + TOTAL] ?? 0) + cost;
    if (count > 0) {
      const newest = entryAt(cells, at, count - 1);
      // A ring made for a smaller limit can be full: the newest takes it in, and grows younger.
      if (cells[newest] === instantUs || count === cells[at + RING_SIZE]) {
        cells[newest] = instantUs;
        cells[newest + 1] = (cells[newest + 1] ?? 0) + cost;
        return;
      }
    }
    const entry = entryAt(cells, at, count);
    cells[entry] = instantUs;
    cells[entry + 1] = cost;
    cells[at + COUNT] = count + 1;
  }

  take(cells: Float64Array, at: number, nowUs: number, need: number, cost: number): number {
    this.advance(cells, at, nowUs);
    const waitUs = need > 0 ? this.waitUs(cells, at, nowUs, need) : 0;
    if (waitUs === 0 && cost > 0) this.charge(cells, at, nowUs, cost);
    return waitUs;
  }

  remaining(cells: Float64Array, at: number, nowUs: number): number {
    let used = cells[at + TOTAL] ?? 0;
    for (let index = 0; index < (cells[at + COUNT] ?? 0); index += 1) {
      const entry = entryAt(cells, at, index);
      if (!this.#hasExpired(cells[entry] ?? 0, nowUs)) break;
      used -= cells[entry + 1] ?? 0;
    }
    return Math.max(0, this.capacity - used);
  }

  restedAtUs(cells: Float64Array, at: number): number {
    return (cells[at + COUNT] ?? 0) === 0 ? 0 : newestUs(cells, at) + this.horizonUs;
  }

  chargedAtUs(cells: Float64Array, at: number, nowUs: number): number {
    return (cells[at + COUNT] ?? 0) === 0 ? nowUs : newestUs(cells, at);
  }

  refund(cells: Float64Array, at: number, nowUs: number, cost: number, chargedAtUs: number): void {
    if (this.#hasExpired(chargedAtUs, nowUs)) return;
    const count = cells[at + COUNT] ?? 0;
    for (let index = count - 1; index >= 0; index -= 1) {
      const entry = entryAt(cells, at, index);
      if ((cells[entry] ?? 0) > chargedAtUs) continue;
      if (cells[entry] !== chargedAtUs) return;
      const kept = Math.max(0, (cells[entry + 1] ?? 0) - cost);
      cells[at + TOTAL] = (cells[at + TOTAL] ?? 0) - (cells[entry + 1] ?? 0) + kept;
      cells[entry + 1] = kept;
      if (kept === 0) dropEntry(cells, at, index);
      return;
    }
  }

  shift(cells: Float64Array, at: number, byUs: number): void {
    for (let index = (cells[at + COUNT] ?? 0) - 1; index >= 0; index -= 1) {
      const entry = entryAt(cells, at, index);
      cells[entry] = (cells[entry] ?? 0) + byUs;
    }
  }

  isState(cells: Float64Array, at: number): boolean {
    const ringSize = cells[at + RING_SIZE] ?? 0;
    const head = cells[at + HEAD] ?? 0;
    const count = cells[at + COUNT] ?? 0;
    if (![ringSize, head, count].every(Number.isSafeInteger)) return false;
    if (ringSize < 1 || ringSize > LOG_LIMIT_MAX || head < 0 || head >= ringSize) return false;
    if (count < 0 || count > ringSize) return false;
    let total = 0;
    let beforeUs = -Infinity;
    for (let index = 0; index < count; index += 1) {
      const entry = entryAt(cells, at, index);
      const instantUs = cells[entry] ?? 0;
      const cost = cells[entry + 1] ?? 0;
      if (!Number.isSafeInteger(instantUs) || !Number.isSafeInteger(cost)) return false;
      if (instantUs <= beforeUs || cost < 1) return false;
      beforeUs = instantUs;
      total += cost;
    }
    return total === cells[at + TOTAL];
  }

  #hasExpired(instantUs: number, nowUs: number): boolean {
    return instantUs <= nowUs - this.horizonUs;
  }

  #dropExpired(cells: Float64Array, at: number, nowUs: number): void {
    let left = cells[at + COUNT] ?? 0;
    while (left > 0 && this.#hasExpired(cells[entryAt(cells, at, 0)] ?? 0, nowUs)) {
      dropOldest(cells, at);
      left -= 1;
    }
  }
}

/** Copies a log into a prepared state that may have room for more entries, or fewer. */
export function copyLog(
  from: Float64Array,
  fromAt: number,
  into: SlidingWindowLog,
  to: Float64Array,
  toAt: number,
): void {
  const count = from[fromAt + COUNT] ?? 0;
  for (let index = 0; index < count; index += 1) {
    const entry = entryAt(from, fromAt, index);
    into.charge(to, toAt, from[entry] ?? 0, from[entry + 1] ?? 0);
  }
}

/** Where entry `index` of the ring lies, from the oldest. */
function entryAt(cells: Float64Array, at: number, index: number): number {
  const ringSize = cells[at + RING_SIZE] ?? 1;
  const place = (cells[at + HEAD] ?? 0) + index;
  return at + ENTRIES + 2 * (place < ringSize ? place : place - ringSize);
}

function newestUs(cells: Float64Array, at: number): number {
  return cells[entryAt(cells, at, (cells[at + COUNT] ?? 0) - 1)] ?? 0;
}

function dropOldest(cells: Float64Array, at: number): void {
  const entry = entryAt(cells, at, 0);
  const head = (cells[at + HEAD] ?? 0) + 1;
  cells[at + TOTAL] = (cells[at + TOTAL] ?? 0) - (cells[entry + 1] ?? 0);
  cells[at + HEAD] = head === cells[at + RING_SIZE] ? 0 : head;
  cells[at + COUNT] = (cells[at + COUNT] ?? 0) - 1;
}

/** Closes the gap that an entry without cost would be. */
function dropEntry(cells: Float64Array, at: number, index: number): void {
  const count = (cells[at + COUNT] ?? 0) - 1;
  for (let from = index; from < count; from += 1) {
    const entry = entryAt(cells, at, from);
    const next = entryAt(cells, at, from + 1);
    cells[entry] = cells[next] ?? 0;
    cells[entry + 1] = cells[next + 1] ?? 0;
  }
  cells[at + COUNT] = count;
}

/** Makes all entries one of `instantUs`. */
function setAll(cells: Float64Array, at: number, instantUs: number): void {
  cells[at + HEAD] = 0;
  cells[at + COUNT] = 1;
  cells[at + ENTRIES] = instantUs;
  cells[at + ENTRIES + 1] = cells[at + TOTAL] ?? 0;
}
