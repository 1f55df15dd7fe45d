/*
 * A causal context: which events a replica knows of, whatever became of them.
 *
 * A replica names each of its changes by a dot: its id and the next of its numbers. A state keeps
 * the dots of what is there; its context, all dots it has ever seen. So of two states, one of which
 * has a dot and the other not, it can be told what happened: if the dot is in the context of the
 * other, it was there and has been removed; if not, it has not arrived yet. That is why sets need
 * no tombstones: the context remembers all removals in two numbers for each replica.
 *
 *   store {x: a3}  context {a: 1..3}     joined with
 *   store {}       context {a: 1..4}     has no x: the other knew a3, and dropped it
 *   store {}       context {a: 1..2}     has x: the other has not heard of a3
 *
 * Deltas arrive in any order. One with dot a5 that comes before a4 must not make the context say
 * 1..5, or a4 would be taken for removed when it arrives. So a context is a version vector and a
 * cloud of single dots beyond it; here both are one list of ranges for each replica, [1, 3, 5, 5],
 * which close up as gaps are filled.
 *
 * Source: Almeida, Shoker and Baquero, "Delta state replicated data types", JPDC 2018.
 */
import { checkReplicaId, type ReplicaId } from '../replica-id.ts';
import { entriesOf, get, type OrderedMap, put } from '../ordered-map.ts';

/** The name of one change: the `counter`-th of a replica. */
export interface Dot {
  readonly replicaId: ReplicaId;
  /** 1..2^53-1. */
  readonly counter: number;
}

/** Some dots of one replica, one after the other. */
export interface DotRange {
  readonly replicaId: ReplicaId;
  /** The counter of the first one. */
  readonly first: number;
  /** The counter of the last one, included. */
  readonly last: number;
}

/**
 * Counters as ranges: first, last, first, last, and so on, both included. Ascending; neither empty
 * nor touching.
 */
export type CounterRanges = readonly number[];

/** A set of dots that were seen, by replica. `undefined`: none. */
export type CausalContext = OrderedMap<ReplicaId, CounterRanges>;

/** Whether `context` has this dot. O(log replicas + log gaps). */
export function hasDot(context: CausalContext, replicaId: ReplicaId, counter: number): boolean {
  const ranges = get(context, replicaId);
  return ranges !== undefined && isWithin(ranges, counter, counter);
}

/**
 * The dot of the next change of `replicaId`.
 *
 * @throws RangeError or TypeError if `replicaId` can name no replica, or has used up all numbers.
 */
export function nextDot(context: CausalContext, replicaId: ReplicaId): Dot {
  const counter = (get(context, checkReplicaId('replicaId', replicaId))?.at(-1) ?? 0) + 1;
  if (counter <= Number.MAX_SAFE_INTEGER) return { replicaId, counter };
  throw new RangeError('counter: expected at most 2^53-1, got more');
}

/** The context of these dots, in any order. O(n log n). */
export function contextOf(dots: Iterable<Dot>): CausalContext {
  return contextOfRanges(rangesOfDots(dots));
}

/** The context of all dots in these ranges, in any order. O(n log n). */
export function contextOfRanges(dots: Iterable<DotRange>): CausalContext {
  const byReplica = new Map<ReplicaId, DotRange[]>();
  for (const range of dots) {
    const known = byReplica.get(range.replicaId);
    if (known === undefined) byReplica.set(range.replicaId, [range]);
    else known.push(range);
  }
  let context: CausalContext;
  for (const [replicaId, known] of byReplica) {
    const ranges: number[] = [];
    known.sort((one, other) => one.first - other.first);
    for (const { first, last } of known) appendRange(ranges, first, last);
    context = put(context, replicaId, ranges);
  }
  return context;
}

/** Each dot as a range. */
export function* rangesOfDots(dots: Iterable<Dot>): Generator<DotRange, void> {
  for (const { replicaId, counter } of dots) yield { replicaId, first: counter, last: counter };
}

/** All dots of both; `left` itself, if it has those of `right`. O(ranges of both), see `put`. */
export function joinContexts(left: CausalContext, right: CausalContext): CausalContext {
  if (left === right) return left;
  let joined = left;
  for (const { key, value } of entriesOf(right)) {
    const known = get(left, key);
    joined = put(joined, key, known === undefined ? value : joinRanges(known, value));
  }
  return joined;
}

/** Whether `context` has all dots of `other`. */
export function includes(context: CausalContext, other: CausalContext): boolean {
  return joinContexts(context, other) === context;
}

/** The dots of `context` that `removed` does not have. O(ranges of both). */
export function withoutDots(context: CausalContext, removed: CausalContext): CausalContext {
  let rest: CausalContext;
  for (const { key, value } of entriesOf(context)) {
    const ranges = subtractRanges(value, get(removed, key) ?? []);
    if (ranges.length > 0) rest = put(rest, key, ranges);
  }
  return rest;
}

/** Of each replica, the dots of `context` beyond the last one in `known`. */
export function newerThan(context: CausalContext, known: CausalContext): CausalContext {
  let older: CausalContext;
  for (const { key, value } of entriesOf(known)) older = put(older, key, [1, value.at(-1) ?? 0]);
  return withoutDots(context, older);
}

/** The ranges of `context`, by replica. */
export function* rangesOf(context: CausalContext): Generator<DotRange, void> {
  for (const { key: replicaId, value } of entriesOf(context)) {
    for (let index = 0; index < value.length; index += 2) {
      yield { replicaId, first: value[index] ?? 0, last: value[index + 1] ?? 0 };
    }
  }
}

function subtractRanges(ranges: CounterRanges, removed: CounterRanges): CounterRanges {
  const rest: number[] = [];
  let at = 0;
  for (let index = 0; index < ranges.length; index += 2) {
    let first = ranges[index] ?? 0;
    const last = ranges[index + 1] ?? 0;
    for (; (removed[at] ?? Infinity) <= last; at += 2) {
      const start = removed[at] ?? 0;
      const end = removed[at + 1] ?? 0;
      if (first < start) rest.push(first, start - 1);
      first = Math.max(first, end + 1);
      // The next range may lie in it, too.
      if (end > last) break;
    }
    if (first <= last) rest.push(first, last);
  }
  return rest;
}

function isWithin(ranges: CounterRanges, first: number, last: number): boolean {
  let low = 0;
  let high = ranges.length >> 1;
  // The first range that does not end before.
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[2 * middle + 1] ?? 0) < first) low = middle + 1;
    else high = middle;
  }
  return first >= (ranges[2 * low] ?? Infinity) && last <= (ranges[2 * low + 1] ?? 0);
}

/** The counters of both; `left` itself, if it has those of `right`. */
export function joinRanges(left: CounterRanges, right: CounterRanges): CounterRanges {
  if (right.every((first, at) => at % 2 === 1 || isWithin(left, first, right[at + 1] ?? 0))) {
    return left;
  }
  const joined: number[] = [];
  let one = 0;
  let other = 0;
  while (one < left.length || other < right.length) {
    if ((left[one] ?? Infinity) < (right[other] ?? Infinity)) {
      appendRange(joined, left[one] ?? 0, left[one + 1] ?? 0);
      one += 2;
    } else {
      appendRange(joined, right[other] ?? 0, right[other + 1] ?? 0);
      other += 2;
    }
  }
  return joined;
}

/** Adds to `ranges` one that begins at or after the beginning of the last one. */
function appendRange(ranges: number[], first: number, last: number): void {
  const end = ranges.length - 1;
  if (first <= (ranges[end] ?? -1) + 1) ranges[end] = Math.max(ranges[end] ?? 0, last);
  else ranges.push(first, last);
}
