import { describe, expect, test } from 'vitest';

import type { History, Operation } from '../src/history.ts';
import { type Model, UNKNOWN } from '../src/model.ts';
import { register, type RegisterInput, type RegisterOutput } from '../src/models/register.ts';
import { describeCall, show } from '../src/models/text.ts';
import type { Annotation } from '../src/report/annotation.ts';
import { textWidthPx } from '../src/report/columns.ts';
import { type Band, type BandContent, layOutBand } from '../src/report/layout.ts';
import { partialOrders } from '../src/report/partial-orders.ts';

type RegisterOperation = Operation<RegisterInput<number>, RegisterOutput<number>>;

const model = register<number>(0);

function write(process: string, callTime: number, returnTime?: number): RegisterOperation {
  return {
    process,
    input: { kind: 'write', value: 1 },
    callTime,
    outcome:
      returnTime === undefined ? { kind: 'info' } : { kind: 'ok', output: undefined, returnTime },
  };
}

function read(process: string, output: number, callTime: number, returnTime: number) {
  const input = { kind: 'read' } as const;
  return { process, input, callTime, outcome: { kind: 'ok', output, returnTime } as const };
}

function contentOf<State, Input, Output>(
  of: Model<State, Input, Output>,
  operations: History<Input, Output>,
): BandContent<State, Input, Output> {
  return {
    title: 'title',
    explanation: '',
    operations,
    ordered: operations,
    orders: partialOrders(of, operations, 10_000),
    culprit: operations.at(-1),
    kept: new Set(operations.slice(0, 1)),
    lateReturnOf: new Map(),
    annotations: [],
  };
}

function bandOf(
  operations: History<RegisterInput<number>, RegisterOutput<number>>,
  annotations: readonly Annotation[] = [],
): Band {
  return layOutBand(model, { ...contentOf(model, operations), annotations });
}

describe('lanes and bars', () => {
  test('lanes are in the order in which people sort their names', () => {
    const names = ['c10', 'c2', 'b', 'c2#2', 'c02', '7', 'c'];
    const band = bandOf(names.map((name, index) => write(name, index)));
    expect(band.lanes).toEqual(['7', 'b', 'c', 'c02', 'c2', 'c2#2', 'c10']);
  });

  test('only the order of times matters, and each bar has room for its text', () => {
    const near = bandOf([write('a', 0, 1), read('b', 1, 2, 3)]);
    const far = bandOf([write('a', 0, 1_000), read('b', 1, 2_000, 1e9)]);
    expect(far.bars.map(({ fromPx, toPx }) => [fromPx, toPx])).toEqual(
      near.bars.map(({ fromPx, toPx }) => [fromPx, toPx]),
    );
    for (const { fromPx, toPx, label } of near.bars) {
      expect(toPx - fromPx).toBeGreaterThan(textWidthPx(label));
    }
    expect(near.bars[1]?.fromPx).toBeGreaterThan(near.bars[0]?.toPx ?? 0);
  });

  test('what never returned reaches to the end', () => {
    const { bars, widthPx } = bandOf([write('a', 0), read('b', 1, 5, 9)]);
    expect(bars[0]).toMatchObject({ kind: 'info', toPx: widthPx, returnTime: undefined });
    expect(bars[1]).toMatchObject({ kind: 'ok', label: 'read() → 1', returnTime: 9 });
  });

  test('a long text is shortened in its middle, and kept in full beside', () => {
    const wordy = { ...model, describeOperation: () => `begin${'x'.repeat(500)}→ end` };
    const [bar] = layOutBand(wordy, contentOf(wordy, [write('a', 0, 1)])).bars;
    expect(bar?.label).toMatch(/^beginx+…x+→ end$/);
    expect([bar?.label.length, bar?.text.length]).toEqual([36, 300]);
  });

  test('states and values that JSON has no form for are shown all the same', () => {
    const bare: Model<bigint, unknown, unknown> = {
      name: 'bare',
      init: () => 1n,
      step: (state) => [state + 1n],
    };
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    const history = [cyclic, undefined].map((input, callTime) => ({
      process: 'a',
      input,
      callTime: callTime * 2,
      outcome: { kind: 'ok', output: 2n, returnTime: callTime * 2 + 1 } as const,
    }));
    const band = layOutBand(bare, contentOf(bare, history));
    expect(band.bars.map(({ text }) => text)).toEqual([
      '[object Array] → [object BigInt]',
      'undefined → [object BigInt]',
    ]);
    expect(band.initialState).toBe('[object BigInt]');
  });

  test('what certainly failed says so', () => {
    const failed: RegisterOperation = {
      ...write('a', 0),
      outcome: { kind: 'fail', returnTime: 1 },
    };
    const band = layOutBand(model, {
      ...contentOf(model, [write('b', 0, 1)]),
      operations: [failed, write('b', 0, 1)],
    });
    expect(band.bars[0]).toMatchObject({ kind: 'fail', text: 'write(1) → failed', end: -1 });
  });
});

describe('points', () => {
  const history = [write('a', 0, 9), read('b', 0, 1, 8), read('c', 1, 2, 7), read('d', 0, 10, 11)];

  test('follow their order, and lie within their bars, before whatever comes next', () => {
    const { bars, points, longest } = bandOf(history);
    const order: number[] = [];
    for (let at = longest; at !== -1; at = points[at]?.parent ?? -1) order.unshift(at);
    expect(order.map((at) => points[at]?.bar)).toEqual([1, 0, 2]);
    expect(order.map((at) => points[at]?.number)).toEqual([1, 2, 3]);
    expect(order.map((at) => points[at]?.state)).toEqual(['0', '1', '1']);
    let last = 0;
    for (const at of order) {
      const { xPx = 0, bar = 0 } = points[at] ?? {};
      expect(xPx).toBeGreaterThanOrEqual(last + 20);
      expect(xPx).toBeGreaterThan(bars[bar]?.fromPx ?? 0);
      expect(xPx).toBeLessThan(bars[bar]?.toPx ?? 0);
      last = xPx;
    }
  });

  test('what is refused behind an order is marked within its bar', () => {
    const { bars, refusals, longest } = bandOf(history);
    const [refusal] = refusals.filter(({ end }) => end === longest);
    expect(refusal?.bar).toBe(3);
    expect(refusal?.xPx).toBeGreaterThan(bars[3]?.fromPx ?? 0);
    expect(refusal?.xPx).toBeLessThan(bars[3]?.toPx ?? 0);
  });

  test('of operations that are not drawn there are none, and their order goes on without', () => {
    const band = layOutBand(model, { ...contentOf(model, history), operations: history.slice(2) });
    expect(band.points.find(({ number }) => number === 3)).toMatchObject({ bar: 0, parent: -1 });
    expect(band.points.some(({ number }) => number === 1)).toBe(false);
  });
});

describe('what happened meanwhile', () => {
  const history = [write('a', 0, 4), read('b', 1, 6, 10)];

  test('stands at the events of its time, or between them', () => {
    const { bars, spans } = bandOf(history, [{ label: 'cut', fromTime: 4, toTime: 8 }]);
    expect(spans[0]?.fromPx).toBe(bars[0]?.toPx);
    expect(spans[0]?.toPx).toBeGreaterThan(bars[1]?.fromPx ?? 0);
    expect(spans[0]?.toPx).toBeLessThan(bars[1]?.toPx ?? 0);
  });

  test('an instant is a mark', () => {
    const { spans } = bandOf(history, [{ label: 'crash', fromTime: 2, toTime: 2 }]);
    expect((spans[0]?.toPx ?? 0) - (spans[0]?.fromPx ?? 0)).toBe(4);
  });

  test('what would run into another gets a row of its own; what lies outside is left out', () => {
    const { spans, topPx } = bandOf(history, [
      { label: 'far too late', fromTime: 11, toTime: 12 },
      { label: 'b', fromTime: 4, toTime: 5 },
      { label: 'a name that is rather long', fromTime: 0, toTime: 3 },
    ]);
    expect(spans.map(({ label, row }) => [label, row])).toEqual([
      ['a name that is rather long', 0],
      ['b', 1],
    ]);
    expect(topPx).toBeGreaterThan(bandOf(history).topPx);
  });

  test('times stand at the top, as far apart as they need', () => {
    const { ticks } = bandOf(history);
    expect(ticks[0]?.label).toBe('0');
    expect((ticks[1]?.xPx ?? 0) - (ticks[0]?.xPx ?? 0)).toBeGreaterThanOrEqual(90);
  });
});

test('texts for people', () => {
  expect(describeCall('cas', [1, 2], UNKNOWN)).toBe('cas(1, 2) → ?');
  expect(describeCall('write', [1], undefined)).toBe('write(1)');
  expect(show('a')).toBe('"a"');
});
