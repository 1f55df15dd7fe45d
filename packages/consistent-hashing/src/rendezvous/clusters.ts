import { avalanche } from '../replicas.ts';

/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Members are read between bounds within them. */

/** Whom a tree of clusters has at its leaves. */
export interface ClusterMember {
  /** What stands for it in `targets`: an integer of at least 0. */
  readonly owner: number;
  /** The hash of its id, in two halves, int32. */
  readonly high: number;
  readonly low: number;
  /** More than 0. */
  readonly weight: number;
}

/**
 * A tree, level by level, in arrays. Cluster 0 is the root; the children of cluster `k` are those
 * from `starts[k]` up to, and without, `starts[k + 1]`.
 */
export interface Clusters {
  readonly starts: Int32Array;
  /** What a child puts into its draws, in two halves. */
  readonly highs: Int32Array;
  readonly lows: Int32Array;
  /** The sum of the weights of all members below a child. */
  readonly weights: Float64Array;
  /** The owner, if a child is one member; `~k`, if it is cluster `k`. */
  readonly targets: Int32Array;
}

/** Members from `from` up to, and without, `to`, who agree in their first `digits` digits. */
interface Part {
  readonly from: number;
  readonly to: number;
  readonly digits: number;
}

const DIGIT_BITS = 5;
const DIGITS_PER_HALF = 6;
/** Of a hash. The last two bits of each half belong to none. */
const DIGIT_COUNT = 2 * DIGITS_PER_HALF;

/**
 * The tree of `members`: two are the nearer to each other, the more digits of their hashes agree. A
 * cluster is where members part, so there are fewer clusters than members.
 *
 * @param members - Smaller hashes first, as unsigned numbers.
 */
export function clustersOf(members: readonly ClusterMember[]): Clusters {
  const starts = [0];
  const children: Omit<ClusterMember, 'owner'>[] = [];
  const targets: number[] = [];
  const clusters: Part[] = [{ from: 0, to: members.length, digits: 0 }];
  // It grows while it is walked: behind each cluster come those below it.
  for (const cluster of clusters) {
    for (const part of partsOf(members, cluster)) {
      const isMember = part.to - part.from === 1;
      targets.push(isMember ? members[part.from]!.owner : ~clusters.length);
      if (!isMember) clusters.push(part);
      children.push({ ...saltOf(members[part.from]!, part.digits), weight: sumOf(members, part) });
    }
    starts.push(children.length);
  }
  return {
    starts: Int32Array.from(starts),
    highs: Int32Array.from(children, ({ high }) => high),
    lows: Int32Array.from(children, ({ low }) => low),
    weights: Float64Array.from(children, ({ weight }) => weight),
    targets: Int32Array.from(targets),
  };
}

/** By the first digit in which members differ; if there is none, each is a part by itself. */
function partsOf(members: readonly ClusterMember[], { from, to, digits }: Part): Part[] {
  if (to === from) return [];
  let agreed = digits;
  while (agreed < DIGIT_COUNT && areAlike(members[from]!, members[to - 1]!, agreed)) agreed += 1;
  const parts: Part[] = [];
  for (let start = from; start < to;) {
    let end = start + 1;
    while (end < to && areAlike(members[start]!, members[end]!, agreed)) end += 1;
    // Equal hashes have no digit left that could tell them apart: their order has to.
    const more = agreed === DIGIT_COUNT ? start - from : 0;
    parts.push({ from: start, to: end, digits: agreed + 1 + more });
    start = end;
  }
  return parts;
}

function areAlike(left: ClusterMember, right: ClusterMember, digit: number): boolean {
  return digit < DIGIT_COUNT && digitOf(left, digit) === digitOf(right, digit);
}

function digitOf({ high, low }: ClusterMember, digit: number): number {
  const half = digit < DIGITS_PER_HALF ? high : low;
  return (half >>> (32 - DIGIT_BITS * ((digit % DIGITS_PER_HALF) + 1))) & (2 ** DIGIT_BITS - 1);
}

/** Depends on nothing but `digits` and that many digits: who is beside it must not change it. */
function saltOf({ high, low }: ClusterMember, digits: number): { high: number; low: number } {
  const inHigh = Math.min(digits, DIGITS_PER_HALF);
  const inLow = Math.min(digits - inHigh, DIGITS_PER_HALF);
  const first = avalanche((high & maskOf(inHigh)) ^ Math.imul(digits, 0x9e3779b1));
  return { high: first, low: avalanche((low & maskOf(inLow)) ^ first ^ 0x2545f491) };
}

/** The bits of the first `digits` digits of a half. */
function maskOf(digits: number): number {
  return ~(0xffff_ffff >>> (DIGIT_BITS * digits));
}

function sumOf(members: readonly ClusterMember[], { from, to }: Part): number {
  let sum = 0;
  for (let index = from; index < to; index += 1) sum += members[index]!.weight;
  return sum;
}
