import { checkSync } from '@quorate/linearizability';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { NoAnswer } from '../../src/check/config-exchange.ts';
import type { ConfigInput, ConfigOutput } from '../../src/check/config-model.ts';
import { LoadHistory } from '../../src/check/load-history.ts';
import { windowModel } from '../../src/check/window-model.ts';

/** One thing that happens: a client asks, its operation takes effect, or it hears the answer. */
const happening = fc.record({
  kind: fc.constantFrom('ask', 'ask', 'effect', 'answer', 'answer', 'answer', 'answer', 'silence'),
  isWrite: fc.boolean(),
  of: fc.nat(99),
});

interface Flight {
  readonly input: ConfigInput;
  readonly settle: (heard: ConfigOutput | NoAnswer) => void;
  output: ConfigOutput | undefined;
}

/** One copy of one key, asked by many at once, whose operations take effect when they like. */
function play(
  happenings: readonly { readonly kind: string; readonly isWrite: boolean; readonly of: number }[],
  keepCount: number,
): LoadHistory {
  let nowMs = 0;
  const history = new LoadHistory({ nowMs: () => nowMs, keepCount });
  let copy: { readonly value: string; readonly revision: number } | undefined;
  let revision = 0;
  const takeEffect = ({ input }: Flight): ConfigOutput => {
    revision += 1;
    if (input.kind !== 'put') return copy ? { kind: 'value', ...copy } : { kind: 'absent' };
    const isNew = copy === undefined;
    copy = { value: input.value, revision };
    return { kind: 'written', revision, isNew };
  };
  let flights: Flight[] = [];
  for (const [index, { kind, isWrite, of }] of happenings.entries()) {
    nowMs += 1;
    const flight = flights[of % Math.max(1, flights.length)];
    if (kind === 'ask' || flight === undefined) {
      const put = {
        kind: 'put',
        key: 'k',
        value: `v${index}`,
        condition: { kind: 'none' },
      } as const;
      const input: ConfigInput = isWrite ? put : { kind: 'get', key: 'k' };
      flights.push({ input, settle: history.begin(input), output: undefined });
      continue;
    }
    if (kind === 'silence') flight.settle(new NoAnswer('indefinite', 'silence'));
    else flight.output ??= takeEffect(flight);
    if (kind === 'answer' && flight.output !== undefined) flight.settle(flight.output);
    if (kind !== 'effect') flights = flights.filter((other) => other !== flight);
  }
  return history;
}

const happenings = fc.array(happening, { maxLength: 60 });

test('what one copy answered is linearizable, wherever the history was cut', () => {
  fc.assert(
    fc.property(happenings, fc.integer({ min: 1, max: 8 }), (all, keepCount) => {
      const { history } = play(all, keepCount);
      expect(checkSync(windowModel, history).verdict).toBe('linearizable');
    }),
    { numRuns: 500 },
  );
});

test('what is kept is bounded, but for writes of unknown outcome', () => {
  const calm = Array.from({ length: 4_000 }, (_, index) => ({
    ...{ kind: index % 2 === 0 ? 'ask' : 'answer', isWrite: index % 4 === 0, of: 0 },
  }));
  const history = play(calm, 10);
  expect(history.size).toBeLessThanOrEqual(20);
  expect(history.begunCount).toBe(2_000);
});

test('a read of what was overwritten is caught, though nobody knows how it began', () => {
  let nowMs = 0;
  const history = new LoadHistory({ nowMs: () => (nowMs += 1), keepCount: 4 });
  const ask = (input: ConfigInput, output: ConfigOutput): void => history.begin(input)(output);
  for (let revision = 1; revision < 20; revision += 1) {
    const value = `v${revision}`;
    const condition = { kind: 'none' } as const;
    ask({ kind: 'put', key: 'k', value, condition }, { kind: 'written', revision, isNew: false });
  }
  ask({ kind: 'get', key: 'k' }, { kind: 'value', value: 'v18', revision: 18 });
  expect(checkSync(windowModel, history.history).verdict).toBe('not-linearizable');
});

test('tells of each operation as it begins and as it ends', () => {
  let nowMs = 0;
  const told: string[] = [];
  const history = new LoadHistory({
    nowMs: () => (nowMs += 1),
    onNews: ({ process, outcome }) => told.push(`${process} ${outcome.kind}`),
  });
  const input: ConfigInput = { kind: 'get', key: 'k' };
  const [first, second] = [history.begin(input), history.begin(input)];
  second({ kind: 'absent' });
  first(new NoAnswer('definite', 'refused'));
  expect(told).toEqual(['c1 info', 'c2 info', 'c2 ok', 'c1 fail']);
});
