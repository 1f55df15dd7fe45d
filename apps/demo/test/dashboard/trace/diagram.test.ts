import { expect, test } from 'vitest';

import {
  type DiagramView,
  drawnEvents,
  eventAt,
  xOf,
  yOf,
} from '../../../src/dashboard/trace/diagram.ts';
import type { TraceEvent } from '../../../src/dashboard/trace/trace-log.ts';

const view: DiagramView = {
  ...{ width: 600, height: 300, ids: ['n1', 'n2', 'n3'] },
  ...{ endMs: 2_000, spanMs: 1_000, latestMs: 2_000 },
  isShown: () => true,
  timeOf: (atMs) => atMs,
  highlighted: undefined,
  hasHeartbeats: false,
  selected: undefined,
};

const event = (node: string, atMs: number, type = 'appendEntries'): TraceEvent => ({
  entry: {
    ...{ node, kind: 'send', peer: 'n2', protocol: 'raft', type, sizeBytes: 1 },
    ...{ wallMs: atMs, counter: 0, process: `${node}.x`, clock: {} },
  },
  atMs,
  partner: undefined,
});

test('time runs to the right, lanes from top to bottom', () => {
  expect(xOf(view, 1_500)).toBeGreaterThan(xOf(view, 1_400));
  expect(xOf(view, 2_000)).toBeLessThan(view.width);
  expect(yOf(view, 'n1')).toBeLessThan(yOf(view, 'n2'));
  expect(yOf(view, 'n3')).toBeLessThan(view.height);
});

test('a message is drawn if one of its ends is in sight', () => {
  const [early, late] = [event('n1', 900), event('n2', 1_100)];
  expect(drawnEvents(view, [early])).toEqual([]);
  early.partner = late;
  expect(drawnEvents(view, [early])).toEqual([early]);
  expect(drawnEvents({ ...view, isShown: () => false }, [early])).toEqual([]);
});

test('a click finds the nearest event of its lane', () => {
  const [one, other] = [event('n1', 1_500), event('n1', 1_510)];
  const events = [one, other, event('n2', 1_500)];
  const y = yOf(view, 'n1') + 3;
  expect(eventAt(view, events, { x: xOf(view, 1_501), y })).toBe(one);
  expect(eventAt(view, events, { x: xOf(view, 1_509), y })).toBe(other);
  expect(eventAt(view, events, { x: xOf(view, 1_100), y })).toBeUndefined();
});

test('heartbeats can be chosen only where they are drawn as messages', () => {
  const beat = event('n1', 1_500, 'phi-accrual');
  const at = { x: xOf(view, 1_500), y: yOf(view, 'n1') };
  expect(eventAt(view, [beat], at)).toBeUndefined();
  expect(eventAt({ ...view, hasHeartbeats: true }, [beat], at)).toBe(beat);
});
