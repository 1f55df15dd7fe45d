import type { Codec } from '@quorate/transport/codec';
import { describeCodec } from '@quorate/transport/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Lattice } from '../../src/lattice.ts';
import type { OperationType } from '../../src/codec/operations/operation-type.ts';
import { type Bounds, checkExhaustively, depthOf } from './exhaustive.ts';
import { hexOf } from './describe-type.ts';

/** What is needed to hold the operations of a type against its deltas. */
export interface OperationCase<State, Operation, Act> {
  readonly type: OperationType<State, Operation>;
  readonly lattice: Lattice<State>;
  /** Of states: what is compared. */
  readonly codec: Codec<State>;
  /** A handful of what a replica may try. */
  readonly acts: readonly Act[];
  /** The delta of it, if it can be done now. */
  readonly mutate: (state: State, replicaId: string, act: Act) => State | undefined;
  readonly replicas?: NonNullable<Bounds['replicas']>;
}

/** A replica by operations, and one by deltas beside it. */
interface Both<State> {
  readonly byOperations: State;
  readonly byDeltas: State;
}

/** What travels: an operation as bytes, and the delta that it stands for. */
interface Sent<State> {
  readonly author: string;
  readonly operation: Uint8Array | undefined;
  readonly delta: State;
}

/** That operations do what deltas do, in all short histories and all causal orders of delivery. */
export function describeOperations<State, Operation, Act>(
  operationCase: OperationCase<State, Operation, Act>,
): void {
  const { type, lattice, codec, acts, mutate, replicas = 'interchangeable' } = operationCase;
  const { bottom } = lattice;
  const show = (state: State): string => hexOf(codec.encode(state));

  test('states by operations are those by deltas, in all short histories and causal orders', () => {
    const count = checkExhaustively<Both<State>, Act, Sent<State>>(
      {
        bottom: { byOperations: bottom, byDeltas: bottom },
        operations: acts,
        issue({ byOperations }, author, act) {
          const delta = mutate(byOperations, author, act);
          if (delta === undefined) return undefined;
          const operation = type.prepare(byOperations, author, delta);
          return { author, operation: operation && type.codec.encode(operation), delta };
        },
        receive({ byOperations, byDeltas }, { author, operation, delta }) {
          return {
            byOperations:
              operation === undefined
                ? byOperations
                : type.effect(byOperations, author, type.codec.decode(operation)),
            byDeltas: lattice.join(byDeltas, delta),
          };
        },
        show: ({ byOperations }) => show(byOperations),
        view: ({ byOperations, byDeltas }) => show(byOperations) === show(byDeltas),
        specification: () => true,
      },
      { depth: depthOf(4), replicas },
    );
    expect(count).toBeGreaterThan(100);
  });

  test('of nothing there is no operation', () => {
    expect(type.prepare(bottom, 'a', bottom)).toBeUndefined();
  });

  describe('bytes', () => {
    const made = fc
      .array(fc.tuple(fc.constantFrom('a', 'b', 'ü'), fc.constantFrom(...acts)), {
        minLength: 1,
        maxLength: 12,
        size: 'max',
      })
      .map((steps) => operationsOf(operationCase, steps))
      .filter((operations) => operations.length > 0)
      .chain((operations) => fc.constantFrom(...operations));
    describeCodec('operations', type.codec, made, {
      show: (operation) => hexOf(type.codec.encode(operation)),
    });
  });
}

/** The operations of replicas that take in everything at once. */
function operationsOf<State, Operation, Act>(
  { type, mutate }: OperationCase<State, Operation, Act>,
  steps: readonly (readonly [string, Act])[],
): Operation[] {
  let state = type.bottom;
  const operations: Operation[] = [];
  for (const [author, act] of steps) {
    const delta = mutate(state, author, act);
    const operation = delta === undefined ? undefined : type.prepare(state, author, delta);
    if (operation === undefined) continue;
    operations.push(operation);
    state = type.effect(state, author, operation);
  }
  return operations;
}
