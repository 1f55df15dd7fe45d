import { Script } from 'node:vm';

import { describe, expect, test } from 'vitest';

import { checkSync } from '../src/checker.ts';
import type { History, Operation } from '../src/history.ts';
import { keyValue, type KeyValueInput, type KeyValueOutput } from '../src/models/key-value.ts';
import { htmlReport, type ReportOptions } from '../src/report/html-report.ts';
import { PAGE_SCRIPT } from '../src/report/page-script.ts';
import { pageStyle } from '../src/report/page-style.ts';

type KeyValueOperation = Operation<KeyValueInput, KeyValueOutput>;

function operation(
  process: string,
  input: KeyValueInput,
  output: KeyValueOutput,
  time: number,
): KeyValueOperation {
  return { process, input, callTime: time, outcome: { kind: 'ok', output, returnTime: time + 1 } };
}

const model = keyValue();
const put = (value: string, time: number, key = 'x'): KeyValueOperation =>
  operation('w', { kind: 'put', key, value }, undefined, time);
const get = (value: string | null, time: number, key = 'x'): KeyValueOperation =>
  operation('r', { kind: 'get', key }, value, time);

function report(
  history: History<KeyValueInput, KeyValueOutput>,
  options: ReportOptions = {},
): string {
  return htmlReport(model, history, checkSync(model, history), options);
}

/** What the page's script is given. */
function dataIn(html: string): unknown {
  const [, json = ''] = /<script id="bands"[^>]*>(.*?)<\/script>/s.exec(html) ?? [];
  return JSON.parse(json);
}

describe('a report', () => {
  test('shows the counterexample first, in a picture and in words', () => {
    const html = report([put('1', 0), put('2', 2), get('1', 4)]);
    expect(html).toContain('✗ not linearizable');
    expect(html.indexOf('Minimal counterexample')).toBeGreaterThan(0);
    expect(html.indexOf('Minimal counterexample')).toBeLessThan(html.indexOf('Partition x'));
    expect(html).toContain('class="bar ok culprit kept"');
    expect(html).toMatch(/1\. w: put\(&quot;x&quot;, &quot;1&quot;\) <i>state &quot;1&quot;/);
    expect(html).toMatch(/✗ r: get\(&quot;x&quot;\) → &quot;1&quot; <i>impossible: the state is/);
  });

  test('shows the order that proves a linearizable history', () => {
    const html = report([put('1', 0), get('1', 2)]);
    expect(html).toContain('The numbered points are an order that explains all answers.');
    expect(dataIn(html)).toEqual([
      {
        bars: [
          ['put("x", "1")', 'w', 0, 1, 'ok', null, 1, false],
          ['get("x") → "1"', 'r', 2, 3, 'ok', null, 1, false],
        ],
        points: [
          [-1, 0, 1, '"1"'],
          [0, 1, 2, '"1"'],
        ],
        refused: {},
        longest: 1,
        initial: 'null',
      },
    ]);
  });

  test('says why a verdict is unknown, and how far one can get', () => {
    const history = Array.from({ length: 12 }, (_, index) => ({
      ...put(String(index), 0),
      process: index,
    }));
    history.push({ ...get('never', 2), process: 12 });
    const html = htmlReport(model, history, checkSync(model, history, { maxSteps: 10 }));
    expect(html).toContain('? unknown');
    expect(html).toContain('the bound on steps was met');
    expect(html).toContain(
      'Not decided before the check ended. The longest order found explains 12',
    );
  });

  test('marks an answer that came after the impossible one', () => {
    const late: KeyValueOperation = {
      ...put('2', 2),
      outcome: { kind: 'ok', output: undefined, returnTime: 99 },
    };
    const seen = { ...get('2', 3), process: 's' };
    const html = report([put('1', 0), late, seen, get('1', 5)]);
    expect(dataIn(html)).toHaveProperty('0.bars.1', [
      'put("x", "2") → ?',
      'w',
      2,
      99,
      'late',
      null,
      2,
      false,
    ]);
  });

  test('draws what failed for certain and what was lost', () => {
    const failed: KeyValueOperation = { ...put('1', 0), outcome: { kind: 'fail', returnTime: 1 } };
    const lost: KeyValueOperation = {
      ...get(null, 2),
      outcome: { kind: 'info' },
      note: 'timed out',
    };
    const html = report([failed, lost, { ...get(null, 3), process: 's' }]);
    expect(html).toContain('class="bar fail"');
    expect(html).toContain('class="bar info"');
    expect(html).toContain('"timed out"');
  });

  test('draws annotations where they happened', () => {
    const html = report([put('1', 0), get('1', 5)], {
      annotations: [{ label: 'partition n1 | n2', fromTime: 2, toTime: 4 }],
    });
    expect(html).toContain('<title>partition n1 | n2</title>');
  });

  test('of an empty history is a page all the same', () => {
    expect(report([])).toContain('✓ linearizable');
  });
});

describe('a long history', () => {
  test('leaves partitions out past the limit, and names them', () => {
    const html = report([put('1', 0), put('1', 2, 'y')], { maxOperations: 1 });
    expect(html).toContain('1 linearizable or undecided partitions are left out: y');
  });

  test('shows what is nearest to the impossible answer', () => {
    const history = Array.from({ length: 500 }, (_, index) => put(String(index), index * 2));
    history.push(get('7', 1_000), put('behind', 1_002));
    const html = report(history, { maxOperations: 20 });
    expect(html).toContain('482 of its 502 operations are not drawn');
    expect(html).toContain('The longest order found explains 500 of 501');
    expect(dataIn(html)).toMatchObject([{}, { bars: { length: 20 }, longest: 18 }]);
  });

  test('of one partition shows its beginning', () => {
    const history = Array.from({ length: 50 }, (_, index) => put(String(index), index * 2));
    const html = report(history, { maxOperations: 10 });
    expect(html).toContain('40 of its 50 operations are not drawn');
    expect(html).toContain('id="b0-9"');
    expect(html).not.toContain('id="b0-10"');
  });

  test('a limit below 1 is refused', () => {
    expect(() => report([], { maxOperations: 0 })).toThrow(/^maxOperations: expected at least 1/);
  });
});

describe('safety', () => {
  const nasty = '</script><img src=x onerror="alert(1)">&\ud800\u2028<!--<script>';

  test('holds no text of the history as markup, and loads nothing', () => {
    const history = [put(nasty, 0, nasty), { ...get(null, 2, nasty), process: nasty, note: nasty }];
    const html = report(history, {
      title: nasty,
      annotations: [{ label: nasty, fromTime: 0, toTime: 1 }],
    });
    expect(html).not.toContain('<img');
    expect(html).not.toContain('<!--');
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html).not.toMatch(/\s(?:src|href)="(?!#)|@import|url\((?!#)/);
    expect(html.isWellFormed()).toBe(true);
    expect(JSON.stringify(dataIn(html))).toContain('onerror=');
  });

  test('the names of objects are names like others', () => {
    const history = [
      put('1', 0, '__proto__'),
      { ...get('2', 2, '__proto__'), process: 'constructor' },
    ];
    expect(report(history)).toContain('Partition __proto__');
  });
});

describe('the page', () => {
  test('has a script of at most 40 KB that parses, and puts no text into markup', () => {
    expect(() => new Script(PAGE_SCRIPT)).not.toThrow();
    expect(PAGE_SCRIPT.length).toBeLessThan(40_000);
    expect(PAGE_SCRIPT + pageStyle()).not.toContain('</');
    expect(PAGE_SCRIPT).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval/);
  });

  test('has the same colours in all three places', () => {
    const names = (from: string): string[] => [...new Set(from.match(/--[a-z-]+(?=:)/g))].sort();
    const blocks = pageStyle().match(/color-scheme:[^}]*/g) ?? [];
    expect(blocks).toHaveLength(3);
    for (const block of blocks) expect(names(block)).toEqual(names(blocks[0] ?? ''));
    const used = [...new Set(pageStyle().match(/(?<=var\()--[a-z-]+/g))];
    expect(names(blocks[0] ?? '')).toEqual(expect.arrayContaining(used));
  });
});
