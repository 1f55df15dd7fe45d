/*
 * Causal stability: which events everybody has seen, so that nobody will ever ask for them again.
 *
 * A replica keeps what others may still lack: messages to send again, tombstones, entries of
 * clocks. It may throw a thing away once every member has it. A member says what it has with each
 * clock that it sends; so keep the last clock of each member, and take for every replica the
 * smallest number in these clocks. All events up to this cut are stable.
 *
 *             a  b  c
 *   from a:   7  4  2
 *   from b:   5  6  2       cut: a:5 b:3 c:1
 *   from c:   5  3  1
 *
 * Two things go wrong easily. A member that left is never heard again, and the cut stands still for
 * ever: so the set of members changes, by a number that all agree on (an epoch), never by a
 * guess of one's own, as a suspected member may still want what was thrown away. And a member that
 * joined has sent nothing yet, which must not drag the cut back: what was stable stays so, and a
 * newcomer begins with a copy of the state of a member, which has all that was stable.
 *
 * Sources: Wuu and Bernstein, "Efficient solutions to the replicated log and dictionary problems",
 * PODC 1984; Baquero, Almeida, Shoker, "Making operation-based CRDTs operation-based", DAIS 2014.
 */
import { checkCounter } from './counter.ts';
import type { Dot } from './dot.ts';
import { checkReplicaId, type ReplicaId } from './replica-id.ts';
import { merge, VectorClock } from './vector-clock.ts';
import { covers } from './version-vector.ts';

/** The clock that knows what both know: the smaller number of each replica. O(n log m). */
export function meet(left: VectorClock, right: VectorClock): VectorClock {
  const ids: ReplicaId[] = [];
  const counters: number[] = [];
  for (const [id, counter] of left) {
    const smaller = Math.min(counter, right.get(id));
    if (smaller === 0) continue;
    ids.push(id);
    counters.push(smaller);
  }
  return new VectorClock(ids.length === left.ids.length ? left.ids : ids, counters);
}

/**
 * What all of `clocks` know; nothing, if there are none: nobody vouches for anything then.
 */
export function stableCut(clocks: Iterable<VectorClock>): VectorClock {
  let cut: VectorClock | undefined;
  for (const clock of clocks) cut = cut === undefined ? clock : meet(cut, clock);
  return cut ?? VectorClock.empty;
}

/**
 * Follows which events all members of a group have seen.
 *
 * @remarks
 * The cut never goes back. It holds no clock of who is not a member.
 *
 * @example
 * ```ts
 * import { CausalStability, VectorClock } from '@quorate/vector-clocks';
 *
 * const stability = new CausalStability(1, ['a', 'b']);
 * stability.observe('a', VectorClock.of([['a', 3]])); // => 'observed'
 * stability.isStable({ id: 'a', counter: 1 }); // => false, as b may lack it
 * stability.observe('b', VectorClock.of([['a', 2]]));
 * stability.isStable({ id: 'a', counter: 2 }); // => true
 * ```
 */
export class CausalStability {
  #epoch: number;
  /** The largest clock of each member. */
  #clocks: Map<ReplicaId, VectorClock>;
  #cut: VectorClock;
  /** Whether a clock or the members changed since `#cut` was taken. */
  #isStale = false;

  /**
   * @param epoch - Of this set of members; 0..2^53-1.
   * @param members - Everybody whose word counts, oneself included.
   * @param cut - What was stable before, such as at a restart.
   * @throws RangeError or TypeError for an epoch or an id that is none.
   */
  constructor(epoch: number, members: Iterable<ReplicaId>, cut: VectorClock = VectorClock.empty) {
    this.#epoch = checkCounter('epoch', epoch, 0);
    this.#clocks = clocksOf(members, new Map());
    this.#cut = cut;
  }

  /** Of the members now. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Whose word counts. */
  get members(): ReplicaId[] {
    return [...this.#clocks.keys()];
  }

  /** What every member has seen. O(members * entries) after a change, O(1) otherwise. */
  get cut(): VectorClock {
    if (this.#isStale) {
      this.#cut = merge(this.#cut, stableCut(this.#clocks.values()));
      this.#isStale = false;
    }
    return this.#cut;
  }

  /**
   * Takes note that `member` has seen what `clock` tells of.
   *
   * @returns 'stranger' if it is no member; nothing is noted then.
   */
  observe(member: ReplicaId, clock: VectorClock): 'observed' | 'stranger' {
    const known = this.#clocks.get(member);
    if (known === undefined) return 'stranger';
    // Messages overtake each other: an early clock takes nothing back.
    this.#clocks.set(member, merge(known, clock));
    this.#isStale = true;
    return 'observed';
  }

  /** Whether every member has seen `dot`. */
  isStable(dot: Dot): boolean {
    return covers(this.cut, dot);
  }

  /** The members that are not known to have seen `dot`: for whom it is kept. */
  waitingFor(dot: Dot): ReplicaId[] {
    if (this.isStable(dot)) return [];
    return [...this.#clocks].flatMap(([id, clock]) => (covers(clock, dot) ? [] : [id]));
  }

  /**
   * From now on `members` decide, by an agreement of which `epoch` is the number.
   *
   * @returns 'outdated' if the epoch is not above the present one; nothing is changed then.
   * @throws RangeError or TypeError for an epoch or an id that is none.
   */
  setMembers(epoch: number, members: Iterable<ReplicaId>): 'changed' | 'outdated' {
    checkCounter('epoch', epoch, 0);
    if (epoch <= this.#epoch) return 'outdated';
    const clocks = clocksOf(members, this.#clocks);
    // What was stable up to here stays so, whoever comes.
    this.#cut = this.cut;
    this.#epoch = epoch;
    this.#clocks = clocks;
    this.#isStale = true;
    return 'changed';
  }
}

/** What is known of each of `members`: nothing of newcomers. */
function clocksOf(
  members: Iterable<ReplicaId>,
  known: ReadonlyMap<ReplicaId, VectorClock>,
): Map<ReplicaId, VectorClock> {
  const clocks = new Map<ReplicaId, VectorClock>();
  for (const id of members) {
    clocks.set(checkReplicaId('member', id), known.get(id) ?? VectorClock.empty);
  }
  return clocks;
}
