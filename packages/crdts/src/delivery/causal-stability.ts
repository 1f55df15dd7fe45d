/*
 * Causal stability: what everybody has, so that nobody will ever ask for it again.
 *
 * A tombstone is kept for those who might still bring what it buried. Once all members have it,
 * and nothing made without it is on its way to here, it can go. Each member says now and then how
 * many changes of each replica it has; the smallest numbers are what all have.
 *
 *             a  b  c
 *   from a:   7  4  2
 *   from b:   5  6  2       all have  a: 5  b: 3  c: 1
 *   from c:   5  3  1
 *
 * That is not enough. Member b may have changed something before it learnt of a: 5, and that change
 * may still be on its way: b's report counts it, but it has not arrived here. So a report counts
 * only when all that is in it has been delivered here. What b changes afterwards, it changes with
 * a: 5 in mind.
 *
 * Members change by an agreement, which has a number (an epoch), never by a guess: somebody who is
 * silent may come back. A newcomer starts from the state of a member. What was stable stays so.
 *
 * `ReplicatedValue.compact` has this built in. It is here for those who deliver by other means.
 *
 * Sources: Wuu and Bernstein, "Efficient solutions to the replicated log and dictionary problems",
 * PODC 1984; Baquero, Almeida and Shoker, "Making operation-based CRDTs operation-based", DAIS
 * 2014.
 */
import { checkReplicaId, type ReplicaId } from '../replica-id.ts';

/** How many changes of each replica are known, from the first one on. */
export type Version = ReadonlyMap<ReplicaId, number>;

/**
 * Follows what all members of a group have.
 *
 * @example
 * ```ts
 * import { CausalStability } from '@quorate/crdts';
 *
 * const stability = new CausalStability(1, ['a', 'b']);
 * const here = new Map([['a', 3], ['b', 1]]);
 * stability.report('a', here); // => 'noted'
 * stability.report('b', new Map([['a', 2], ['b', 1]]));
 * [...stability.stable(here)]; // => [['a', 2], ['b', 1]]
 * ```
 */
export class CausalStability {
  #epoch: number;
  /** What counts of each member; `undefined` before its first report. */
  #counted: Map<ReplicaId, Version | undefined>;
  /** The last report of each member, if it does not count yet. */
  readonly #pending = new Map<ReplicaId, Version>();
  #stable: Version = new Map();

  /**
   * @param epoch - Of this set of members; 0..2^53-1.
   * @param members - Everybody whose word counts, oneself included.
   * @throws RangeError or TypeError for an epoch or an id that is none.
   */
  constructor(epoch: number, members: Iterable<ReplicaId>) {
    this.#epoch = checkEpoch(epoch);
    this.#counted = membersOf(members, new Map());
  }

  /** Of the members now. */
  get epoch(): number {
    return this.#epoch;
  }

  /**
   * Takes note that `member` has all of `version`. Late reports do no harm.
   *
   * @returns 'stranger' if it is no member; nothing is noted then.
   */
  report(member: ReplicaId, version: Version): 'noted' | 'stranger' {
    if (!this.#counted.has(member)) return 'stranger';
    const last = this.#pending.get(member);
    this.#pending.set(member, last === undefined ? new Map(version) : larger(last, version));
    return 'noted';
  }

  /**
   * What all members have, and nothing made without it is on its way.
   *
   * @param delivered - What has been delivered here.
   * @remarks It never goes back. O(members * replicas).
   */
  stable(delivered: Version): Version {
    for (const [member, version] of this.#pending) {
      if (!covers(delivered, version)) continue;
      this.#counted.set(member, larger(this.#counted.get(member) ?? new Map(), version));
      this.#pending.delete(member);
    }
    let cut: Map<ReplicaId, number> | undefined;
    for (const version of this.#counted.values()) {
      if (version === undefined) return this.#stable;
      cut = cut === undefined ? new Map(version) : smaller(cut, version);
    }
    this.#stable = larger(this.#stable, cut ?? new Map());
    return this.#stable;
  }

  /**
   * From now on `members` decide, by an agreement of which `epoch` is the number. A newcomer holds
   * up everything until its first report.
   *
   * @returns 'outdated' if the epoch is not above the present one; nothing is changed then.
   * @throws RangeError or TypeError for an epoch or an id that is none.
   */
  setMembers(epoch: number, members: Iterable<ReplicaId>): 'changed' | 'outdated' {
    if (checkEpoch(epoch) <= this.#epoch) return 'outdated';
    this.#counted = membersOf(members, this.#counted);
    this.#epoch = epoch;
    for (const member of this.#pending.keys()) {
      if (!this.#counted.has(member)) this.#pending.delete(member);
    }
    return 'changed';
  }
}

function membersOf(
  members: Iterable<ReplicaId>,
  known: ReadonlyMap<ReplicaId, Version | undefined>,
): Map<ReplicaId, Version | undefined> {
  return new Map([...members].map((id) => [checkReplicaId('member', id), known.get(id)]));
}

function checkEpoch(epoch: number): number {
  if (Number.isSafeInteger(epoch) && epoch >= 0) return epoch;
  throw new RangeError(`epoch: expected an integer in 0..2^53-1, got ${epoch}`);
}

function covers(known: Version, version: Version): boolean {
  return [...version].every(([id, count]) => (known.get(id) ?? 0) >= count);
}

function larger(left: Version, right: Version): Version {
  const both = new Map(left);
  for (const [id, count] of right) both.set(id, Math.max(count, left.get(id) ?? 0));
  return both;
}

function smaller(left: Version, right: Version): Map<ReplicaId, number> {
  const both = new Map<ReplicaId, number>();
  for (const [id, count] of left) {
    const least = Math.min(count, right.get(id) ?? 0);
    if (least > 0) both.set(id, least);
  }
  return both;
}
