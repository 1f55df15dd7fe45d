import { describe, expect, test } from 'vitest';

import { checkSync } from '../src/checker.ts';
import type { Operation } from '../src/history.ts';
import { keyValue, type KeyValueInput, type KeyValueOutput } from '../src/models/key-value.ts';
import { htmlReport } from '../src/report/html-report.ts';

function operation(
  process: string,
  input: KeyValueInput,
  output: KeyValueOutput,
  time: number,
): Operation<KeyValueInput, KeyValueOutput> {
  return { process, input, callTime: time, outcome: { kind: 'ok', output, returnTime: time + 1 } };
}

const model = keyValue();
const put = (value: string, time: number) =>
  operation('w', { kind: 'put', key: 'x', value }, undefined, time);
const get = (value: string | null, time: number) =>
  operation('r', { kind: 'get', key: 'x' }, value, time);

describe('report', () => {
  test('shows the counterexample first, with the impossible answer marked', () => {
    const history = [put('1', 0), put('2', 2), get('1', 4)];
    const html = htmlReport(model, history, checkSync(model, history));
    expect(html.indexOf('Minimal counterexample')).toBeGreaterThan(0);
    expect(html.indexOf('Minimal counterexample')).toBeLessThan(html.indexOf('Partition x'));
    expect(html).toContain('class="bar culprit"');
    expect(html).toContain('not-linearizable');
  });

  test('shows the order that proves a linearizable history', () => {
    const history = [put('1', 0), get('1', 2)];
    const html = htmlReport(model, history, checkSync(model, history));
    expect(html).toContain('<polyline class="order"');
    const [, orders = ''] = /<script id="orders"[^>]*>(.*?)<\/script>/s.exec(html) ?? [];
    expect(JSON.parse(orders)).toEqual([
      [
        { bar: 0, state: '"1"' },
        { bar: 1, state: '"1"' },
      ],
    ]);
  });

  test('holds no text of the history as markup, and loads nothing', () => {
    const nasty = '</script><img src=x onerror="alert(1)">&\ud800';
    const history = [put(nasty, 0), get(nasty, 2)];
    const html = htmlReport(model, history, checkSync(model, history), { title: nasty });
    expect(html).not.toContain('<img');
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html).not.toMatch(/\s(?:src|href)="|@import|url\(/);
    expect(html.isWellFormed()).toBe(true);
  });

  test('draws annotations where they happened', () => {
    const history = [put('1', 0), get('1', 5)];
    const html = htmlReport(model, history, checkSync(model, history), {
      annotations: [{ label: 'partition n1 | n2', fromTime: 2, toTime: 4 }],
    });
    expect(html).toContain('partition n1 | n2');
  });

  test('leaves partitions out past the limit, and says so', () => {
    const history = [
      put('1', 0),
      operation('v', { kind: 'put', key: 'y', value: '1' }, undefined, 0),
    ];
    const html = htmlReport(model, history, checkSync(model, history), { maxOperations: 1 });
    expect(html).toContain('1 linearizable or undecided partitions are left out');
  });
});
