/**
 * Holds messages back until all that came before them has been delivered.
 *
 * The obvious buffer looks at everything that waits after each delivery, until nothing more fits:
 * with n messages in the worst order, n² checks. Here a message waits for one thing, the first
 * that its check found missing, in a list under that very message's name; the delivery of that one
 * wakes the list and nobody else. A woken message goes on checking where it stopped, and is
 * delivered, or waits for the next thing that is missing. So a message is looked at once for each
 * entry that was missing when it came, however many others wait.
 *
 * ```text
 *   delivered  a:4  b:7                     waiting under
 *   (a, 6) needs a:5        ──────────────▸  (a, 5)
 *   (b, 8) needs a:6        ──────────────▸  (a, 6)
 *   (a, 5) comes, is delivered, wakes (a, 6): delivered, wakes (b, 8): delivered
 * ```
 *
 * Memory is bounded by what may wait, in messages and in bytes. Of the messages, each member has a
 * share. When the buffer is full, what is further ahead than its origin's share is refused, and
 * what is within it replaces whatever is furthest ahead of all: a flood of new messages never keeps
 * out the old ones that fill the gaps. What was refused or replaced must be offered again later:
 * whoever keeps the messages has to (in `CausalBroadcast`, all members do). What can be delivered
 * now is never refused, and of all that is missing anywhere something can always be delivered next,
 * so a full buffer drains as its gaps are filled.
 *
 * A pure core, over members by their index; it keeps its state in place because it is on the path
 * of every message.
 *
 * Source: the delivery condition of Birman, Schiper and Stephenson (`causal-order.ts`).
 */
import { firstMissing } from './causal-order.ts';

/** What became of a message that was offered. */
export type OfferOutcome =
  /** Nothing is missing: `take` returns it. */
  | 'ready'
  /** Kept until something else is delivered. */
  | 'waiting'
  /** Delivered already, or kept already. */
  | 'duplicate'
  /** It would have to wait, too much waits, and it is far ahead: offer it again later. */
  | 'full';

/** How a buffer begins, and what bounds it. */
export interface CausalBufferOptions {
  /** Members, an integer of at least 1; each has its index, 0..memberCount - 1. */
  readonly memberCount: number;
  /** How many messages of each were delivered before. Copied. Default: none. */
  readonly delivered?: Float64Array;
  /** Messages that may wait, at least 1. More: fewer are asked for again. Default 4,096. */
  readonly waitingCountMax?: number;
  /** Their bytes, as told to `offer`, at least 1. Default 16 MiB. */
  readonly waitingBytesMax?: number;
}

/** One message on its way through a buffer. */
export interface CausalMessage<Message> {
  /** The index of who published it. */
  readonly origin: number;
  /** What that one had delivered, with the message itself. */
  readonly vector: Float64Array;
  readonly message: Message;
  readonly sizeBytes: number;
}

interface Held<Message> extends CausalMessage<Message> {
  /** The index at which the check stopped; all before it is satisfied. */
  missing: number;
  /** The next one in the same list. */
  next: Held<Message> | undefined;
}

/** What waits of one member: its own messages by counter, and who waits for which of them. */
interface Lane<Message> {
  readonly held: Map<number, Held<Message>>;
  readonly waiters: Map<number, Held<Message>>;
}

/**
 * Puts messages into causal order: each comes out once, after all of its past.
 *
 * @remarks
 * `offer` and `take` are O(members) for the first check; all later checks of a message together are
 * O(members) as well. Nothing depends on how much waits.
 *
 * @example
 * ```ts
 * import { CausalBuffer } from '@quorate/vector-clocks';
 *
 * const buffer = new CausalBuffer<string>({ memberCount: 2 });
 * buffer.offer(1, Float64Array.of(1, 1), 'an answer'); // => 'waiting'
 * buffer.offer(0, Float64Array.of(1, 0), 'a question'); // => 'ready'
 * buffer.take()?.message; // => 'a question'
 * buffer.take()?.message; // => 'an answer'
 * buffer.take(); // => undefined
 * ```
 */
export class CausalBuffer<Message> {
  readonly memberCount: number;
  readonly #delivered: Float64Array;
  /** Of each member the counter of its message that is ready; there is one at most. */
  readonly #ready: Float64Array;
  readonly #lanes: readonly Lane<Message>[];
  readonly #countMax: number;
  readonly #bytesMax: number;
  #head: Held<Message> | undefined;
  #tail: Held<Message> | undefined;
  #waitingCount = 0;
  #waitingBytes = 0;
  #wakeCount = 0;

  /** @throws RangeError if an option is out of its range. */
  constructor(options: CausalBufferOptions) {
    const { memberCount, delivered } = options;
    const { waitingCountMax = 4_096, waitingBytesMax = 16 * 1_024 * 1_024 } = options;
    expectCount('memberCount', memberCount);
    expectCount('waitingCountMax', waitingCountMax);
    expectCount('waitingBytesMax', waitingBytesMax);
    if (delivered !== undefined) expectLength('delivered', delivered, memberCount);
    this.memberCount = memberCount;
    this.#delivered = delivered?.slice() ?? new Float64Array(memberCount);
    this.#ready = new Float64Array(memberCount);
    this.#lanes = Array.from({ length: memberCount }, () => ({
      held: new Map<number, Held<Message>>(),
      waiters: new Map<number, Held<Message>>(),
    }));
    this.#countMax = waitingCountMax;
    this.#bytesMax = waitingBytesMax;
  }

  /** Messages that wait. */
  get waitingCount(): number {
    return this.#waitingCount;
  }

  /** Their bytes. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** How far behind those delivered messages of each member are taken in, however full it is. */
  get share(): number {
    return Math.max(1, Math.floor(this.#countMax / this.memberCount));
  }

  /** How often a waiting message was looked at again: at most once for each entry it lacked. */
  get wakeCount(): number {
    return this.#wakeCount;
  }

  /** How many messages of the member at `index` were delivered. */
  deliveredOf(index: number): number {
    return this.#delivered[index] ?? 0;
  }

  /** What was delivered, of each member: a copy. */
  delivered(): Float64Array {
    return this.#delivered.slice();
  }

  /** Whether message `counter` of `origin` waits, or is ready. */
  holds(origin: number, counter: number): boolean {
    return this.#ready[origin] === counter || this.#lanes[origin]?.held.has(counter) === true;
  }

  /**
   * Takes a message in, in any order, any number of times.
   *
   * @param origin - The index of who published it.
   * @param vector - What that one had delivered, with the message itself. Kept, not copied.
   * @param sizeBytes - What it counts towards `waitingBytesMax`. Default 0.
   * @throws RangeError if there is no such member, or the vector has another length.
   */
  offer(origin: number, vector: Float64Array, message: Message, sizeBytes = 0): OfferOutcome {
    const delivered = this.#delivered;
    if (vector.length !== delivered.length) expectLength('vector', vector, this.memberCount);
    const counter = vector[origin];
    const known = delivered[origin];
    if (counter === undefined || known === undefined) {
      throw new RangeError(`origin: expected 0..${this.memberCount - 1}, got ${origin}`);
    }
    if (counter <= known || this.holds(origin, counter)) return 'duplicate';
    const missing = firstMissing(delivered, origin, vector);
    if (missing < 0) {
      this.#append({ origin, vector, message, sizeBytes, missing, next: undefined }, counter);
      return 'ready';
    }
    if (!this.#hasRoom(sizeBytes) && !this.#makeRoom(counter - known, sizeBytes)) return 'full';
    this.#park({ origin, vector, message, sizeBytes, missing, next: undefined }, counter);
    return 'waiting';
  }

  /** The next message that may be delivered, which counts as delivered from now on. */
  take(): CausalMessage<Message> | undefined {
    const taken = this.#head;
    if (taken === undefined) return undefined;
    this.#head = taken.next;
    if (this.#head === undefined) this.#tail = undefined;
    taken.next = undefined;
    this.#count(taken.origin, taken.vector[taken.origin] ?? 0);
    return taken;
  }

  /**
   * Counts one more message of `origin` as delivered that did not come through `offer`: one's own.
   *
   * @returns Its counter.
   */
  advance(origin: number): number {
    const counter = this.deliveredOf(origin) + 1;
    this.#count(origin, counter);
    return counter;
  }

  /**
   * Gives up what can never be delivered: all that waits and knows of more of `origin` than
   * `counter`.
   *
   * @returns How many messages that were.
   */
  dropBeyond(origin: number, counter: number): number {
    const before = this.#waitingCount;
    const kept = [...this.waiting()].filter(({ vector }) => (vector[origin] ?? 0) <= counter);
    if (kept.length === before) return 0;
    this.#refill(kept);
    return before - kept.length;
  }

  /** All that waits, oldest first of each member. */
  *waiting(): Generator<CausalMessage<Message>> {
    for (const { held } of this.#lanes) yield* held.values();
  }

  #count(origin: number, counter: number): void {
    this.#delivered[origin] = counter;
    const waiters = this.#lanes[origin]?.waiters;
    if (waiters === undefined || waiters.size === 0) return;
    let woken = waiters.get(counter);
    if (woken === undefined) return;
    waiters.delete(counter);
    while (woken !== undefined) {
      const after: Held<Message> | undefined = woken.next;
      woken.next = undefined;
      this.#wake(woken);
      woken = after;
    }
  }

  #wake(held: Held<Message>): void {
    this.#wakeCount += 1;
    const { origin, vector, sizeBytes } = held;
    held.missing = firstMissing(this.#delivered, origin, vector, held.missing);
    if (held.missing >= 0) {
      this.#waitFor(held);
      return;
    }
    const counter = vector[origin] ?? 0;
    this.#lanes[origin]?.held.delete(counter);
    this.#waitingCount -= 1;
    this.#waitingBytes -= sizeBytes;
    this.#append(held, counter);
  }

  #append(held: Held<Message>, counter: number): void {
    this.#ready[held.origin] = counter;
    if (this.#tail === undefined) this.#head = held;
    else this.#tail.next = held;
    this.#tail = held;
  }

  #park(held: Held<Message>, counter: number): void {
    this.#lanes[held.origin]?.held.set(counter, held);
    this.#waitingCount += 1;
    this.#waitingBytes += held.sizeBytes;
    this.#waitFor(held);
  }

  #waitFor(held: Held<Message>): void {
    const { origin, vector, missing } = held;
    const needed = (vector[missing] ?? 0) - (missing === origin ? 1 : 0);
    const waiters = this.#lanes[missing]?.waiters;
    held.next = waiters?.get(needed);
    waiters?.set(needed, held);
  }

  #hasRoom(sizeBytes: number): boolean {
    return this.#waitingCount < this.#countMax && this.#waitingBytes + sizeBytes <= this.#bytesMax;
  }

  /** For what is `ahead` of what was delivered of its origin: at the cost of what is further. */
  #makeRoom(ahead: number, sizeBytes: number): boolean {
    if (ahead > this.share) return false;
    while (!this.#hasRoom(sizeBytes)) {
      const furthest = this.#furthest();
      if (furthest === undefined) return false;
      this.#discard(furthest);
    }
    return true;
  }

  /** What is further ahead than anything else, and than its origin's share. O(waiting). */
  #furthest(): Held<Message> | undefined {
    let furthest: Held<Message> | undefined;
    let most = this.share;
    for (const [origin, { held }] of this.#lanes.entries()) {
      const known = this.deliveredOf(origin);
      for (const [counter, one] of held) {
        if (counter - known <= most) continue;
        most = counter - known;
        furthest = one;
      }
    }
    return furthest;
  }

  #discard(held: Held<Message>): void {
    const { origin, vector, missing, sizeBytes } = held;
    this.#lanes[origin]?.held.delete(vector[origin] ?? 0);
    this.#waitingCount -= 1;
    this.#waitingBytes -= sizeBytes;
    const needed = (vector[missing] ?? 0) - (missing === origin ? 1 : 0);
    const waiters = this.#lanes[missing]?.waiters;
    let before = waiters?.get(needed);
    if (before === held) {
      if (held.next === undefined) waiters?.delete(needed);
      else waiters?.set(needed, held.next);
      return;
    }
    while (before !== undefined && before.next !== held) before = before.next;
    if (before !== undefined) before.next = held.next;
  }

  #refill(kept: readonly CausalMessage<Message>[]): void {
    for (const { held, waiters } of this.#lanes) {
      held.clear();
      waiters.clear();
    }
    this.#waitingCount = 0;
    this.#waitingBytes = 0;
    for (const { origin, vector, message, sizeBytes } of kept) {
      const missing = firstMissing(this.#delivered, origin, vector);
      const held = { origin, vector, message, sizeBytes, missing, next: undefined };
      this.#park(held, vector[origin] ?? 0);
    }
  }
}

function expectCount(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new RangeError(`${name}: expected an integer of at least 1, got ${value}`);
}

function expectLength(name: string, vector: Float64Array, memberCount: number): void {
  if (vector.length === memberCount) return;
  throw new RangeError(`${name}: expected ${memberCount} entries, got ${vector.length}`);
}
