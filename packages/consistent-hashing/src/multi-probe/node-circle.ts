import { keyHasher, type KeyHasher } from '@quorate/hash';

import type { PlacementNode } from '../node-set.ts';

/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Every index below is in bounds: all arrays but the cells have one length, and every search ends
   before it. */

/** Nodes that own something, each at one place of a circle of 2^64. A value, but for `probe…`. */
export class NodeCircle {
  /** The probe that the last `closest` took, as halves: int32. */
  probeHigh = 0;
  probeLow = 0;
  readonly #highs: Uint32Array;
  readonly #lows: Uint32Array;
  /** Indices of nodes, in the order of their places. */
  readonly #owners: Int32Array;
  /** The first place at or behind the beginning of each cell. */
  readonly #cells: Int32Array;
  readonly #shift: number;

  /** @param hasher - Takes ids to places. */
  constructor(nodes: readonly PlacementNode[], hasher: KeyHasher) {
    const places = sortedPlaces(nodes, hasher);
    this.#highs = Uint32Array.from(places, ({ high }) => high);
    this.#lows = Uint32Array.from(places, ({ low }) => low);
    this.#owners = Int32Array.from(places, ({ owner }) => owner);
    const bits = Math.max(1, Math.ceil(Math.log2(places.length + 1)));
    this.#shift = 32 - bits;
    this.#cells = firstOfCells(this.#highs, bits);
  }

  /**
   * Of `probes` hashes, each a step further than the one before, the one nearest to a place ahead
   * of it decides; of equal distances the first.
   *
   * @returns The node of that place; -1 if no node owns anything.
   */
  closest(high: number, low: number, stepHigh: number, stepLow: number, probes: number): number {
    if (this.#owners.length === 0) return -1;
    let atHigh = high >>> 0;
    let atLow = low >>> 0;
    let nearestHigh = 0xffff_ffff;
    let nearestLow = 0xffff_ffff;
    let winner = 0;
    for (let probe = 0; probe < probes; probe += 1) {
      const next = this.#next(atHigh, atLow);
      const awayLow = (this.#lows[next]! - atLow) >>> 0;
      const borrow = this.#lows[next]! < atLow ? 1 : 0;
      const awayHigh = (this.#highs[next]! - atHigh - borrow) >>> 0;
      if (awayHigh < nearestHigh || (awayHigh === nearestHigh && awayLow < nearestLow)) {
        nearestHigh = awayHigh;
        nearestLow = awayLow;
        winner = next;
        this.probeHigh = atHigh | 0;
        this.probeLow = atLow | 0;
      }
      const sumLow = (atLow + (stepLow >>> 0)) >>> 0;
      atHigh = (atHigh + (stepHigh >>> 0) + (sumLow < atLow ? 1 : 0)) >>> 0;
      atLow = sumLow;
    }
    return this.#owners[winner]!;
  }

  /** The first place behind a hash; behind the last place comes the first. */
  #next(high: number, low: number): number {
    const size = this.#owners.length;
    let at = this.#cells[high >>> this.#shift]!;
    while (at < size && !isBehind(this.#highs[at]!, this.#lows[at]!, high, low)) at += 1;
    return at === size ? 0 : at;
  }
}

function isBehind(high: number, low: number, ofHigh: number, ofLow: number): boolean {
  return high > ofHigh || (high === ofHigh && low > ofLow);
}

interface Place {
  readonly high: number;
  readonly low: number;
  readonly owner: number;
}

function sortedPlaces(nodes: readonly PlacementNode[], hasher: KeyHasher): Place[] {
  const places = nodes.flatMap(({ id, weight }, owner) => {
    hasher.hashString(id);
    return weight === 0 ? [] : [{ high: hasher.high >>> 0, low: hasher.low >>> 0, owner }];
  });
  return places.sort(
    (left, right) => left.high - right.high || left.low - right.low || left.owner - right.owner,
  );
}

function firstOfCells(highs: Uint32Array, bits: number): Int32Array {
  const cells = new Int32Array(2 ** bits);
  let at = 0;
  for (let cell = 0; cell < cells.length; cell += 1) {
    while (at < highs.length && highs[at]! >>> (32 - bits) < cell) at += 1;
    cells[cell] = at;
  }
  return cells;
}

/** SipHash-2-4 with the secret of `seed` in its first 64 bits and zeros behind it. */
export function siphashOf(seed: number): KeyHasher {
  const secret = new Uint8Array(16);
  new DataView(secret.buffer).setUint32(0, seed, true);
  return keyHasher('siphash-2-4', secret);
}
