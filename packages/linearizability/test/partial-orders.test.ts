import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type History, type Operation, returnTimeOf } from '../src/history.ts';
import type { Model } from '../src/model.ts';
import { UNKNOWN } from '../src/model.ts';
import { keyValue } from '../src/models/key-value.ts';
import { register, type RegisterInput, type RegisterOutput } from '../src/models/register.ts';
import {
  knownOrder,
  type OrderNode,
  partialOrders,
  refusedAfter,
} from '../src/report/partial-orders.ts';
import { histories, registerCalls } from './support/arbitraries.ts';

type RegisterOperation = Operation<RegisterInput<number>, RegisterOutput<number>>;

const model = register<number>(0);

function write(value: number, callTime: number, returnTime?: number): RegisterOperation {
  return {
    process: `w${callTime}`,
    input: { kind: 'write', value },
    callTime,
    outcome:
      returnTime === undefined ? { kind: 'info' } : { kind: 'ok', output: undefined, returnTime },
  };
}

function read(value: number, callTime: number, returnTime: number): RegisterOperation {
  return {
    process: `r${callTime}`,
    input: { kind: 'read' },
    callTime,
    outcome: { kind: 'ok', output: value, returnTime },
  };
}

function pathTo<State>(nodes: readonly OrderNode<State>[], end: number): number[] {
  const path: number[] = [];
  for (let at = nodes[end]; at !== undefined; at = nodes[at.parent]) path.unshift(at.operation);
  return path;
}

describe('partial orders', () => {
  test('end where nothing can take effect any more, and say what is refused there', () => {
    const history = [write(1, 0, 1), write(2, 2, 3), read(1, 4, 5), read(2, 4, 6)];
    const orders = partialOrders(model, history, 1_000);
    expect(pathTo(orders.nodes, orders.longest)).toEqual([0, 1, 3]);
    expect(refusedAfter(model, history, orders, orders.longest)).toEqual([2]);
    expect(orders.nodes[orders.longest]).toMatchObject({ depth: 3, states: [2] });
    expect(orders.isComplete).toBe(true);
  });

  test('each operation has the longest in which it takes effect, or none', () => {
    const history = [write(1, 0, 9), read(0, 1, 8), write(2, 2, 10), read(7, 11, 12)];
    const { nodes, endOf } = partialOrders(model, history, 1_000);
    expect(endOf.map((end) => pathTo(nodes, end).length)).toEqual([3, 3, 3, 0]);
  });

  // Why this test? Orders that took writes of unknown outcome for answers were as long, and hid it.
  test('the one that explains most answers is kept though others are as long', () => {
    const history = [write(1, 0), write(2, 0), read(1, 0, 1), read(0, 1, 1)];
    const { nodes, longest } = partialOrders(model, history, 1_000);
    expect(pathTo(nodes, longest)).toEqual([3, 0, 2]);
  });

  test('they share their beginnings', () => {
    const history = [write(1, 0, 1), write(2, 2, 9), write(3, 2, 9), read(0, 10, 11)];
    const { nodes } = partialOrders(model, history, 1_000);
    expect(nodes.filter(({ operation }) => operation === 0)).toHaveLength(1);
  });

  test('a bound ends the search with what was found', () => {
    const writes = Array.from({ length: 12 }, (_, index) => write(index, 0, 9));
    const history = [...writes, read(99, 10, 11)];
    const orders = partialOrders(model, history, 500);
    expect(orders.isComplete).toBe(false);
    expect(orders.nodes[orders.longest]?.depth).toBe(12);
  });

  test('what may have happened is tried, unless it would change nothing', () => {
    const history = [write(5, 0), write(0, 1), read(5, 2, 3)];
    const { nodes, longest } = partialOrders(model, history, 1_000);
    expect(pathTo(nodes, longest)).toEqual([0, 2]);
  });

  test('an object with a choice has all its states', () => {
    const coin: Model<number, string, number> = {
      name: 'coin',
      init: () => 0,
      step: (state, _input, output) => (output === UNKNOWN ? [state] : [output, output + 1]),
    };
    const history = [0, 2].map((callTime) => ({
      process: 'a',
      input: 'toss',
      callTime,
      outcome: { kind: 'ok', output: callTime, returnTime: callTime + 1 } as const,
    }));
    const { nodes, longest } = partialOrders(coin, history, 100);
    expect(nodes[longest]?.states).toEqual([2, 3]);
  });

  test('nothing to order', () => {
    expect(partialOrders(keyValue(), [], 10)).toMatchObject({ nodes: [], longest: -1 });
  });

  test('a known order is shown as it is', () => {
    const history = [write(1, 0, 5), write(2, 0, 5), write(3, 0)];
    const orders = knownOrder(
      model,
      history,
      [history[1], history[0]].flatMap((one) => one ?? []),
    );
    expect(pathTo(orders.nodes, orders.longest)).toEqual([1, 0]);
    expect(orders.endOf).toEqual([1, 1, -1]);
    expect(orders.nodes.map(({ states }) => states)).toEqual([[2], [1]]);
  });
});

/** All orders that cannot be continued, by trying everything. */
function* allOrders(
  history: History<RegisterInput<number>, RegisterOutput<number>>,
  order: readonly number[],
  state: number,
): Iterable<readonly number[]> {
  let isEnd = true;
  const left = [...history.keys()].filter((index) => !order.includes(index));
  const firstReturn = Math.min(
    ...left.flatMap((index) => history.slice(index, index + 1).map(returnTimeOf)),
  );
  for (const index of left) {
    const operation = history[index];
    if (operation === undefined || operation.callTime > firstReturn) continue;
    const { input, outcome } = operation;
    const [next] = model.step(state, input, outcome.kind === 'ok' ? outcome.output : UNKNOWN);
    if (next === undefined || (outcome.kind === 'info' && next === state)) continue;
    isEnd = false;
    yield* allOrders(history, [...order, index], next);
  }
  if (isEnd) yield order;
}

test('the orders are those that trying everything finds, and none is longer', () => {
  fc.assert(
    fc.property(
      histories<RegisterInput<number>, RegisterOutput<number>>(registerCalls, 6),
      (drawn) => {
        const history = drawn
          .filter(
            ({ outcome, input }) =>
              outcome.kind === 'ok' || (outcome.kind === 'info' && input.kind === 'write'),
          )
          .toSorted((left, right) => left.callTime - right.callTime);
        const completed = history.flatMap(({ outcome }, index) =>
          outcome.kind === 'ok' ? [index] : [],
        );
        const orders = [...allOrders(history, [], 0)];
        const found = partialOrders(model, history, 100_000);
        const isLegal = orders.some((order) => completed.every((index) => order.includes(index)));
        const path = pathTo(found.nodes, found.longest);
        expect(completed.every((index) => path.includes(index))).toBe(isLegal);
        for (const end of new Set(found.endOf)) {
          const shown = pathTo(found.nodes, end);
          expect(orders.some((order) => shown.every((index, at) => order[at] === index))).toBe(
            true,
          );
        }
        if (isLegal) return;
        for (const index of completed) {
          const longest = Math.max(
            0,
            ...orders.filter((order) => order.includes(index)).map((order) => order.length),
          );
          expect(pathTo(found.nodes, found.endOf[index] ?? -1)).toHaveLength(longest);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});
