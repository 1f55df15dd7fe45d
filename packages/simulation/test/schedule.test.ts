import fc from 'fast-check';
import { expect, test } from 'vitest';

import { nodeId } from '@quorate/transport';

import { type FaultEvent, parseSchedule, printSchedule, Simulation } from '../src/index.ts';
import { checkFault, checkSchedule, nodesOf } from '../src/schedule.ts';

const oneOfEach: readonly FaultEvent[] = [
  { atMs: 0, kind: 'crash', node: 'a' },
  { atMs: 1, kind: 'crash', node: 'a', mode: 'process', isNoticed: true },
  { atMs: 2, kind: 'restart', node: 'a' },
  { atMs: 3, kind: 'stop', node: 'a' },
  { atMs: 4, kind: 'pause', node: 'a' },
  { atMs: 5.125, kind: 'resume', node: 'a' },
  { atMs: 6, kind: 'partition', left: ['a'], right: ['b'] },
  { atMs: 7, kind: 'partition', name: 'p', left: ['a'], right: ['b'], direction: 'forward' },
  { atMs: 8, kind: 'ring', nodes: ['a', 'b'] },
  { atMs: 9, kind: 'heal' },
  { atMs: 9, kind: 'heal', name: 'p' },
  { atMs: 10, kind: 'clog', left: ['a'], right: ['b'], direction: 'both' },
  { atMs: 11, kind: 'unclog', left: ['a'], right: ['b'], direction: 'backward' },
  { atMs: 12, kind: 'reset', left: 'a', right: 'b' },
  { atMs: 13, kind: 'reset', left: 'a', right: 'b', noticedBy: 'neither' },
  { atMs: 14, kind: 'network', lossRate: 0.5, delay: { kind: 'constant', ms: 3 } },
  {
    atMs: 15,
    kind: 'network',
    duplicationRate: 0.1,
    replayRate: 0.1,
    bandwidthBytesPerSecond: 1e6,
  },
  { atMs: 16, kind: 'wallJump', node: 'a', byMs: -3_600_000 },
  { atMs: 17, kind: 'drift', node: 'a', ppm: 250 },
  { atMs: 18, kind: 'failSyncs', node: 'a', count: 1 },
  { atMs: 19, kind: 'failReads', node: 'a', count: 0 },
  { atMs: 20, kind: 'misdirectWrites', node: 'a', count: 2 },
  { atMs: 21, kind: 'diskFull', node: 'a', isFull: true },
  { atMs: 22, kind: 'slowDisk', node: 'a', factor: 10 },
  { atMs: 23, kind: 'bitRot', node: 'a', pathPrefix: '', bitCount: 1 },
  { atMs: 24, kind: 'calm' },
];

test('a schedule reads back as what was printed, one event a line', () => {
  const text = printSchedule(oneOfEach);
  expect(parseSchedule(text)).toEqual(oneOfEach);
  expect(text.split('\n')).toHaveLength(oneOfEach.length + 3);
  expect(text.split('\n')[1]).toBe('  {"atMs":0,"kind":"crash","node":"a"},');
  expect(parseSchedule(printSchedule([]))).toEqual([]);
});

test('every kind can strike, in a running simulation, without an error', async () => {
  const simulation = new Simulation({ seed: 1 });
  for (const name of ['a', 'b']) {
    simulation.addNode(nodeId(name), async ({ disk }) => {
      await disk.open('file', { mode: 'create' });
      return {};
    });
  }
  simulation.schedule(oneOfEach);
  await simulation.run(1_000);
  const faults = simulation.trace.lines().filter(({ kind }) => kind === 'fault');
  expect(faults).toHaveLength(oneOfEach.length);
  expect(faults[0]?.detail).toBe('{"kind":"crash","node":"a"}');
  expect(['a', 'b'].map((name) => simulation.stateOf(nodeId(name)))).toEqual([
    'running',
    'running',
  ]);
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
    [{ atMs: 1, kind: 'bitRot', node: 'a', pathPrefix: '', bitCount: 0 }],
    'schedule[0].bitCount: expected an integer, at least 1, got 0',
  ],
  [
    [{ atMs: 1, kind: 'network', delay: { kind: 'constant' } }],
    'schedule[0].delay.ms: expected a finite number, at least 0, got undefined',
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
  expect(nodesOf({ kind: 'clog', left: ['a', 'b'], right: ['c'] })).toEqual(['a', 'b', 'c']);
  expect(() => checkFault('fault', { kind: 'pause' })).toThrow('fault.node: expected a text');
});
