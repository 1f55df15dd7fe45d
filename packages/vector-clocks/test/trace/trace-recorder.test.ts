import { expect, test } from 'vitest';

import { TraceRecorder } from '../../src/trace/trace-recorder.ts';

test('events are counted, and messages carry what came before', () => {
  const [a, b] = [new TraceRecorder('a'), new TraceRecorder('b')];
  a.happen('begins');
  const clock = a.send('asks');
  b.happen('begins');
  b.receive('is asked', clock);
  expect(b.events.map(({ text, clock: each }) => [text, each.toJSON()])).toEqual([
    ['begins', { b: 1 }],
    ['is asked', { a: 2, b: 2 }],
  ]);
  expect(b.clock).toBe(b.events[1]?.clock);
});

test('the first events are kept, and clocks go on', () => {
  const recorder = new TraceRecorder('a', { eventCountMax: 2 });
  for (let count = 0; count < 5; count += 1) recorder.happen('x');
  expect([recorder.events.length, recorder.droppedCount]).toEqual([2, 3]);
  expect(recorder.clock.get('a')).toBe(5);
});

test.each([0, Number.NaN, 1.5, Infinity])('%d events at most is refused', (eventCountMax) => {
  expect(() => new TraceRecorder('a', { eventCountMax })).toThrow('eventCountMax: expected');
});

test('a process without a name is refused', () => {
  expect(() => new TraceRecorder('')).toThrow('host: expected 1..64 bytes of UTF-8, got 0');
});
