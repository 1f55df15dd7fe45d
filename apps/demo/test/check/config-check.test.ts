import { describe, expect, test } from 'vitest';

import { checkConfig } from '../../src/check/config-check.ts';
import type { ConfigInput, ConfigOutput } from '../../src/check/config-model.ts';
import type { ConfigOperation } from '../../src/check/picture.ts';

function operation(
  process: string,
  input: ConfigInput,
  output: ConfigOutput | undefined,
  [callTime, returnTime]: readonly [number, number],
): ConfigOperation {
  const outcome =
    output === undefined
      ? ({ kind: 'info' } as const)
      : ({ kind: 'ok', output, returnTime } as const);
  return { process, input, callTime, outcome };
}

const put = (text: string, key = 'k'): ConfigInput => ({
  ...{ kind: 'put', key, value: text, condition: { kind: 'none' } },
});
const get: ConfigInput = { kind: 'get', key: 'k' };
const value = (text: string, revision: number): ConfigOutput => ({
  kind: 'value',
  value: text,
  revision,
});
const written = (revision: number, isNew = revision === 1): ConfigOutput => ({
  ...{ kind: 'written', revision, isNew },
});

/** Two writes, one after the other; beside the second one a read that may see either. */
const calm = [
  operation('c1', put('a'), written(1), [0, 10]),
  operation('c1', put('b'), written(2), [20, 40]),
  operation('c2', get, value('b', 2), [25, 30]),
];
const stale = operation('c10', get, value('a', 1), [50, 60]);

describe('the picture of what is linearizable', () => {
  test('has every operation as a bar, and points in an order that is possible', async () => {
    const { verdict, picture, counterexample } = await checkConfig(calm);
    expect([verdict, counterexample]).toEqual(['linearizable', null]);
    expect(picture?.lanes).toEqual(['c1', 'c2']);
    expect(picture?.bars.map(({ text }) => text)).toEqual([
      ...['put(k, "a") → created at 1', 'put(k, "b") → written at 2', 'get(k) → "b" at 2'],
    ]);
    expect(picture?.bars.map(({ point }) => [point?.number, point?.state])).toEqual([
      ...[
        [1, '"a" at 1'],
        [2, '"b" at 2'],
        [3, '"b" at 2'],
      ],
    ]);
    for (const { point, fromPx, toPx } of picture?.bars ?? []) {
      expect(point?.xPx).toBeGreaterThan(fromPx);
      expect(point?.xPx).toBeLessThan(toPx);
    }
    const inOrder = picture?.bars.map(({ point }) => point?.xPx ?? 0);
    expect(inOrder).toEqual(inOrder?.toSorted((left, right) => left - right));
  });

  test('is of the key that is asked for, and of sixty operations at most', async () => {
    const other = Array.from({ length: 100 }, (_, n) =>
      operation('c3', put(`x${n}`, 'other'), written(100 + n, n === 0), [n, n + 0.5]),
    );
    const history = [...calm, ...other];
    expect((await checkConfig(history, 'k')).picture?.key).toBe('k');
    const { picture, keys } = await checkConfig(history);
    expect(picture?.bars.length).toBe(60);
    expect(picture?.startState).toBe('"x39" at 139');
    expect(keys.map(({ key, operationCount }) => [key, operationCount])).toEqual([
      ['k', 3],
      ['other', 100],
    ]);
  });

  test('shows what nobody answered as open to the end', async () => {
    const { picture } = await checkConfig([...calm, operation('c4', put('z'), undefined, [45, 0])]);
    expect(picture?.bars.at(-1)).toMatchObject({ answer: 'unknown', returnMs: null, point: null });
    expect(picture?.bars.at(-1)?.toPx).toBe(picture?.widthPx);
  });
});

describe('the picture of a violation', () => {
  test('shrinks to the write, the one that was missed, and the read', async () => {
    const noise = Array.from({ length: 12 }, (_, n) =>
      operation(`c${3 + (n % 4)}`, get, value('b', 2), [42 + n / 2, 42.3 + n / 2]),
    );
    const report = await checkConfig([...calm, ...noise, stale]);
    const { verdict, picture, counterexample, shrinking, isMinimal } = report;
    expect([verdict, isMinimal]).toEqual(['not-linearizable', true]);
    expect(counterexample?.bars.length).toBeLessThan(4);
    expect(counterexample?.bars.at(-1)).toMatchObject({
      ...{ isCulprit: true, point: null, text: 'get(k) → "a" at 1' },
    });
    expect(counterexample?.lanes.at(-1)).toBe('c10');
    // Every step is a part of the one before, and all of them of the picture.
    expect(shrinking[0]?.length).toBe(picture?.bars.length);
    expect(shrinking.at(-1)?.length).toBe(counterexample?.bars.length);
    const culpritAt = picture?.bars.findIndex(({ isCulprit }) => isCulprit);
    for (const [step, kept] of shrinking.entries()) {
      expect(kept).toContain(culpritAt);
      expect(kept).not.toContain(-1);
      if (step > 0) expect(kept.length).toBeLessThan(shrinking[step - 1]?.length ?? 0);
    }
  });
});
