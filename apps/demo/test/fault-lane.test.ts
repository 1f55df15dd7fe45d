import { expect, test } from 'vitest';

import { FaultLane, laneOf } from './support/fault-lane.ts';

test('a fault lasts from its beginning to its end', () => {
  let nowMs = 5;
  const lane = new FaultLane(() => nowMs);
  const end = lane.begin('kill n1');
  nowMs = 7;
  end();
  nowMs = 9;
  end();
  lane.begin('pause n2');
  nowMs = 10;
  expect(lane.annotations).toEqual([
    { label: 'kill n1', fromTime: 5, toTime: 7 },
    { label: 'pause n2', fromTime: 9, toTime: 10 },
  ]);
});

test('the lane of a schedule pairs what begins with what ends', () => {
  const annotations = laneOf(
    [
      { atMs: 1, kind: 'crash', node: 'n1' },
      { atMs: 2, kind: 'pause', node: 'n2' },
      { atMs: 3, kind: 'partition', name: 'a', left: ['n1'], right: ['n2', 'n3'] },
      { atMs: 4, kind: 'heal', name: 'b' },
      { atMs: 5, kind: 'restart', node: 'n1' },
      { atMs: 6, kind: 'heal', name: 'a' },
      { atMs: 7, kind: 'reset', left: 'n1', right: 'n2' },
      { atMs: 8, kind: 'network', lossRate: 0.5 },
      { atMs: 9, kind: 'network', lossRate: 0 },
      { atMs: 10, kind: 'partition', left: ['n1'], right: ['n2'], direction: 'forward' },
      { atMs: 30, kind: 'resume', node: 'n2' },
    ],
    20,
  );
  expect(annotations).toEqual([
    { label: 'crash n1', fromTime: 1, toTime: 5 },
    { label: 'pause n2', fromTime: 2, toTime: 20 },
    { label: 'partition n1 | n2,n3', fromTime: 3, toTime: 6 },
    { label: 'reset n1 | n2', fromTime: 7, toTime: 7 },
    { label: 'network {"lossRate":0.5}', fromTime: 8, toTime: 9 },
    { label: 'partition n1 → n2', fromTime: 10, toTime: 20 },
  ]);
});
