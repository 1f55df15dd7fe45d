import fc from 'fast-check';
import { expect, test } from 'vitest';

import { nodeId } from '@quorate/transport';

import { parseSchedule, printSchedule, Simulation } from '../src/index.ts';
import { nodesOf } from '../src/fault.ts';
import { checkFault, checkSchedule } from '../src/schedule.ts';
import { oneOfEach } from './support/one-of-each.ts';

test('a schedule reads back as what was printed, one event a line', () => {
  const text = printSchedule(oneOfEach);
  expect(parseSchedule(text)).toEqual(oneOfEach);
  expect(text.split('\n')).toHaveLength(oneOfEach.length + 3);
  expect(text.split('\n')[1]).toBe('  {"atMs":0,"kind":"crash","node":"a"},');
  expect(parseSchedule(printSchedule([]))).toEqual([]);
});

test.each<[unknown, string]>([
  ['x', "schedule: expected an array of events, got 'x'"],
  [[null], 'schedule[0]: expected an object, got null'],
  [[[]], 'schedule[0]: expected an object, got []'],
  [[{ kind: 'calm' }], 'schedule[0].atMs: expected a number, 0..9007199254740991, got undefined'],
  [
    [{ atMs: NaN, kind: 'calm' }],
    'schedule[0].atMs: expected a number, 0..9007199254740991, got NaN',
  ],
  [
    [{ atMs: -1, kind: 'calm' }],
    'schedule[0].atMs: expected a number, 0..9007199254740991, got -1',
  ],
  [
    [{ atMs: '5', kind: 'calm' }],
    "schedule[0].atMs: expected a number, 0..9007199254740991, got '5'",
  ],
  [
    [{ atMs: 1, kind: 'explode' }],
    'schedule[0].kind: expected one of crash, restart, stop, pause,',
  ],
  [[{ atMs: 1, kind: '__proto__' }], 'schedule[0].kind: expected one of crash,'],
  [[{ atMs: 1 }], 'schedule[0].kind: expected one of crash,'],
  [
    [
      { atMs: 1, kind: 'calm' },
      { atMs: 1, kind: 'crash', node: 5 },
    ],
    'schedule[1].node: expected a text, got 5',
  ],
  [[{ atMs: 1, kind: 'crash' }], 'schedule[0].node: expected a text, got undefined'],
  [
    [{ atMs: 1, kind: 'crash', node: 'a', mode: 'explosion' }],
    "schedule[0].mode: expected 'power' or 'process', got 'explosion'",
  ],
  [
    [{ atMs: 1, kind: 'crash', node: 'a', isNoticed: 'yes' }],
    "schedule[0].isNoticed: expected true or false, got 'yes'",
  ],
  [
    [{ atMs: 1, kind: 'crash', node: 'a', nodes: ['b'] }],
    "schedule[0]: expected fields of 'crash' (node, mode, isNoticed), got 'nodes'",
  ],
  [[{ atMs: 1, kind: 'calm', x: 1 }], "schedule[0]: expected fields of 'calm' (none), got 'x'"],
  [
    [{ atMs: 1, kind: 'partition', left: 'a', right: ['b'] }],
    "schedule[0].left: expected an array of node ids, got 'a'",
  ],
  [
    [{ atMs: 1, kind: 'partition', left: ['a', 1], right: ['b'] }],
    'schedule[0].left[1]: expected a text, got 1',
  ],
  [
    [{ atMs: 1, kind: 'failSyncs', node: 'a', count: 1.5 }],
    'schedule[0].count: expected an integer, at least 0, got 1.5',
  ],
  [
    [{ atMs: 1, kind: 'restoreDisk', node: 'a' }],
    'schedule[0].name: expected a text, got undefined',
  ],
  [
    [{ atMs: 1, kind: 'swapDisks', left: ['a'], right: 'b' }],
    'schedule[0].left: expected a text, got ["a"]',
  ],
  [
    [{ atMs: 1, kind: 'upgrade', node: 'a', release: 0 }],
    'schedule[0].release: expected an integer, at least 1, got 0',
  ],
  [[{ atMs: 1, kind: 'buggify', share: 2 }], 'schedule[0].share: expected a number, 0..1, got 2'],
  [
    [{ atMs: 1, kind: 'bitRot', node: 'a', pathPrefix: '', bitCount: 0 }],
    'schedule[0].bitCount: expected an integer, at least 1, got 0',
  ],
  [
    [{ atMs: 1, kind: 'network', delay: { kind: 'constant' } }],
    'schedule[0].delay.ms: expected a finite number, at least 0, got undefined',
  ],
  [
    [{ atMs: 1, kind: 'network', burstyLoss: { goodCountMean: 5 } }],
    'schedule[0].burstyLoss.badCountMean: expected 2..1000, got undefined',
  ],
  [
    [{ atMs: 1, kind: 'network', damaged: 'kept' }],
    "schedule[0].damaged: expected 'lost' or 'delivered', got 'kept'",
  ],
  [
    [{ atMs: 1, kind: 'slowNode', node: 'a', perEventMs: -1 }],
    'schedule[0].perEventMs: expected a number, 0..3600000, got -1',
  ],
  [
    [{ atMs: 1, kind: 'leapSmear', node: 'a', byMs: 1 }],
    'schedule[0].overMs: expected a number, 1..9007199254740991, got undefined',
  ],
  [
    [{ atMs: 1, kind: 'throttleTimers', node: 'a', everyMs: -1 }],
    'schedule[0].everyMs: expected a number, 0..3600000, got -1',
  ],
  [
    [{ atMs: 1, kind: 'drift', node: 'a', ppm: 1e6 }],
    'schedule[0].ppm: expected a number, -500000..500000, got 1000000',
  ],
])('refuses %j', (events, message) => {
  expect(() => checkSchedule(events)).toThrow(RangeError);
  expect(() => checkSchedule(events)).toThrow(message);
  expect(() => parseSchedule(JSON.stringify(events))).toThrow(RangeError);
});

test('text that is no JSON is a SyntaxError', () => {
  expect(() => parseSchedule('[{')).toThrow(SyntaxError);
});

test('whatever is given, the check refuses it or it is a schedule', () => {
  fc.assert(
    fc.property(
      fc.array(fc.object({ key: fc.constantFrom('kind', 'atMs', 'node', 'left') })),
      (events) => {
        try {
          checkSchedule(events);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      },
    ),
  );
});

test('a simulation refuses strangers and the past, and then plans nothing', async () => {
  const simulation = new Simulation({ seed: 1, network: { ordering: 'session' } });
  simulation.addNode(nodeId('a'), () => ({}));
  await simulation.run(100);
  const crash = { atMs: 200, kind: 'crash', node: 'a' } as const;
  expect(() => simulation.schedule([crash, { ...crash, node: 'b' }])).toThrow(
    "schedule[1]: expected nodes of this simulation, got 'b'",
  );
  expect(() => simulation.schedule([crash, { ...crash, atMs: 99 }])).toThrow(
    'schedule[1].atMs: expected at least 100, got 99',
  );
  expect(() =>
    simulation.schedule([crash, { atMs: 150, kind: 'network', replayRate: 0.5 }]),
  ).toThrow("network.replayRate: expected 0 with ordering 'session', got 0.5");
  expect(() => simulation.inject({ kind: 'heal', name: 'x' })).not.toThrow();
  expect(() => simulation.crash(nodeId('b'))).toThrow(
    "fault: expected nodes of this simulation, got 'b'",
  );
  await simulation.run(1_000);
  expect(simulation.stateOf(nodeId('a'))).toBe('running');
});

test('names of nodes are found wherever a fault has them', () => {
  expect(nodesOf({ kind: 'calm' })).toEqual([]);
  expect(nodesOf({ kind: 'pause', node: 'a' })).toEqual(['a']);
  expect(nodesOf({ kind: 'ring', nodes: ['a', 'b'] })).toEqual(['a', 'b']);
  expect(nodesOf({ kind: 'reset', left: 'a', right: 'b' })).toEqual(['a', 'b']);
  expect(nodesOf({ kind: 'swapDisks', left: 'a', right: 'b' })).toEqual(['a', 'b']);
  expect(nodesOf({ kind: 'clog', left: ['a', 'b'], right: ['c'] })).toEqual(['a', 'b', 'c']);
  expect(() => checkFault('fault', { kind: 'pause' })).toThrow('fault.node: expected a text');
});
