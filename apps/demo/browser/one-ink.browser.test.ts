/**
 * Nothing is told by colour alone. Goal: states stay apart for who sees no colours. Method: each of
 * them is drawn in a real browser, with the page's own styles, in one ink and through a filter that
 * leaves only grey; what is left are shapes and words, and no two states may look alike.
 */
import './support/page-token.ts';

import { type ComponentChild, h, render } from 'preact';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { page } from 'vitest/browser';

import type { LogCell } from '../src/dashboard/control/log-window.ts';
import { LinkMark } from '../src/dashboard/cluster/link-mark.tsx';
import type { LinkLook } from '../src/dashboard/cluster/links.ts';
import { NodeMark } from '../src/dashboard/cluster/node-mark.tsx';
import { legend } from '../src/dashboard/cluster/message-kinds.ts';
import { Swatch } from '../src/dashboard/cluster/ring-legend.tsx';
import { isConnected, view } from '../src/dashboard/feed.ts';
import { Header } from '../src/dashboard/header.tsx';
import { LookSign } from '../src/dashboard/resilience/look-sign.tsx';
import type { ClusterView } from '../src/supervisor/cluster-view.ts';
import { nodeView, type NodeViewParts } from '../test/support/node-view.ts';

const looks: readonly LinkLook[] = ['well', 'trial', 'doubt', 'refused', 'unknown'];
/** Pixels by which two pictures differ at least: fewer than any sign has. */
const PIXELS_MIN = 8;
/** Of 255. */
const SHADE_MIN = 48;

const root = document.createElement('div');

beforeAll(async () => {
  const styles = document.head.appendChild(document.createElement('link'));
  styles.rel = 'stylesheet';
  styles.href = new URL('../src/dashboard/page.css', import.meta.url).href;
  await new Promise((resolve, reject) => {
    styles.onload = resolve;
    styles.onerror = reject;
  });
  document.body.append(root);
  root.style.cssText = 'display:inline-block;padding:8px;filter:grayscale(1)';
  const names = ['leader', 'follower', 'candidate', 'good', 'warn', 'bad', 'append', 'heartbeat'];
  for (const name of [...names, 'vote', 'snapshot', 'request', 'primary', 'ink', 'ink-2', 'line']) {
    root.style.setProperty(`--${name}`, '#333');
  }
  root.style.setProperty('--panel', '#fff');
  root.style.setProperty('--ground', '#fff');
});
afterEach(() => {
  render(null, root);
});

/** How `drawn` looks: its shades of grey. */
async function picture(drawn: ComponentChild, heightPx: number): Promise<Uint8ClampedArray> {
  render(null, root);
  render(h('div', { style: `width:320px;height:${heightPx}px;overflow:hidden` }, drawn), root);
  const base64 = await page.elementLocator(root).screenshot({ save: false });
  const image = new Image();
  image.src = `data:image/png;base64,${base64}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('expected a canvas');
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, image.width, image.height).data;
}

/** In how many pixels two pictures differ. */
function difference(left: Uint8ClampedArray, right: Uint8ClampedArray): number {
  let count = 0;
  for (let at = 0; at < Math.max(left.length, right.length); at += 4) {
    if (Math.abs((left[at] ?? 0) - (right[at] ?? 0)) > SHADE_MIN) count += 1;
  }
  return count;
}

/** Draws all states, and expects each to differ from each other. */
async function expectApart(
  states: Readonly<Record<string, () => ComponentChild>>,
  heightPx = 160,
): Promise<void> {
  const pictures: [string, Uint8ClampedArray][] = [];
  for (const [name, draw] of Object.entries(states)) {
    pictures.push([name, await picture(draw(), heightPx)]);
  }
  const alike = pictures.flatMap(([name, one], index) =>
    pictures
      .slice(index + 1)
      .filter(([, other]) => difference(one, other) < PIXELS_MIN)
      .map(([otherName]) => `${name} and ${otherName}`),
  );
  expect(alike).toEqual([]);
}

const svg = (...children: readonly ComponentChild[]): ComponentChild =>
  h('div', { class: 'ring' }, h('svg', { viewBox: '0 0 320 120' }, ...children));

/** n1 and n2, as n1 says of n2 what gives the look. */
function ends(look: LinkLook) {
  const peer = {
    ...{ peer: 'n2', phi: look === 'doubt' ? 4 : 0, isSuspected: look === 'refused' },
    breakers: { ask: look === 'trial' ? 'halfOpen' : 'closed' },
  };
  const n1 = nodeView('n1', look === 'unknown' ? {} : { peers: [peer] });
  return {
    from: { node: n1, at: { x: 10, y: 60 } },
    to: { node: nodeView('n2'), at: { x: 310, y: 60 } },
  };
}

test('links are told apart by their strokes', async () => {
  const link =
    (look: LinkLook, isCut = false) =>
    () =>
      svg(h(LinkMark, { ...ends(look), isCut, faults: [] }));
  await expectApart({
    ...Object.fromEntries(looks.map((look) => [look, link(look)])),
    cut: link('well', true),
  });
});

test('breakers are told apart by their signs', async () => {
  await expectApart(Object.fromEntries(looks.map((look) => [look, () => h(LookSign, { look })])));
});

test('nodes are told apart by their shapes, without a word', async () => {
  const node = (parts: NodeViewParts) => () =>
    svg(h(NodeMark, { node: nodeView('n1', parts), at: { x: 160, y: 70 }, others: [] }));
  root.classList.add('wordless');
  const style = root.appendChild(document.createElement('style'));
  style.textContent = '.wordless text { display: none }';
  await expectApart({
    follower: node({}),
    leader: node({ figures: { role: 'leader' } }),
    candidate: node({ figures: { role: 'candidate' } }),
    paused: node({ process: 'paused' }),
    stopped: node({ process: 'stopped', status: null }),
    failed: node({ figures: { condition: 'failed' } }),
  });
  root.classList.remove('wordless');
});

test('messages are told apart by their shapes, as far as the legend has them apart', async () => {
  const swatches = legend.map((look) => [look.label, () => h(Swatch, { look })] as const);
  await expectApart(Object.fromEntries(swatches));
});

test('entries of a log are told apart by their fill', async () => {
  const cells: readonly LogCell[] = [
    ...(['absent', 'forgotten', 'volatile', 'durable', 'committed', 'damaged'] as const),
  ];
  const cell = (kind: LogCell) => () =>
    h('div', { class: 'log-row' }, h('i', { class: `cell ${kind}`, style: 'width:24px' }));
  await expectApart(Object.fromEntries(cells.map((kind) => [kind, cell(kind)])));
});

test('verdicts are told apart by a sign and a word', async () => {
  // Else it would say that it is not, over all else.
  isConnected.value = true;
  const totals = { acknowledgedCount: 9, checkedCount: 9, violationCount: 0 };
  const verdict =
    (verdict: 'linearizable' | 'not-linearizable' | null, checkedCount = 9) =>
    () => {
      view.value = {
        ...{ nodes: [nodeView('n1')], leaderId: 'n1', groups: [], dataDirectory: '' },
        load: { ratePerSecond: 1, totals: { ...totals, checkedCount } },
        check: {
          ...{ isRecording: true, isSwitchable: true, operationCount: 9, verdictAgeMs: 0 },
          ...{ verdict, isBroken: false },
        },
      } satisfies ClusterView;
      return h(Header, {});
    };
  await expectApart(
    {
      unchecked: verdict(null, 0),
      checked: verdict(null),
      linearizable: verdict('linearizable'),
      violated: verdict('not-linearizable'),
    },
    480,
  );
});
