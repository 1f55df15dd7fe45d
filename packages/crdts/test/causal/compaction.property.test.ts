import type { Codec } from '@quorate/transport/codec';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { awMapCodec, rwSetCodec } from '../../src/codec/dot-map-codec.ts';
import { causalCounterCodec, dwFlagCodec } from '../../src/codec/dot-codec.ts';
import { textCodec } from '../../src/codec/key-codec.ts';
import { type AwMap, awMap } from '../../src/causal/aw-map.ts';
import { causalCounter, type Tally } from '../../src/causal/causal-counter.ts';
import type { DotFun } from '../../src/causal/dot-fun.ts';
import type { DotMap } from '../../src/causal/dot-map.ts';
import { rwSet } from '../../src/causal/rw-set.ts';
import { type CompactableLattice, ReplicatedValue } from '../../src/delivery/replicated-value.ts';
import * as cases from '../support/causal-cases.ts';
import type { CausalCase } from '../support/causal-cases.ts';

// Goal: what compaction drops is never missed, whoever compacts when.
// Method: three members that change, hear of each other and compact in any order, beside three that
// do the same and never compact; after each step, all see what their twins see.

type Step = readonly ['change' | 'hear' | 'compact', replica: number, choice: number];

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.tuple(fc.constantFrom('change', 'hear', 'hear', 'compact'), fc.nat(2), fc.nat(99)),
  { maxLength: 40, size: 'max' },
);

const IDS = ['a', 'b', 'c'] as const;

/** Lets `member` compact, if the others allow it; how often it did. */
function compact<State>(
  member: ReplicatedValue<State>,
  members: readonly ReplicatedValue<State>[],
): number {
  const others = members.filter((other) => other !== member);
  const versions = others.map((other) => [other.replicaId, other.encodeVersion()] as const);
  return member.compact(new Map(versions)) === 'compacted' ? 1 : 0;
}

/** `member` gets what it lacks of `other`. */
function hear<State>(member: ReplicatedValue<State>, other: ReplicatedValue<State>): void {
  for (const update of other.updatesSince(member.encodeVersion())) member.apply(update);
}

function run<State, Operation>(
  subject: CausalCase<State, Operation>,
  lattice: CompactableLattice<State>,
  codec: Codec<State>,
  history: readonly Step[],
): { readonly compactions: number; readonly sizes: readonly [small: number, plain: number] } {
  const group = (): ReplicatedValue<State>[] =>
    IDS.map((replicaId) => new ReplicatedValue({ replicaId, lattice, codec }));
  const [small, plain] = [group(), group()];
  let compactions = 0;
  for (const [kind, replica, choice] of history) {
    const operation = subject.operations[choice % subject.operations.length]!;
    if (kind === 'compact') compactions += compact(small[replica]!, small);
    for (const members of [small, plain]) {
      const member = members[replica]!;
      if (kind === 'change') {
        member.mutate((state, id) => subject.mutate(state, id, operation));
      } else if (kind === 'hear') {
        hear(member, members[choice % 3]!);
      }
    }
    expect(small.map(({ state }) => subject.view(state))).toEqual(
      plain.map(({ state }) => subject.view(state)),
    );
  }
  const sizeOf = (members: readonly ReplicatedValue<State>[]): number =>
    Math.max(...members.map(({ state }) => codec.encode(state).length));
  return { compactions, sizes: [sizeOf(small), sizeOf(plain)] };
}

function holds<State, Operation>(subject: CausalCase<State, Operation>, codec: Codec<State>): void {
  fc.assert(
    fc.property(steps, (history) => {
      run(subject, subject.lattice, codec, history);
    }),
    { numRuns: Number(process.env['CRDTS_RUNS'] ?? 150) },
  );
}

const roles = awMap<DotMap<string, DotFun<boolean>>>(rwSet);
const rolesCase: CausalCase<
  AwMap<string, DotMap<string, DotFun<boolean>>>,
  readonly ['add' | 'remove' | 'drop', string]
> = {
  lattice: roles,
  operations: [
    ['add', 'x'],
    ['remove', 'x'],
    ['drop', 'x'],
  ],
  mutate: (state, replicaId, [kind, element]) =>
    kind === 'drop'
      ? roles.remove(state, 'k')
      : roles.update(state, 'k', (set) => rwSet[kind](set, replicaId, element)),
  show: () => '',
  view: (state) => [...rwSet.elements(roles.get(state, 'k'))],
  specification: () => [],
};

const votes = awMap(causalCounter);
const votesCase: CausalCase<
  AwMap<string, DotFun<Tally>>,
  readonly ['vote' | 'reset' | 'drop', string]
> = {
  lattice: votes,
  operations: [
    ['vote', 'k'],
    ['vote', 'l'],
    ['vote', 'k'],
    ['reset', 'k'],
    ['drop', 'l'],
  ],
  mutate: (state, replicaId, [kind, key]) =>
    kind === 'drop'
      ? votes.remove(state, key)
      : votes.update(state, key, (count) =>
          kind === 'vote' ? causalCounter.increment(count, replicaId) : causalCounter.reset(count),
        ),
  show: () => '',
  view: (state) => ['k', 'l'].map((key) => causalCounter.value(votes.get(state, key))),
  specification: () => [],
};

test('of a remove-wins set', () => holds(cases.rwSetCase, rwSetCodec(textCodec)));
test('of a disable-wins flag', () => holds(cases.dwFlagCase, dwFlagCodec));
test('of a resettable counter', () => holds(cases.causalCounterCase, causalCounterCodec));
test('of a map of remove-wins sets', () => {
  holds(rolesCase, awMapCodec(textCodec, rwSet, rwSetCodec(textCodec)));
});

test('of a map of counters', () => {
  holds(votesCase, awMapCodec(textCodec, causalCounter, causalCounterCodec));
});

test('a counter on which all agree, again and again, stays small', () => {
  const round: Step[] = [0, 1, 2].flatMap((replica): Step[] => [
    ['change', replica, 0],
    ['hear', (replica + 1) % 3, replica],
    ['hear', (replica + 2) % 3, replica],
    ['compact', replica, 0],
  ]);
  const history = Array.from({ length: 20 }, () => round).flat();
  const { compactions, sizes } = run(
    cases.causalCounterCase,
    causalCounter,
    causalCounterCodec,
    history,
  );

  expect(compactions).toBeGreaterThan(20);
  expect(sizes[0]).toBeLessThan(sizes[1] / 3);
});
