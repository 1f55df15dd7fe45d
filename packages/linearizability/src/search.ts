/*
 * Is there an order of the operations, each between its call and its return, that the sequential
 * object could have produced? The search tries orders depth first.
 *
 *     time ─────────────────────────────────▶
 *     a  ├──────────────┤                        The events, in order: call a, call b, return b,
 *     b     ├───┤                                call c, return a, return c. Up to the first
 *     c              ├─────────┤                 return, any call may be linearized next.
 *
 * The calls of what is not linearized yet stand in one linked list, its returns in another:
 *
 * - walk the calls up to the first return. If the operation can happen now, as the model sees it,
 *   and the configuration (which operations are linearized, and the state) is new, linearize it:
 *   lift its call and return out of the lists, and begin again at the front;
 * - at the first return, the operation that returns here is not linearized and cannot be any more.
 *   The last choice was wrong: put it back where it was and walk on from there. Without a choice
 *   left, the history is not linearizable;
 * - when every operation that returned has been lifted, it is.
 *
 * An operation of unknown outcome has no return: it stays a choice for ever, and may be left out.
 *
 * That much decides. More rules spare the search what cannot help it:
 *
 * 1. Reads at once. A read that can happen now may as well happen at once: it never changes a
 *    state, so every order in which it comes later stays an order when it is moved here. So the
 *    calls of reads have a list of their own, which is walked first. (A write of the value that is
 *    there already is no read: later it might have changed something.)
 * 2. Nothing unknown in vain. An operation of unknown outcome that would change nothing now need
 *    not happen now; nor need it have happened if the next choice leads to the same state without.
 * 3. Twins in turn. Of two operations that ask and answer the same, the one that was called first
 *    and must be over first goes first: the other way round is the same order with names swapped.
 * 4. Looking ahead. The next read to return must still be possible, as far as the model can tell
 *    (`mayStillAnswer`). Where answers reveal history, as those of an append-only text do, the next
 *    read refutes most orders of the writes before it, long before the search gets there.
 *
 * Why the rules do not spoil one another: take, among the configurations that were searched and
 * from which there is a way to the end, one with the shortest way, and of those one with the fewest
 * operations linearized. The first step of the way was not refused for good: by 1, the read may be
 * moved to the front of the way; by 2, either the step may be left out, which makes the way
 * shorter, or the same way starts at the configuration before, which has fewer linearized and was
 * searched too; by 3, the twins may be swapped; by 4, there would be no way. And if the step leads
 * to a configuration that was known, then that one was searched, and its way is shorter. So the way
 * has no first step: the search is at the end.
 *
 * Sources: J. Wing and C. Gong, "Testing and verifying concurrent objects", JPDC 1993; G. Lowe,
 * "Testing for linearizability", CCPE 2017. Rules 2 to 4 are ours.
 */

import { Configurations, type MemoryBudget } from './configurations.ts';
import { EventList } from './event-list.ts';
import type { Model } from './model.ts';
import { NO_TWIN, type Partition } from './partition.ts';
import { IMPOSSIBLE, StateTable } from './state-table.ts';

/** 'unknown': a bound was met first. Never a guess. */
export type Verdict = 'linearizable' | 'not-linearizable' | 'unknown';

/** What became of a configuration: to be searched; searched before; hopeless; no memory for it. */
type Entered = 'new' | 'known' | 'refuted' | 'full';

/** How far ahead the next read and what may come before it are looked for, in events. */
const LOOK_AHEAD_EVENTS = 128;

/** The search through one partition, which can be paused and resumed. */
export class Search<State, Input, Output> {
  readonly partition: Partition<Input, Output>;
  readonly #states: StateTable<State, Input, Output>;
  readonly #configurations: Configurations;
  readonly #looksAhead: boolean;

  /** The events of what is open, in three circles. */
  readonly #events: EventList;
  /** The heads. Their numbers are above those of all events: the end of a circle is late. */
  readonly #changes: number;
  readonly #reads: number;
  readonly #returns: number;

  /** The operations linearized, in order, and for each what it takes to undo it. */
  readonly #chosen: Int32Array;
  readonly #stateBefore: Int32Array;
  readonly #highestBefore: Int32Array;
  /** 1 for a read that was taken at once, 0 for a choice that had alternatives. */
  readonly #isForced: Uint8Array;
  #depth = 0;

  /** One bit per linearized operation, the XOR of their hashes, and the highest of them. */
  readonly #bits: Int32Array;
  #hash = 0;
  #highest = -1;

  #state: number;
  #completedLeft: number;

  /** The event to look at next, and what for. */
  #at: number;
  #pass: 'reads' | 'changes' | 'narrowing' = 'reads';
  #steps = 0;

  /** The furthest return that could not be passed, and that of a read that was given up. */
  #stuckAt = 0;
  #refutedAt = 0;

  constructor(
    model: Model<State, Input, Output>,
    partition: Partition<Input, Output>,
    budget: MemoryBudget,
  ) {
    this.partition = partition;
    this.#states = new StateTable(model, partition.questions, budget);
    this.#configurations = new Configurations(budget);
    this.#looksAhead = model.mayStillAnswer !== undefined;
    const { operationOf, operations } = partition;
    this.#changes = operationOf.length;
    this.#reads = operationOf.length + 1;
    this.#returns = operationOf.length + 2;
    this.#events = new EventList(operationOf.length + 3);
    this.#chosen = new Int32Array(operations.length);
    this.#stateBefore = new Int32Array(operations.length);
    this.#highestBefore = new Int32Array(operations.length);
    this.#isForced = new Uint8Array(operations.length);
    this.#bits = new Int32Array((operations.length >>> 5) + 1);
    this.#state = this.#states.initial();
    this.#completedLeft = partition.completedCount;
    this.#linkAll();
    this.#at = this.#events.next(this.#reads);
  }

  /** Events looked at so far. */
  get steps(): number {
    return this.#steps;
  }

  /** Configurations remembered so far. */
  get configurationCount(): number {
    return this.#configurations.count;
  }

  /** The operations linearized at this moment, in their order; the whole order at the end. */
  get order(): Int32Array {
    return this.#chosen.slice(0, this.#depth);
  }

  /** The states after `order`. */
  get currentStates(): readonly State[] {
    return this.#states.statesOf(this.#state);
  }

  /**
   * If not linearizable: two operations between whose returns the first return lies that no order
   * can pass, ends included. All that returned before the first of them is linearizable; all that
   * returned up to the last is not.
   */
  get stuckBetween(): readonly [number, number] {
    const { operationOf } = this.partition;
    const last = Math.max(this.#stuckAt, this.#refutedAt);
    return [operationOf[this.#stuckAt] ?? 0, operationOf[last] ?? 0];
  }

  /**
   * Goes on for at most `stepCount` events.
   *
   * @returns The verdict, or `undefined` if more steps are needed.
   */
  run(stepCount: number): Verdict | undefined {
    const lastStep = this.#steps + stepCount;
    const { operationOf } = this.partition;
    while (this.#completedLeft > 0) {
      if (this.#steps >= lastStep) return undefined;
      this.#steps += 1;
      const event = this.#at;
      // What is called behind the first return cannot happen before what returns there.
      if (event > this.#events.next(this.#returns)) {
        if (!this.#nextPass() && !this.#turnBack()) return 'not-linearizable';
      } else if (this.#pass === 'reads') {
        this.#takeRead(event, operationOf[event] ?? 0);
      } else if (this.#choose(event, operationOf[event] ?? 0) === 'full') {
        return 'unknown';
      }
    }
    return 'linearizable';
  }

  /** Goes on to what else can be done in this configuration. False if that was all. */
  #nextPass(): boolean {
    if (this.#pass === 'reads') {
      this.#pass = 'changes';
      this.#at = this.#events.next(this.#changes);
      return true;
    }
    if (this.#pass === 'narrowing' || this.#states.isCertain(this.#state)) return false;
    // Reads that were not taken at once may tell in which of several states the object is.
    this.#pass = 'narrowing';
    this.#at = this.#events.next(this.#reads);
    return true;
  }

  /** Linearizes `operation` if it is possible and leaves all states as they are; walks on. */
  #takeRead(event: number, operation: number): void {
    const before = this.#events.previous(event);
    const state = this.#state;
    const isTaken = this.#states.next(state, this.partition.questionOf[operation] ?? 0) === state;
    if (isTaken) this.#lift(operation, state, 1);
    this.#at = this.#events.next(isTaken ? before : event);
  }

  /** Linearizes `operation` if it can happen now and that may help; walks on otherwise. */
  #choose(event: number, operation: number): Entered {
    this.#at = this.#events.next(event);
    const twin = this.partition.twinOf[operation] ?? NO_TWIN;
    if (twin !== NO_TWIN && !this.#isLinearized(twin)) return 'refuted';
    const next = this.#states.next(this.#state, this.partition.questionOf[operation] ?? 0);
    if (next === IMPOSSIBLE || this.#isInVain(operation, next)) return 'refuted';
    this.#lift(operation, next, 0);
    const entered = this.#enter();
    if (entered === 'new') {
      this.#pass = 'reads';
      this.#at = this.#events.next(this.#reads);
    } else {
      this.#unlift();
    }
    return entered;
  }

  /** Whether an operation of unknown outcome, this one or the last, makes no difference. */
  #isInVain(operation: number, next: number): boolean {
    const { returnOf, questionOf } = this.partition;
    if (next === this.#state && returnOf[operation] === 0) return true;
    const last = this.#depth - 1;
    if (last < 0 || returnOf[this.#chosen[last] ?? 0] !== 0) return false;
    return this.#states.next(this.#stateBefore[last] ?? 0, questionOf[operation] ?? 0) === next;
  }

  #isLinearized(operation: number): boolean {
    return (((this.#bits[operation >>> 5] ?? 0) >>> (operation & 31)) & 1) === 1;
  }

  /** Whether the configuration that was just made is worth being searched. */
  #enter(): Entered {
    if (this.#looksAhead && !this.#mayGoOn()) return 'refuted';
    // All operations before the first that is open are linearized: their words are ones.
    const firstOpen = Math.min(this.#events.next(this.#changes), this.#events.next(this.#reads));
    const first = (this.partition.operationOf[firstOpen] ?? 0) >>> 5;
    const last = this.#highest >> 5;
    return this.#configurations.add(this.#hash, this.#state, this.#bits, first, last);
  }

  /** Whether the next read to return may still be answered as it was. */
  #mayGoOn(): boolean {
    const { operationOf, questionOf, questions } = this.partition;
    const read = this.#nextReadToReturn();
    if (read === this.#returns) return true;
    const changes: Input[] = [];
    let called = this.#events.next(this.#changes);
    for (; called < read; called = this.#events.next(called)) {
      const question = questions[questionOf[operationOf[called] ?? 0] ?? 0];
      if (question !== undefined) changes.push(question.input);
      if (changes.length > LOOK_AHEAD_EVENTS) return true;
    }
    const asked = questionOf[operationOf[read] ?? 0] ?? 0;
    if (this.#states.mayStillAnswer(this.#state, asked, changes)) return true;
    if (read > this.#refutedAt) this.#refutedAt = read;
    return false;
  }

  /** The return of that read, or the head of the returns if there is none near. */
  #nextReadToReturn(): number {
    const { operationOf, isRead } = this.partition;
    let returned = this.#events.next(this.#returns);
    for (let seen = 0; returned !== this.#returns; seen += 1) {
      if (isRead[operationOf[returned] ?? 0] === 1) return returned;
      if (seen === LOOK_AHEAD_EVENTS) return this.#returns;
      returned = this.#events.next(returned);
    }
    return returned;
  }

  /** Notes what could not be passed. False if there is no other way to try. */
  #turnBack(): boolean {
    const firstReturn = this.#events.next(this.#returns);
    if (firstReturn > this.#stuckAt) this.#stuckAt = firstReturn;
    return this.#backtrack();
  }

  /** Undoes choices up to the last that had an alternative, and walks on behind it. */
  #backtrack(): boolean {
    while (this.#depth > 0) {
      const isForced = this.#isForced[this.#depth - 1] === 1;
      const operation = this.#unlift();
      if (isForced) continue;
      this.#pass = this.partition.isRead[operation] === 1 ? 'narrowing' : 'changes';
      this.#at = this.#events.next(this.partition.callOf[operation] ?? 0);
      return true;
    }
    return false;
  }

  #lift(operation: number, next: number, isForced: 0 | 1): void {
    const { callOf, returnOf } = this.partition;
    this.#chosen[this.#depth] = operation;
    this.#stateBefore[this.#depth] = this.#state;
    this.#highestBefore[this.#depth] = this.#highest;
    this.#isForced[this.#depth] = isForced;
    this.#depth += 1;
    this.#state = next;
    if (operation > this.#highest) this.#highest = operation;
    this.#flip(operation);
    this.#events.remove(callOf[operation] ?? 0);
    const returned = returnOf[operation] ?? 0;
    if (returned === 0) return;
    this.#events.remove(returned);
    this.#completedLeft -= 1;
  }

  /** Undoes the last choice, in the reverse order of how it was made. */
  #unlift(): number {
    const { callOf, returnOf } = this.partition;
    this.#depth -= 1;
    const operation = this.#chosen[this.#depth] ?? 0;
    const returned = returnOf[operation] ?? 0;
    if (returned !== 0) {
      this.#events.putBack(returned);
      this.#completedLeft += 1;
    }
    this.#events.putBack(callOf[operation] ?? 0);
    this.#flip(operation);
    this.#state = this.#stateBefore[this.#depth] ?? 0;
    this.#highest = this.#highestBefore[this.#depth] ?? -1;
    return operation;
  }

  #flip(operation: number): void {
    const word = operation >>> 5;
    this.#bits[word] = (this.#bits[word] ?? 0) ^ (1 << (operation & 31));
    this.#hash ^= this.partition.hashOf[operation] ?? 0;
  }

  #linkAll(): void {
    const { operationOf, callOf, isRead } = this.partition;
    for (let event = 1; event < operationOf.length; event += 1) {
      const operation = operationOf[event] ?? 0;
      const calls = isRead[operation] === 1 ? this.#reads : this.#changes;
      this.#events.append(callOf[operation] === event ? calls : this.#returns, event);
    }
  }
}
