import { expect, test } from 'vitest';

import type { CircuitState } from '../../src/circuit-state.ts';
import { stateSamples } from '../../src/telemetry/state-samples.ts';
import { scene } from '../support/scene.ts';

test('one state of each breaker is 1, and the others are 0', () => {
  const samples = stateSamples([{ name: 'a', state: 'open' }]);
  expect(samples).toHaveLength(6);
  expect(samples.filter(({ value }) => value === 1)).toEqual([
    { name: 'a', state: 'open', value: 1 },
  ]);
});

test('a wait that is over shows, though nobody has called', () => {
  const { breaker, clock } = scene();
  breaker.trip(1_000);
  clock.advance(1_000);
  const shown = stateSamples([breaker]).find(({ value }) => value === 1);
  expect(shown?.state).toBe('halfOpen');
});

test('breakers of one name share their samples, and no name has two of a state', () => {
  const both = ['open', 'closed'] as const;
  const samples = stateSamples(both.map((state) => ({ name: 'a', state })));
  expect(samples).toHaveLength(6);
  expect(samples.flatMap(({ state, value }) => (value === 1 ? [state] : []))).toEqual([
    'closed',
    'open',
  ]);
});

test('at most a thousand names have samples', () => {
  const state: CircuitState = 'closed';
  const many = Array.from({ length: 3_000 }, (_, index) => ({ name: `n${index}`, state }));
  expect(stateSamples(many)).toHaveLength(6_000);
});
