/*
 * Is there an order of the operations, each between its call and its return, that the sequential
 * object could have produced? The search tries orders depth first.
 *
 *     time ─────────────────────────────────▶
 *     a  ├──────────────┤                        The events, in order: call a, call b, return b,
 *     b     ├───┤                                call c, return a, return c. Up to the first
 *     c              ├─────────┤                 return, any call may be linearized next.
 *
 * All events stand in one linked list. The search walks it from the front:
 *
 * - at a call, ask the model. If the operation can happen now, and the configuration (which
 *   operations are linearized, and the state) is new, linearize it: lift its call and return out of
 *   the list and begin again at the front;
 * - at a return, the operation that returns here is not linearized and cannot be any more. The last
 *   choice was wrong: put it back where it was and walk on from there. Without a choice left, the
 *   history is not linearizable;
 * - when every operation that returned has been lifted, it is.
 *
 * Two more rules cut branches that cannot matter. A read that can happen now may as well happen at
 * once: it never changes a state, so every order in which it comes later stays an order when it is
 * moved here, and no other choice at this place need be tried. (A write of the value that is there
 * already is no read: later it might have changed something.) And an operation of unknown outcome
 * that would change nothing now need not happen now.
 *
 * An operation of unknown outcome has no return: it stays a choice for ever, and may be left out.
 *
 * Sources: J. Wing and C. Gong, "Testing and verifying concurrent objects", JPDC 1993; G. Lowe,
 * "Testing for linearizability", CCPE 2017.
 */

import { Configurations, type MemoryBudget } from './configurations.ts';
import type { Model } from './model.ts';
import type { Partition } from './partition.ts';
import { IMPOSSIBLE, StateTable } from './state-table.ts';

/** 'unknown': a bound was met first. Never a guess. */
export type Verdict = 'linearizable' | 'not-linearizable' | 'unknown';

/** The search through one partition, which can be paused and resumed. */
export class Search<State, Input, Output> {
  readonly partition: Partition<Input, Output>;
  readonly #states: StateTable<State, Input, Output>;
  readonly #configurations: Configurations;

  /** The list of events, doubly linked; 0 is before the first, the last points to 0. */
  readonly #after: Int32Array;
  readonly #before: Int32Array;

  /** The choices made, and for each what it takes to undo it. */
  readonly #chosen: Int32Array;
  readonly #stateBefore: Int32Array;
  readonly #highestBefore: Int32Array;
  readonly #isForced: Uint8Array;
  #depth = 0;

  /** One bit per linearized operation, their Zobrist hash, and the highest of them. */
  readonly #bits: Int32Array;
  #hash = 0;
  #highest = -1;

  #state: number;
  #at: number;
  #completedLeft: number;
  #steps = 0;

  constructor(
    model: Model<State, Input, Output>,
    partition: Partition<Input, Output>,
    budget: MemoryBudget,
  ) {
    this.partition = partition;
    this.#states = new StateTable(model, partition.questions);
    this.#configurations = new Configurations(budget);
    const { operationOf, operations } = partition;
    this.#after = Int32Array.from(operationOf, (_operation, event) => event + 1);
    this.#after[operationOf.length - 1] = 0;
    this.#before = Int32Array.from(operationOf, (_operation, event) => event - 1);
    this.#chosen = new Int32Array(operations.length);
    this.#stateBefore = new Int32Array(operations.length);
    this.#highestBefore = new Int32Array(operations.length);
    this.#isForced = new Uint8Array(operations.length);
    this.#bits = new Int32Array((operations.length >>> 5) + 1);
    this.#state = this.#states.initial();
    this.#at = this.#after[0] ?? 0;
    this.#completedLeft = partition.completedCount;
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
   * Goes on for at most `stepCount` events.
   *
   * @returns The verdict, or `undefined` if more steps are needed.
   */
  run(stepCount: number): Verdict | undefined {
    const lastStep = this.#steps + stepCount;
    const { operationOf, callOf } = this.partition;
    while (this.#completedLeft > 0) {
      if (this.#steps >= lastStep) return undefined;
      this.#steps += 1;
      const event = this.#at;
      const operation = operationOf[event] ?? 0;
      if (callOf[operation] === event) {
        const outcome = this.#tryOperation(operation);
        if (outcome === 'full') return 'unknown';
        this.#at = this.#after[outcome === 'lifted' ? 0 : event] ?? 0;
      } else if (!this.#backtrack()) {
        return 'not-linearizable';
      }
    }
    return 'linearizable';
  }

  #tryOperation(operation: number): 'lifted' | 'refused' | 'full' {
    const { questionOf, returnOf, isRead } = this.partition;
    const next = this.#states.next(this.#state, questionOf[operation] ?? 0);
    if (next === IMPOSSIBLE) return 'refused';
    const isCertain = next === this.#state && this.#states.isCertain(next);
    if (isCertain && returnOf[operation] === 0) return 'refused';
    const isForced = isCertain && isRead[operation] === 1;
    this.#lift(operation, next, isForced);
    if (isForced) return 'lifted';
    const added = this.#remember();
    if (added === 'new') return 'lifted';
    this.#unlift();
    return added === 'full' ? 'full' : 'refused';
  }

  #remember(): 'new' | 'known' | 'full' {
    // All operations before the first in the list are linearized: their words are ones.
    const firstOpen = this.#after[0] ?? 0;
    const first = firstOpen === 0 ? 0 : (this.partition.operationOf[firstOpen] ?? 0) >>> 5;
    return this.#configurations.add(this.#hash, this.#state, this.#bits, first, this.#highest >> 5);
  }

  /** Undoes choices up to the last that had an alternative, and walks on behind it. */
  #backtrack(): boolean {
    while (this.#depth > 0) {
      const isForced = this.#isForced[this.#depth - 1] === 1;
      const operation = this.#unlift();
      if (isForced) continue;
      this.#at = this.#after[this.partition.callOf[operation] ?? 0] ?? 0;
      return true;
    }
    return false;
  }

  #lift(operation: number, next: number, isForced: boolean): void {
    const { callOf, returnOf } = this.partition;
    this.#chosen[this.#depth] = operation;
    this.#stateBefore[this.#depth] = this.#state;
    this.#highestBefore[this.#depth] = this.#highest;
    this.#isForced[this.#depth] = isForced ? 1 : 0;
    this.#depth += 1;
    this.#state = next;
    this.#highest = Math.max(this.#highest, operation);
    this.#flip(operation);
    this.#unlink(callOf[operation] ?? 0);
    const returned = returnOf[operation] ?? 0;
    if (returned === 0) return;
    this.#unlink(returned);
    this.#completedLeft -= 1;
  }

  /** Undoes the last choice, in the reverse order of how it was made. */
  #unlift(): number {
    const { callOf, returnOf } = this.partition;
    this.#depth -= 1;
    const operation = this.#chosen[this.#depth] ?? 0;
    const returned = returnOf[operation] ?? 0;
    if (returned !== 0) {
      this.#relink(returned);
      this.#completedLeft += 1;
    }
    this.#relink(callOf[operation] ?? 0);
    this.#flip(operation);
    this.#state = this.#stateBefore[this.#depth] ?? 0;
    this.#highest = this.#highestBefore[this.#depth] ?? -1;
    return operation;
  }

  #flip(operation: number): void {
    const word = operation >>> 5;
    this.#bits[word] = (this.#bits[word] ?? 0) ^ (1 << (operation & 31));
    this.#hash ^= zobrist(operation);
  }

  #unlink(event: number): void {
    const before = this.#before[event] ?? 0;
    const after = this.#after[event] ?? 0;
    this.#after[before] = after;
    this.#before[after] = before;
  }

  #relink(event: number): void {
    this.#after[this.#before[event] ?? 0] = event;
    this.#before[this.#after[event] ?? 0] = event;
  }
}

/** A pseudo-random word for each operation; the hash of a set is the XOR over its members. */
function zobrist(operation: number): number {
  let bits = Math.imul(operation + 1, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
