/*
 * The other way to replicate a type: send what was done, not what became of it.
 *
 * A delta is a small state. It says all that its receiver must know to join it twice, late, or
 * before what it builds on: who made it, its number, and the sum it makes. Where messages arrive
 * exactly once and after their causes, the receiver knows most of that already:
 *
 *      counter     delta  { ann: 41 }       41 in all, however often it comes
 *                  operation  1             one more of ann's; coming twice it would be two
 *
 *      set         delta  tea under ann 7, context { ann: 7 }
 *                  operation  add tea       the name is ann's next one: 7, as 1..6 are there
 *
 * So an operation is the rest of a delta: without its author, whom the delivery names, and without
 * the names and sums that follow from what the author did before. What was *seen* by the author is
 * in it, as the receiver may have seen more.
 *
 *      author      prepare(state, id, delta)  ->  operation      sends it, and takes it in itself
 *      everybody   effect(state, id, operation)  ->  state       the same state as that of deltas
 *
 * States are those of the catalogue, so a newcomer takes over a state and goes on with operations.
 * What a type gains is bytes, and no more: effects that are concurrent commute just as deltas do.
 * Some types gain nothing, as their deltas name no author: `deltaAsOperation`.
 *
 * Source: Shapiro, Preguiça, Baquero and Zawirski, "Conflict-free Replicated Data Types", SSS 2011.
 * Departs from it: `prepare` is one function, over the delta-mutators of the type.
 */
import type { Codec } from '@quorate/transport/codec';

import type { Lattice } from '../../lattice.ts';
import type { ReplicaId } from '../../replica-id.ts';

/**
 * A type of the catalogue, replicated by operations.
 *
 * @remarks
 * **Delivery**: every replica must take in the operations of every replica, its own included,
 * exactly once, and after all that their authors had taken in before: causal broadcast, such as
 * `CausalBroadcast` of `@quorate/vector-clocks`. Twice is counted twice; without its cause is
 * wrong. Where that cannot be had, send deltas. In one group all send operations, or all deltas.
 */
export interface OperationType<State, Operation> {
  /** Nothing has happened yet. */
  readonly bottom: State;
  /**
   * The operation to send for a change. It has no effect yet, here neither.
   *
   * @param state - The state here, to which all earlier operations of `replicaId` were applied.
   * @param replicaId - Who makes the change.
   * @param delta - What one mutator has just made of `state` for `replicaId`.
   * @returns `undefined` if nothing is to be done.
   * @throws RangeError if `delta` is something else, such as two deltas that were joined.
   */
  prepare(state: State, replicaId: ReplicaId, delta: State): Operation | undefined;
  /**
   * The state after `operation`.
   *
   * @param state - To which all was applied that its author had applied before.
   * @param replicaId - Its author, as the delivery says.
   */
  effect(state: State, replicaId: ReplicaId, operation: Operation): State;
  /** The one encoding of each operation; other bytes are refused with a `DecodeError`. */
  readonly codec: Codec<Operation>;
}

/**
 * A type whose deltas are its operations: nothing in them would follow from their delivery.
 *
 * @remarks
 * For `gSet` and `twoPhaseSet`, whose deltas name an element and nobody. Any other type can be used
 * so, and then needs neither order nor "exactly once", at the price of some more bytes.
 *
 * @example
 * ```ts
 * import { gSet } from '@quorate/crdts';
 * import { gSetCodec } from '@quorate/crdts/codec';
 * import { deltaAsOperation } from '@quorate/crdts/operations';
 *
 * const type = deltaAsOperation(gSet, gSetCodec);
 * const operation = type.prepare(gSet.bottom, 'a', gSet.add(gSet.bottom, 'x')) ?? gSet.bottom;
 * gSet.has(type.effect(gSet.bottom, 'a', operation), 'x'); // => true
 * type.codec.encode(operation).length; // => 4
 * ```
 */
export function deltaAsOperation<State>(
  lattice: Lattice<NoInfer<State>>,
  codec: Codec<State>,
): OperationType<State, State> {
  return {
    bottom: lattice.bottom,
    prepare: (state, _, delta) => (lattice.leq(delta, state) ? undefined : delta),
    effect: (state, _, operation) => lattice.join(state, operation),
    codec,
  };
}

/** That a delta is what one mutator made. */
export function expectOneChange(condition: boolean): void {
  if (condition) return;
  throw new RangeError('delta: expected one change of this state by its author, got another one');
}
