import type { Codec } from '@quorate/transport/codec';
import { describeCodec } from '@quorate/transport/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Lattice } from '../../src/lattice.ts';
import {
  type Bounds,
  checkExhaustively,
  deltaSubject,
  type Delivered,
  depthOf,
} from './exhaustive.ts';
import { describeLattice, statesOf, triplesOf } from './lattice-laws.ts';

/** All that every type of the catalogue is tested with. */
export interface TypeCase<State, Operation> {
  readonly lattice: Lattice<State>;
  readonly codec: Codec<State>;
  /** A handful: the exhaustive check tries all sequences of four. */
  readonly operations: readonly Operation[];
  /** More of them, for random histories. */
  readonly moreOperations?: fc.Arbitrary<Operation>;
  readonly mutate: (state: State, replicaId: string, operation: Operation) => State | undefined;
  /** What a user sees, as data. */
  readonly view: (state: State) => unknown;
  /** The same, from the definition. */
  readonly specification: (events: Delivered<Operation>) => unknown;
  readonly replicas?: NonNullable<Bounds['replicas']>;
  /** How long the longest histories are; 4 without it. */
  readonly depth?: number;
}

/** The laws of lattices and codecs, and all short histories against the specification. */
export function describeType<State, Operation>(type: TypeCase<State, Operation>): void {
  const { lattice, codec, mutate, view, specification, replicas = 'interchangeable' } = type;
  const show = (state: State): string => hexOf(codec.encode(state));
  const operations = type.moreOperations ?? fc.constantFrom(...type.operations);

  test('all short histories end as specified, in all orders of delivery', () => {
    const subject = deltaSubject({
      lattice,
      operations: type.operations,
      mutate,
      show,
      view,
      specification,
    });
    const depth = depthOf(type.depth ?? 4);
    expect(checkExhaustively(subject, { depth, replicas })).toBeGreaterThan(100);
  });

  describe('laws', () => {
    describeLattice({ lattice, triples: triplesOf({ lattice, operations, mutate }), show });
  });

  const states = statesOf({ lattice, operations, mutate });
  const values = fc
    .tuple(states, fc.nat(99))
    .map(([some, choice]) => some[choice % some.length] ?? lattice.bottom);
  describeCodec('states', codec, values, { show: (state) => [show(state), view(state)] });
}

/** Bytes as text, to compare them. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
