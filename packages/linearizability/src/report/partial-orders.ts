/*
 * How far one can get: for each operation the longest order, legal as far as it goes, in which it
 * takes effect. For a history that is not linearizable there is no whole order to show; these show
 * where each attempt ends, and what the object refuses there.
 *
 * The search is that of search.ts (a call may be linearized next as long as no return stands
 * before it), but it keeps the orders it gives up, as a tree, because they share their beginnings:
 *
 *     put(1) ── put(2) ── get → 2          each path from the root is an order, and each
 *         └──── get → 1                    operation knows the end of its longest
 *
 * It is for pictures only. A hash stands for a configuration, so that once in a very long while an
 * order may be missed; verdicts come from elsewhere.
 */

import { type History, returnTimeOf } from '../history.ts';
import { EventList } from '../event-list.ts';
import type { Model } from '../model.ts';
import { isRead } from '../partition.ts';
import { stepAll } from '../stepping.ts';
import { structuralEquals, structuralHash } from '../structural.ts';

/** One step of one or more orders. */
export interface OrderNode<State> {
  /** The step before, -1 for the first. */
  readonly parent: number;
  /** Index of the operation that takes effect. */
  readonly operation: number;
  /** How many steps the order has so far, this one included. */
  readonly depth: number;
  /** The states that the object may be in afterwards. */
  readonly states: readonly State[];
}

/** All orders that are worth showing. */
export interface PartialOrders<State> {
  readonly nodes: readonly OrderNode<State>[];
  /** For each operation the last node of its longest order; -1 if it is in none. */
  readonly endOf: readonly number[];
  /** The last node of the order that explains most answers; -1 if nothing could take effect. */
  readonly longest: number;
  /** Whether all orders were tried. */
  readonly isComplete: boolean;
}

/** Nodes kept at most, beside one for each operation: nobody looks at more. */
const NODES_MAX = 20_000;

/**
 * Tries the orders of one partition.
 *
 * @param operations - In the order of their calls, none of which certainly failed.
 * @param stepsMax - Events to look at; past it, what was found so far is returned.
 */
export function partialOrders<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: History<Input, Output>,
  stepsMax: number,
): PartialOrders<State> {
  return new OrderSearch(model, operations).run(stepsMax);
}

/** The tree of one order that is known already. */
export function knownOrder<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: History<Input, Output>,
  order: History<Input, Output>,
): PartialOrders<State> {
  const indexOf = new Map(operations.map((operation, index) => [operation, index]));
  const nodes: OrderNode<State>[] = [];
  const endOf = operations.map(() => -1);
  let states: readonly State[] = [model.init()];
  for (const operation of order) {
    const index = indexOf.get(operation) ?? 0;
    states = distinct(model, stepAll(model, states, operation));
    nodes.push({ parent: nodes.length - 1, operation: index, depth: nodes.length + 1, states });
    endOf[index] = order.length - 1;
  }
  return { nodes, endOf, longest: nodes.length - 1, isComplete: true };
}

/** What could take effect next by its time after the order that ends in `end`, but is refused. */
export function refusedAfter<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: History<Input, Output>,
  { nodes }: PartialOrders<State>,
  end: number,
): number[] {
  const done = new Set<number>();
  for (let at = nodes[end]; at !== undefined; at = nodes[at.parent]) done.add(at.operation);
  const left = [...operations.entries()].filter(([index]) => !done.has(index));
  const firstReturn = Math.min(...left.map(([, operation]) => returnTimeOf(operation)));
  const states = nodes[end]?.states ?? [model.init()];
  return left
    .filter(([, operation]) => operation.callTime <= firstReturn)
    .filter(([, operation]) => stepAll(model, states, operation).length === 0)
    .map(([index]) => index);
}

function distinct<State, Input, Output>(
  model: Model<State, Input, Output>,
  states: readonly State[],
): readonly State[] {
  if (states.length < 2) return states;
  const equals = model.equals?.bind(model) ?? structuralEquals;
  const kept: State[] = [];
  for (const state of states) if (!kept.some((known) => equals(known, state))) kept.push(state);
  return kept;
}

interface Choice<State> {
  readonly operation: number;
  readonly states: readonly State[];
  readonly stateId: number;
  /** Whether no other choice at this place need be tried. */
  readonly isForced: boolean;
  /** Its node, once an order that contains it is kept; -1 before. */
  node: number;
}

class OrderSearch<State, Input, Output> {
  readonly #model: Model<State, Input, Output>;
  readonly #operations: History<Input, Output>;
  readonly #isRead: readonly boolean[];
  readonly #ids: StateIds<State>;

  /** Events from 1 in the order of time, in a circle; 0 is before the first, after the last. */
  readonly #events: EventList;
  readonly #operationOf: number[] = [-1];
  readonly #callOf: number[];
  readonly #returnOf: number[];

  readonly #chosen: Choice<State>[] = [];
  readonly #seen = new Map<number, Set<number>>();
  readonly #nodes: OrderNode<State>[] = [];
  readonly #endOf: number[];
  readonly #lengthOf: number[];
  #longest = -1;
  /** How many answers the longest order leaves unexplained. */
  #fewestLeft = Number.POSITIVE_INFINITY;
  /** Of the operations chosen, in two parts: 53 bits in all. */
  #hash = 0;
  #otherHash = 0;
  #completedLeft: number;
  #steps = 0;

  constructor(model: Model<State, Input, Output>, operations: History<Input, Output>) {
    this.#model = model;
    this.#operations = operations;
    this.#ids = new StateIds(model);
    this.#isRead = operations.map((operation) => isRead(model, operation));
    this.#endOf = operations.map(() => -1);
    this.#lengthOf = operations.map(() => 0);
    this.#callOf = operations.map(() => 0);
    this.#returnOf = operations.map(() => 0);
    this.#completedLeft = operations.filter(({ outcome }) => outcome.kind === 'ok').length;
    for (const { operation, kind } of eventsOf(operations)) {
      const event = this.#operationOf.push(operation) - 1;
      (kind === 'call' ? this.#callOf : this.#returnOf)[operation] = event;
    }
    const size = this.#operationOf.length;
    this.#events = new EventList(size);
    for (let event = 1; event < size; event += 1) this.#events.append(0, event);
  }

  run(stepsMax: number): PartialOrders<State> {
    let at = this.#events.next(0);
    let isComplete = true;
    while (this.#completedLeft > 0) {
      if (this.#steps >= stepsMax) {
        isComplete = false;
        break;
      }
      this.#steps += 1;
      const operation = this.#operationOf[at] ?? 0;
      if (this.#callOf[operation] === at) {
        at = this.#events.next(this.#tryOperation(operation) ? 0 : at);
        continue;
      }
      this.#keep();
      const next = this.#backtrack();
      if (next === undefined) break;
      at = next;
    }
    this.#keep();
    const endOf = this.#endOf;
    return { nodes: this.#nodes, endOf, longest: this.#longest, isComplete };
  }

  #tryOperation(operation: number): boolean {
    const asked = this.#operations[operation];
    if (asked === undefined) return false;
    const last = this.#chosen.at(-1);
    const states = last?.states ?? [this.#model.init()];
    const next = distinct(this.#model, stepAll(this.#model, states, asked));
    if (next.length === 0) return false;
    const stateId = this.#ids.of(next);
    const isUnchanged = next.length === 1 && stateId === (last?.stateId ?? this.#ids.of(states));
    if (isUnchanged && asked.outcome.kind === 'info') return false;
    const isForced = isUnchanged && this.#isRead[operation] === true;
    this.#flip(operation);
    if (!isForced && !this.#isNew(stateId)) {
      this.#flip(operation);
      return false;
    }
    this.#chosen.push({ operation, states: next, stateId, isForced, node: -1 });
    this.#events.remove(this.#callOf[operation] ?? 0);
    const returned = this.#returnOf[operation] ?? 0;
    if (returned !== 0) {
      this.#events.remove(returned);
      this.#completedLeft -= 1;
    }
    return true;
  }

  #isNew(stateId: number): boolean {
    const key = (this.#hash >>> 0) * 2 ** 21 + (this.#otherHash >>> 11);
    const known = this.#seen.get(stateId) ?? new Set<number>();
    if (known.has(key)) return false;
    this.#seen.set(stateId, known.add(key));
    return true;
  }

  #flip(operation: number): void {
    this.#hash ^= zobrist(2 * operation);
    this.#otherHash ^= zobrist(2 * operation + 1);
  }

  /** Keeps the order that was reached, for those operations for which it is the longest. */
  #keep(): void {
    const length = this.#chosen.length;
    this.#steps += length >>> 4;
    const isWanted = this.#chosen.some(
      ({ operation }) => length > (this.#lengthOf[operation] ?? 0),
    );
    const isFull = this.#nodes.length >= NODES_MAX + this.#operations.length;
    const isBetter = this.#isBetter(length);
    if (!isBetter && (!isWanted || isFull)) return;
    let parent = -1;
    this.#chosen.forEach((choice, index) => {
      if (choice.node === -1) {
        const { operation, states } = choice;
        choice.node = this.#nodes.push({ parent, operation, depth: index + 1, states }) - 1;
      }
      parent = choice.node;
    });
    for (const { operation } of this.#chosen) {
      if (length <= (this.#lengthOf[operation] ?? 0)) continue;
      this.#lengthOf[operation] = length;
      this.#endOf[operation] = parent;
    }
    if (!isBetter) return;
    this.#longest = parent;
    this.#fewestLeft = this.#completedLeft;
  }

  /** Whether the order that was reached explains more answers than any before, or is longer. */
  #isBetter(length: number): boolean {
    if (this.#completedLeft !== this.#fewestLeft) return this.#completedLeft < this.#fewestLeft;
    return length > (this.#nodes[this.#longest]?.depth ?? 0);
  }

  /** Undoes choices up to the last that had an alternative; the event behind its call. */
  #backtrack(): number | undefined {
    for (;;) {
      const choice = this.#chosen.pop();
      if (choice === undefined) return undefined;
      const { operation, isForced } = choice;
      const returned = this.#returnOf[operation] ?? 0;
      if (returned !== 0) {
        this.#events.putBack(returned);
        this.#completedLeft += 1;
      }
      const call = this.#callOf[operation] ?? 0;
      this.#events.putBack(call);
      this.#flip(operation);
      if (!isForced) return this.#events.next(call);
    }
  }
}

/** Calls and returns in the order of time; at one instant, calls come first. */
function eventsOf<Input, Output>(
  operations: History<Input, Output>,
): { readonly operation: number; readonly kind: 'call' | 'return' }[] {
  const events = [...operations.entries()].flatMap(([operation, asked]) => [
    { operation, kind: 'call' as const, time: asked.callTime },
    { operation, kind: 'return' as const, time: returnTimeOf(asked) },
  ]);
  return events
    .filter(({ time }) => time !== Number.POSITIVE_INFINITY)
    .sort(
      (left, right) =>
        left.time - right.time || Number(left.kind === 'return') - Number(right.kind === 'return'),
    );
}

/** Numbers for sets of states, so that equal ones have the same. */
class StateIds<State> {
  readonly #equals: (left: State, right: State) => boolean;
  readonly #hash: (state: State) => number;
  readonly #byHash = new Map<
    number,
    { readonly states: readonly State[]; readonly id: number }[]
  >();
  #count = 0;

  constructor(model: Pick<Model<State, never, never>, 'equals' | 'hash'>) {
    this.#equals = model.equals?.bind(model) ?? structuralEquals;
    this.#hash = model.hash?.bind(model) ?? structuralHash;
  }

  of(states: readonly State[]): number {
    let hash = states.length;
    for (const state of states) hash = (hash + this.#hash(state)) | 0;
    const known = this.#byHash.get(hash) ?? [];
    const found = known.find((candidate) => this.#isSame(candidate.states, states));
    if (found !== undefined) return found.id;
    this.#count += 1;
    known.push({ states, id: this.#count });
    this.#byHash.set(hash, known);
    return this.#count;
  }

  #isSame(left: readonly State[], right: readonly State[]): boolean {
    return (
      left.length === right.length &&
      left.every((state) => right.some((other) => this.#equals(state, other)))
    );
  }
}

/** 32 pseudo-random bits for each number; a set of operations has the XOR over its members. */
function zobrist(number: number): number {
  let bits = Math.imul(number + 1, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
