import fc from 'fast-check';
import { expect, test } from 'vitest';

import { difference, type Lattice } from '../../src/lattice.ts';

/** A lattice under test, and what it is to be tested with. */
export interface LatticeCase<State> {
  readonly lattice: Lattice<State>;
  /** Three at a time: most states have a meaning only beside others of their history. */
  readonly triples: fc.Arbitrary<readonly [State, State, State]>;
  /** All that counts of a state, as text: the hex of its bytes, say. */
  readonly show: (state: State) => string;
}

/** A lattice and what its replicas can do. */
export interface MutableLattice<State, Operation> {
  readonly lattice: Lattice<State>;
  readonly operations: fc.Arbitrary<Operation>;
  /** The delta of `operation`; `undefined` if it cannot be done now. */
  readonly mutate: (state: State, replicaId: string, operation: Operation) => State | undefined;
}

const REPLICA_IDS = ['a', 'b', 'c'] as const;

/**
 * States of one history: of three replicas that change and hear of each other, single deltas in any
 * order and whole states, and the deltas.
 */
export function statesOf<State, Operation>({
  lattice,
  operations,
  mutate,
}: MutableLattice<State, Operation>): fc.Arbitrary<readonly State[]> {
  const action = fc.oneof(
    {
      weight: 3,
      arbitrary: operations.map((operation) => ({ kind: 'mutate', operation }) as const),
    },
    { weight: 3, arbitrary: fc.nat(99).map((choice) => ({ kind: 'receive', choice }) as const) },
    { weight: 1, arbitrary: fc.nat(2).map((choice) => ({ kind: 'join', choice }) as const) },
  );
  const step = fc.record({ replica: fc.nat(2), action });
  return fc.array(step, { maxLength: 24, size: 'max' }).map((steps) => {
    const states: State[] = REPLICA_IDS.map(() => lattice.bottom);
    const deltas: State[] = [];
    for (const { replica, action } of steps) {
      const state = states[replica] ?? lattice.bottom;
      const news =
        action.kind === 'mutate'
          ? mutate(state, REPLICA_IDS[replica] ?? 'a', action.operation)
          : action.kind === 'receive'
            ? deltas[action.choice % Math.max(1, deltas.length)]
            : states[action.choice];
      if (news === undefined) continue;
      if (action.kind === 'mutate') deltas.push(news);
      states[replica] = lattice.join(state, news);
    }
    return [...states, ...deltas];
  });
}

/** A state that a replica can have, or a delta. */
export function reachable<State, Operation>({
  operations,
  ...mutable
}: {
  readonly lattice: Lattice<State>;
  readonly operations: readonly Operation[];
  readonly mutate: (state: State, replicaId: string, operation: Operation) => State | undefined;
}): fc.Arbitrary<State> {
  return fc
    .tuple(statesOf({ ...mutable, operations: fc.constantFrom(...operations) }), fc.nat(99))
    .map(([states, choice]) => states[choice % states.length] ?? mutable.lattice.bottom);
}

/** Three states of one history. */
export function triplesOf<State, Operation>(
  mutable: MutableLattice<State, Operation>,
): fc.Arbitrary<readonly [State, State, State]> {
  const choice = fc.oneof(fc.nat(2), fc.nat(99));
  return fc
    .tuple(statesOf(mutable), choice, choice, choice)
    .map(([states, one, two, three]): readonly [State, State, State] => {
      const pick = (index: number): State =>
        states[index % states.length] ?? mutable.lattice.bottom;
      return [pick(one), pick(two), pick(three)];
    });
}

/** What the trait `Lattice` promises. */
export function describeLattice<State>({ lattice, triples, show }: LatticeCase<State>): void {
  const same = (left: State, right: State): void => {
    expect(show(left)).toBe(show(right));
  };
  const join = (left: State, right: State): State => lattice.join(left, right);
  const joinAll = (states: Iterable<State>): State =>
    [...states].reduce((sum, state) => lattice.join(sum, state), lattice.bottom);
  test.each<[law: string, holds: (a: State, b: State, c: State) => void]>([
    ['join is idempotent', (a) => same(join(a, a), a)],
    ['join is commutative', (a, b) => same(join(a, b), join(b, a))],
    ['join is associative', (a, b, c) => same(join(join(a, b), c), join(a, join(b, c)))],
    ['bottom adds nothing', (a) => same(join(a, lattice.bottom), a)],
    ['bottom takes all', (a) => same(join(lattice.bottom, a), a)],
    ['bottom is below', (a) => expect(lattice.leq(lattice.bottom, a)).toBe(true)],
    ['leq is reflexive', (a) => expect(lattice.leq(a, a)).toBe(true)],
    [
      'leq says what join says',
      (a, b) => expect(lattice.leq(a, b)).toBe(show(join(a, b)) === show(b)),
    ],
    ['a join is above', (a, b) => expect(lattice.leq(a, join(b, a))).toBe(true)],
    [
      'a join is the least above',
      (a, b, c) => {
        if (lattice.leq(a, c) && lattice.leq(b, c)) expect(lattice.leq(join(a, b), c)).toBe(true);
      },
    ],
    ['a state is the join of its parts', (a) => same(joinAll(lattice.decompose(a)), a)],
    [
      'no part is the join of the others',
      (a) => {
        const parts = [...lattice.decompose(a)];
        for (const part of parts) {
          const others = joinAll(parts.filter((other) => other !== part));
          expect(lattice.leq(part, others)).toBe(false);
        }
      },
    ],
    ['a difference makes up', (a, b) => same(join(b, difference(lattice, a, b)), join(a, b))],
    [
      'a difference is within',
      (a, b) => expect(lattice.leq(difference(lattice, a, b), a)).toBe(true),
    ],
  ])('%s', (_law, holds) => {
    fc.assert(
      fc.property(triples, ([a, b, c]) => {
        holds(a, b, c);
      }),
      { numRuns: 200 },
    );
  });
}
