import type { Ordering } from '../ordering.ts';
import { type EventTree, eventsText, joinEvents, leqEvents, nextEvents } from './event-tree.ts';
import { type Identity, identityText, overlap, splitIdentity, sumIdentities } from './identity.ts';

/**
 * A stamp of an interval tree clock: a vector clock for replicas that come and go, without names
 * and without anybody who gives them out.
 *
 * @remarks
 * A value: every operation makes new stamps, and each stamp may be used once. A replica that has
 * forked, joined or had an event goes on with the result; two that go on with one stamp count as
 * one, and nobody finds out before they are joined. What is sent along with messages, or stored
 * beside data, is a `peek`: it knows everything and owns nothing, so any number of copies do no
 * harm.
 *
 *     to send       stamp = stamp.event(), send stamp.peek()
 *     to receive    stamp = stamp.join(received).event()
 *     to join in    [mine, yours] = stamp.fork()
 *     to leave      theirs = theirs.join(mine)
 *
 * Trees are as large as there are pieces at large, some bits each. Time and memory are linear in
 * the sizes of the trees. Whoever leaves without a word keeps its piece for ever.
 *
 * Source: Almeida, Baquero and Fonte, "Interval Tree Clocks: A Logical Clock for Dynamic Systems",
 * OPODIS 2008.
 *
 * @example
 * ```ts
 * let [left, right] = IntervalTreeStamp.seed.fork();
 * left = left.event();
 * right = right.event();
 * left.compare(right); // => 'concurrent'
 * right = right.join(left.peek());
 * left.compare(right); // => 'before'
 * right.join(left).toString(); // => '(1, 1)'
 * ```
 */
export class IntervalTreeStamp {
  /** The first stamp of all: owns everything, knows nothing. Use it once in a system. */
  static readonly seed: IntervalTreeStamp = new IntervalTreeStamp(1, 0);

  /** What this stamp owns. */
  readonly identity: Identity;
  /** What this stamp knows. */
  readonly events: EventTree;

  /** @param events - As `identity`, in normal form and at most 1 024 deep; it is not checked. */
  constructor(identity: Identity, events: EventTree) {
    this.identity = identity;
    this.events = events;
  }

  /** Whether it owns nothing, and so can have no events: the stamp of a message, or of data. */
  get isAnonymous(): boolean {
    return this.identity === 0;
  }

  /**
   * Two stamps in place of this one, each with half of what it owns.
   *
   * @throws RangeError if its piece was halved 1 024 times. A piece has as many halvings behind it
   *   as forks in a row were made of it, so that a thousand forks in turn come there, and a million
   *   in the shape of a tree do not.
   */
  fork(): readonly [left: IntervalTreeStamp, right: IntervalTreeStamp] {
    const [left, right] = splitIdentity(this.identity);
    return [new IntervalTreeStamp(left, this.events), new IntervalTreeStamp(right, this.events)];
  }

  /**
   * One stamp in place of both: it owns and knows what either did.
   *
   * @throws RangeError if both own something: then one stamp was used twice, a fork sent twice say.
   */
  join(other: IntervalTreeStamp): IntervalTreeStamp {
    const identity = sumIdentities(this.identity, other.identity);
    return new IntervalTreeStamp(identity, joinEvents(this.events, other.events));
  }

  /**
   * This stamp after one more event: it knows more than every stamp that there was.
   *
   * @throws RangeError if it is anonymous, or the count would be larger than 2^53-1.
   */
  event(): IntervalTreeStamp {
    return new IntervalTreeStamp(this.identity, nextEvents(this.identity, this.events));
  }

  /** What it knows, without what it owns: for messages and data. */
  peek(): IntervalTreeStamp {
    return new IntervalTreeStamp(0, this.events);
  }

  /** Whether it knows nothing that `other` does not. */
  leq(other: IntervalTreeStamp): boolean {
    return leqEvents(this.events, other.events);
  }

  /** How what this stamp knows stands to what `other` knows. What they own does not matter. */
  compare(other: IntervalTreeStamp): Ordering {
    if (this.leq(other)) return other.leq(this) ? 'equal' : 'before';
    return other.leq(this) ? 'after' : 'concurrent';
  }

  /** Whether both own something, so that they cannot be joined. */
  overlaps(other: IntervalTreeStamp): boolean {
    return overlap(this.identity, other.identity);
  }

  /** As the paper writes it: `((1, 0), (0, 1, 0))`, what it owns and what it knows. */
  toString(): string {
    return `(${identityText(this.identity)}, ${eventsText(this.events)})`;
  }
}
