/* The report as a reader has it: opened in a page of its own, and used with the keyboard. */

import { afterEach, describe, expect, test } from 'vitest';

import { checkSync } from '../src/checker.ts';
import type { Operation } from '../src/history.ts';
import { keyValue, type KeyValueInput, type KeyValueOutput } from '../src/models/key-value.ts';
import { htmlReport } from '../src/report/html-report.ts';

type KeyValueOperation = Operation<KeyValueInput, KeyValueOutput>;

function operation(
  process: string,
  input: KeyValueInput,
  output: KeyValueOutput,
  callTime: number,
): KeyValueOperation {
  return { process, input, callTime, outcome: { kind: 'ok', output, returnTime: callTime + 1 } };
}

const nasty = '"><img src=x onerror="parent.wasHacked=true">';
const put = (value: string, time: number, key = 'x'): KeyValueOperation =>
  operation('writer', { kind: 'put', key, value }, undefined, time);
const get = (value: string, time: number, key = 'x'): KeyValueOperation =>
  operation('reader', { kind: 'get', key }, value, time);

/** Band 0: the counterexample, two puts and the impossible get. Band 1: all of x. Band 2: y. */
const history = [
  put('1', 0),
  get('1', 2),
  put('2', 4),
  { ...get('2', 6), note: nasty },
  get('1', 8),
  put('3', 10, nasty),
];

interface Page {
  readonly window: Window & typeof globalThis;
  readonly document: Document;
  readonly requests: readonly string[];
}

const opened: HTMLIFrameElement[] = [];
afterEach(() => {
  for (const frame of opened.splice(0)) frame.remove();
});

async function open(hash = ''): Promise<Page> {
  const model = keyValue();
  const html = htmlReport(model, history, checkSync(model, history), {
    title: nasty,
    annotations: [{ label: 'partition n1 | n2', fromTime: 3, toTime: 7 }],
  });
  const url = URL.createObjectURL(new Blob([html], { type: 'text/html' }));
  const frame = document.createElement('iframe');
  frame.width = '1000';
  frame.height = '800';
  const loaded = new Promise((resolve) => {
    frame.addEventListener('load', resolve, { once: true });
  });
  frame.src = `${url}${hash}`;
  document.body.append(frame);
  opened.push(frame);
  await loaded;
  const window = frame.contentDocument?.defaultView;
  if (!window) throw new Error('expected a window');
  const requests = window.performance.getEntriesByType('resource').map(({ name }) => name);
  return { window, document: window.document, requests };
}

function press(page: Page, ...keys: readonly string[]): void {
  for (const key of keys) {
    const target = page.document.activeElement ?? page.document.body;
    target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  }
}

/** The numbers of the points to be seen in a band, those ahead of the step reached in brackets. */
function pointsIn({ document, window }: Page, band: number): string {
  const points = [...document.querySelectorAll(`#band-${band} .plot .point`)];
  return points
    .filter((point) => window.getComputedStyle(point).display !== 'none')
    .map((point) => {
      const number = point.textContent;
      return point.classList.contains('ahead') ? `(${number})` : number;
    })
    .join(' ');
}

const detailOf = ({ document }: Page): string =>
  document.querySelector('footer')?.textContent ?? '';

describe('stepping with the keyboard', () => {
  test('goes through the order, and then to what is refused behind it', async () => {
    const page = await open();
    expect(pointsIn(page, 0)).toBe('1 2');
    press(page, 'ArrowRight');
    expect(pointsIn(page, 0)).toBe('1 (2)');
    expect(detailOf(page)).toContain('step 1 of 2. State before: null, after: "1"');
    press(page, 'ArrowRight');
    expect(detailOf(page)).toContain('step 2 of 2. State before: "1", after: "2"');
    press(page, 'ArrowRight');
    expect(pointsIn(page, 0)).toBe('1 2');
    expect(detailOf(page)).toContain('✗ Refused at the end of this order, where the state is "2"');
    expect(detailOf(page)).toContain('No order of all operations allows this answer');
    press(page, 'ArrowRight', 'ArrowRight', 'ArrowLeft');
    expect(detailOf(page)).toContain('step 2 of 2');
    press(page, 'Home');
    expect(detailOf(page)).toContain('step 1 of 2');
    press(page, 'End');
    expect(detailOf(page)).toContain('✗ Refused');
    press(page, 'Escape');
    expect(detailOf(page)).toContain('The order shown has 2 steps');
  });

  test('n, p and c go from band to band, arrows from client to client', async () => {
    const page = await open();
    press(page, 'n');
    expect(page.document.activeElement?.id).toBe('band-1');
    press(page, 'ArrowRight');
    expect(detailOf(page)).toContain('Client writer: put("x", "1")');
    expect(detailOf(page)).toContain('step 1 of 4');
    press(page, 'ArrowUp');
    expect(detailOf(page)).toContain('Client reader: get("x") → "1"');
    press(page, 'ArrowDown');
    expect(detailOf(page)).toContain('Client writer:');
    press(page, 'n', 'n', 'n');
    expect(page.document.activeElement?.id).toBe('band-2');
    press(page, 'p');
    expect(page.document.activeElement?.id).toBe('band-1');
    press(page, 'c');
    expect(page.document.activeElement?.id).toBe('band-0');
  });

  test('o leaves only the counterexample of the history', async () => {
    const page = await open();
    press(page, 'n', 'o');
    const opacities = [...page.document.querySelectorAll('#band-1 .bar')].map(
      (bar) => page.window.getComputedStyle(bar).opacity,
    );
    expect(opacities).toEqual(['1', '0.15', '1', '0.15', '1']);
    press(page, 'o');
    expect(page.document.querySelector('#band-1.only')).toBeNull();
  });

  test('? lists the keys, and t changes between light and dark', async () => {
    const page = await open();
    const paper = (): string => page.window.getComputedStyle(page.document.body).backgroundColor;
    const before = paper();
    press(page, 't');
    expect(paper()).not.toBe(before);
    press(page, 't');
    expect(paper()).toBe(before);
    press(page, '?');
    const help = page.document.querySelector('dialog');
    expect(help?.open).toBe(true);
    press(page, 'ArrowRight');
    expect(detailOf(page)).toContain('The order shown');
    help?.close();
  });
});

describe('the pointer', () => {
  const point = (page: Page, selector: string, type: string): void => {
    const target = page.document.querySelector(selector);
    target?.dispatchEvent(new PointerEvent(type, { bubbles: true }));
  };

  test('shows an order while it is over an operation, and keeps it when it is chosen', async () => {
    const page = await open();
    point(page, '#b1-2', 'pointerover');
    expect(detailOf(page)).toContain('put("x", "2")');
    point(page, '#band-1 .picture', 'pointerover');
    expect(detailOf(page)).toContain('The order shown has 4 steps');
    page.document.querySelector('#b1-3')?.dispatchEvent(new MouseEvent('click', { bubbles: true }));
    point(page, '#band-1 .picture', 'pointerover');
    expect(detailOf(page)).toContain('get("x") → "2"');
    expect(detailOf(page)).toContain(`Note: ${nasty}`);
  });

  test('the address leads back to the operation that was chosen', async () => {
    const page = await open();
    page.document.querySelector('#b1-2')?.dispatchEvent(new MouseEvent('click', { bubbles: true }));
    expect(page.window.location.hash).toBe('#b1-2');
    const again = await open('#b1-2');
    expect(detailOf(again)).toContain('put("x", "2")');
    expect(again.document.querySelector('#b1-2')?.classList.contains('now')).toBe(true);
    expect(detailOf(await open('#b9-9'))).toContain('The order shown');
  });
});

describe('saving as SVG', () => {
  test('gives one picture that needs nothing else', async () => {
    const page = await open();
    const saved: Blob[] = [];
    const names: string[] = [];
    Reflect.set(page.window.URL, 'createObjectURL', (blob: Blob) => {
      saved.push(blob);
      return 'blob:saved';
    });
    Reflect.set(
      page.window.HTMLAnchorElement.prototype,
      'click',
      function (this: { download: string }) {
        names.push(this.download);
      },
    );
    press(page, 'n', 's');
    expect(names).toEqual(['history-1.svg']);
    const text = (await saved[0]?.text()) ?? '';
    const picture = new DOMParser().parseFromString(text, 'image/svg+xml');
    expect(picture.querySelector('parsererror')).toBeNull();
    expect(picture.documentElement.tagName).toBe('svg');
    expect(picture.querySelectorAll('.bar')).toHaveLength(5);
    expect(picture.querySelectorAll('.client')).toHaveLength(2);
    expect(picture.querySelector('.span title')?.textContent).toBe('partition n1 | n2');
    expect(text).not.toMatch(/var\(|--paper|@media|<script|href=/);

    const image = new Image();
    image.src = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
    await image.decode();
    expect(image.naturalWidth).toBeGreaterThan(300);
    expect(image.naturalHeight).toBeGreaterThan(100);
  });
});

describe('whatever the history holds', () => {
  test('nothing is loaded, and no text becomes markup', async () => {
    const { document: page, requests } = await open();
    expect(requests).toEqual([]);
    expect(page.querySelectorAll('img')).toHaveLength(0);
    expect(Reflect.get(window, 'wasHacked')).toBeUndefined();
    expect(page.title).toBe(`${nasty}: ✗ not linearizable`);
  });
});
