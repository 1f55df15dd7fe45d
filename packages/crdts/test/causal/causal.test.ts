import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type AwSet, awSet } from '../../src/causal/aw-set.ts';
import { forgetReplicas } from '../../src/causal/causal.ts';
import { entriesOf } from '../../src/ordered-map.ts';
import { awSetCase } from '../support/causal-cases.ts';
import { statesOf } from '../support/lattice-laws.ts';

const idsOf = ({ context }: AwSet<string>): string[] =>
  [...entriesOf(context)].map(({ key }) => key);

const added: AwSet<string> = awSet.add(awSet.bottom, 'old', 'x');
const removed = awSet.join(added, awSet.remove(added, 'x'));

test('the name of a replica of which nothing stands can be forgotten', () => {
  expect(idsOf(forgetReplicas(awSet, removed, removed, ['old', 'unknown']))).toEqual([]);
});

test('a replica keeps its name while something of it stands, or stood in what is stable', () => {
  expect(forgetReplicas(awSet, added, added, ['old'])).toEqual(added);
  expect(forgetReplicas(awSet, removed, added, ['old'])).toEqual(removed);
  expect(forgetReplicas(awSet, removed, awSet.bottom, ['old'])).toEqual(removed);
});

test('who has not forgotten brings nothing back but the name', () => {
  const forgotten = forgetReplicas(awSet, removed, removed, ['old']);
  const next = awSet.join(forgotten, awSet.add(forgotten, 'new', 'y'));
  const joined = awSet.join(next, removed);

  expect([...awSet.elements(joined)]).toEqual(['y']);
  expect(idsOf(joined)).toEqual(['new', 'old']);
  expect(idsOf(forgetReplicas(awSet, joined, joined, ['old']))).toEqual(['new']);
});

test('nobody sees a difference, now or later', () => {
  const { lattice, mutate } = awSetCase;
  const operations = fc.constantFrom(...awSetCase.operations);
  const later = fc.array(fc.tuple(fc.nat(1), operations, fc.boolean()), {
    maxLength: 8,
    size: 'max',
  });
  fc.assert(
    fc.property(statesOf({ lattice, operations, mutate }), later, (states, steps) => {
      const all = states.reduce((joined, state) => awSet.join(joined, state));
      // c has gone; a has forgotten it, b has not, and both go on.
      const forgotten = forgetReplicas(awSet, all, all, ['c']);
      const [plain, short] = [all, forgotten].map((start) => {
        const replicas = [start, all];
        for (const [index, operation, hears] of steps) {
          const state = hears
            ? awSet.join(replicas[index]!, replicas[1 - index]!)
            : replicas[index]!;
          replicas[index] = awSet.join(state, mutate(state, 'ab'[index]!, operation));
        }
        return awSet.join(replicas[0]!, replicas[1]!);
      });
      expect(awSetCase.view(short!)).toEqual(awSetCase.view(plain!));
    }),
  );
});
