/*
 * A dotted version vector set: all siblings of a key, with one vector for all of them.
 *
 * Siblings of one key repeat almost the same past each. Put together, two numbers for each server
 * suffice: how many versions it has made (n), and how many of them, from the first on, have been
 * replaced (m). What lies between is alive, and its values are listed, newest first:
 *
 *   server s:  n = 5, values [v5, v4]       1 2 3 are replaced, 4 and 5 are siblings
 *   server t:  n = 2, values []             1 2 are replaced
 *
 * No value needs a dot beside it: its place says it. A client that reads gets all values and the
 * context {s:5, t:2}. When it writes through s with that context, what the context covers is
 * replaced (m rises to 5 and to 2) and its value becomes version 6 of s. A client with the older
 * context {s:4} replaces 1 to 4 only, and 5 stays as a sibling, as it must.
 *
 * Two replicas of a key meet in the larger n and the larger m of each server: a pair of maxima, so
 * that it does not matter in what order, how often, or over whom states travel. Whoever has the
 * larger n has the values that are left.
 *
 * Both directions of error are excluded: a write is gone only if somebody who had read it wrote;
 * and it stays only as long as nobody did. So the number of siblings is that of writes which were
 * concurrent, whatever the number of clients.
 *
 * Source: Almeida, Baquero, Gonçalves, Preguiça, Fonte, "Scalable and accurate causality tracking
 * for eventually consistent stores", DAIS 2014. Departs from it in two things. There are no values
 * without a server: such values have no dot, so that a sync can only guess whether one replaced the
 * other, which breaks both promises above; here a value enters through `put`. And `compare` looks
 * at what was replaced, too, so that it says 'before' exactly if a sync changes one side only.
 */
import { successor } from './counter.ts';
import type { Ordering } from './ordering.ts';
import { checkReplicaId, type ReplicaId } from './replica-id.ts';
import { VectorClock } from './vector-clock.ts';
import type { VersionVector } from './version-vector.ts';

/** The versions that one server has made. */
export interface DvvEntry<Value> {
  readonly id: ReplicaId;
  /** How many it has made, n; at least 1. */
  readonly counter: number;
  /** Those that are alive, newest first: version n, n-1 and so on. At most `counter`. */
  readonly values: readonly Value[];
}

/**
 * All siblings of a key at one replica, and what they replaced: a value that never changes.
 *
 * @example
 * ```ts
 * import { DvvSet, VectorClock } from '@quorate/vector-clocks';
 *
 * const first = DvvSet.empty<string>().put('s', 'tea', VectorClock.empty);
 * const context = first.context();
 * const both = first.put('s', 'coffee', context).put('s', 'milk', context);
 * both.values(); // => ['milk', 'coffee'], of writers that had both read 'tea'
 * both.put('s', 'latte', both.context()).values(); // => ['latte']
 * ```
 */
export class DvvSet<Value> {
  /** By ascending ids. */
  readonly entries: readonly DvvEntry<Value>[];

  private constructor(entries: readonly DvvEntry<Value>[]) {
    this.entries = entries;
  }

  /** The set of a key that nobody has written. */
  static empty<Value>(): DvvSet<Value> {
    return new DvvSet<Value>([]);
  }

  /**
   * The set with these entries, as it was taken apart.
   *
   * @throws RangeError or TypeError for ids that name no replica or do not rise, for counters that
   *   count nothing, and for more values than versions.
   */
  static of<Value>(entries: readonly DvvEntry<Value>[]): DvvSet<Value> {
    let previous = '';
    for (const { id, counter, values } of entries) {
      checkReplicaId('id', id);
      if (id <= previous) {
        throw new RangeError(`id: expected one after ${JSON.stringify(previous)}, got ${id}`);
      }
      if (!Number.isSafeInteger(counter) || counter < Math.max(1, values.length)) {
        const least = Math.max(1, values.length);
        throw new RangeError(`counter: expected an integer in ${least}..2^53-1, got ${counter}`);
      }
      previous = id;
    }
    return new DvvSet(entries.map((entry) => ({ ...entry, values: [...entry.values] })));
  }

  /** The siblings: those of one server newest first, servers by their ids. */
  values(): Value[] {
    return this.entries.flatMap(({ values }) => values);
  }

  /** What who read `values` has seen; hand it out with them. */
  context(): VersionVector {
    return VectorClock.of(this.entries.map(({ id, counter }) => [id, counter] as const));
  }

  /**
   * The set after a client has written `value` through server `id`.
   *
   * @param context - What came with the client's last read; `VectorClock.empty` if it read nothing.
   * @throws RangeError if `id` names no replica, or has made 2^53-1 versions.
   *
   * @remarks
   * For the set that server `id` itself keeps, and for no other: it alone hands out its dots, and
   * must not have lost its count.
   */
  put(id: ReplicaId, value: Value, context: VersionVector): DvvSet<Value> {
    checkReplicaId('id', id);
    const entries = mergeEntries(this.entries, entriesOfContext<Value>(context));
    const at = entries.findIndex((entry) => entry.id >= id);
    const found = entries[at];
    if (found?.id === id) {
      const counter = successor('counter', found.counter);
      return new DvvSet(entries.with(at, { id, counter, values: [value, ...found.values] }));
    }
    const place = at < 0 ? entries.length : at;
    return new DvvSet(entries.toSpliced(place, 0, { id, counter: 1, values: [value] }));
  }

  /**
   * The set that has what this one or `other` has, without what either knows to be replaced.
   *
   * @remarks
   * Commutative, associative and idempotent: replicas that have met, over whomever, are equal.
   */
  sync(other: DvvSet<Value>): DvvSet<Value> {
    return new DvvSet(mergeEntries(this.entries, other.entries));
  }

  /** How far this one has got beside `other`: 'before' if a sync would make it the other. */
  compare(other: DvvSet<Value>): Ordering {
    const isWithin = isWithinEntries(this.entries, other.entries);
    const isAround = isWithinEntries(other.entries, this.entries);
    if (isWithin) return isAround ? 'equal' : 'before';
    return isAround ? 'after' : 'concurrent';
  }
}

/** Everything that `context` covers, replaced. */
function entriesOfContext<Value>(context: VersionVector): DvvEntry<Value>[] {
  return [...context].map(([id, counter]) => ({ id, counter, values: [] }));
}

function mergeEntries<Value>(
  left: readonly DvvEntry<Value>[],
  right: readonly DvvEntry<Value>[],
): DvvEntry<Value>[] {
  const merged: DvvEntry<Value>[] = [];
  let i = 0;
  let j = 0;
  for (;;) {
    const one = left[i];
    const other = right[j];
    if (one === undefined) return merged.concat(right.slice(j));
    if (other === undefined) return merged.concat(left.slice(i));
    if (one.id === other.id) merged.push(mergeEntry(one, other));
    else merged.push(one.id < other.id ? one : other);
    if (one.id <= other.id) i += 1;
    if (other.id <= one.id) j += 1;
  }
}

/** The larger n and the larger m. The values are those of the one that has made more. */
function mergeEntry<Value>(left: DvvEntry<Value>, right: DvvEntry<Value>): DvvEntry<Value> {
  const [newer, older] = left.counter >= right.counter ? [left, right] : [right, left];
  const replaced = Math.max(replacedCount(newer), replacedCount(older));
  return replaced === replacedCount(newer)
    ? newer
    : { ...newer, values: newer.values.slice(0, newer.counter - replaced) };
}

function replacedCount<Value>({ counter, values }: DvvEntry<Value>): number {
  return counter - values.length;
}

function isWithinEntries<Value>(
  inner: readonly DvvEntry<Value>[],
  outer: readonly DvvEntry<Value>[],
): boolean {
  const byId = new Map(outer.map((entry) => [entry.id, entry]));
  return inner.every((entry) => {
    const other = byId.get(entry.id);
    if (other === undefined) return false;
    return entry.counter <= other.counter && replacedCount(entry) <= replacedCount(other);
  });
}
