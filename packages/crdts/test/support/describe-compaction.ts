import type { Codec } from '@quorate/transport/codec';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type CompactableLattice, ReplicatedValue } from '../../src/delivery/replicated-value.ts';

/** A type that compacts, and what its replicas do. */
export interface CompactionCase<State, Operation> {
  readonly lattice: CompactableLattice<State>;
  readonly codec: Codec<State>;
  readonly operations: fc.Arbitrary<Operation>;
  /** `index` differs from call to call: for values that are told apart. */
  readonly mutate: (
    state: State,
    replicaId: string,
    operation: Operation,
    index: number,
  ) => State | undefined;
  readonly view: (state: State) => unknown;
  /** What is true of a state in the end, when all has been compacted. */
  readonly expectTidy?: (state: State) => void;
}

const IDS = ['a', 'b', 'c'] as const;

/** Replicas that compact whenever they can show the same as replicas that never do. */
export function describeCompaction<State, Operation>(type: CompactionCase<State, Operation>): void {
  const { lattice, codec, mutate, view } = type;
  const step = fc.record({
    who: fc.nat(2),
    other: fc.nat(2),
    kind: fc.constantFrom('mutate', 'mutate', 'mutate', 'sync', 'sync', 'compact'),
    operation: type.operations,
  });

  test('compaction is never seen, whoever does it when, and ends in the same bytes', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
        // The last one keeps no deltas, so that whole states meet as well.
        const replicas = IDS.map((replicaId) => {
          const logSizeBytesMax = replicaId === 'c' ? 0 : 100_000;
          return new ReplicatedValue({ replicaId, lattice, codec, logSizeBytesMax });
        });
        const plain = IDS.map(() => lattice.bottom);
        const sync = (from: number, to: number): void => {
          for (const update of replicas[from]!.updatesSince(replicas[to]!.encodeVersion())) {
            replicas[to]!.apply(update);
          }
          plain[to] = lattice.join(plain[to]!, plain[from]!);
        };
        const compact = (who: number): void => {
          const others = replicas.filter((replica) => replica !== replicas[who]);
          const versions = others.map((one) => [one.replicaId, one.encodeVersion()] as const);
          replicas[who]!.compact(new Map(versions));
        };
        for (const [index, { who, other, kind, operation }] of steps.entries()) {
          if (kind === 'sync') sync(who, other);
          else if (kind === 'compact') compact(who);
          else {
            const id = IDS[who]!;
            const change = (state: State): State =>
              mutate(state, id, operation, index) ?? lattice.bottom;
            replicas[who]!.mutate(change);
            plain[who] = lattice.join(plain[who]!, change(plain[who]!));
          }
          expect(view(replicas[who]!.state)).toEqual(view(plain[who]!));
        }
        for (let round = 0; round < 2; round += 1) {
          for (let from = 0; from < 3; from += 1) for (let to = 0; to < 3; to += 1) sync(from, to);
        }
        for (let round = 0; round < 2; round += 1) {
          for (let who = 0; who < 3; who += 1) compact(who);
        }
        for (const { state } of replicas) {
          expect(codec.encode(state)).toEqual(codec.encode(replicas[0]!.state));
          expect(view(state)).toEqual(view(plain[0]!));
          type.expectTidy?.(state);
        }
      }),
      { numRuns: 200 },
    );
  });
}
