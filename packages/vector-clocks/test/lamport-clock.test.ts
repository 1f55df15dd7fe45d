import { expect, test } from 'vitest';

import { compareLamportStamps, LamportClock } from '../src/lamport-clock.ts';

test('every event is later than those before it, and than those it has heard of', () => {
  const p = new LamportClock('p');
  const q = new LamportClock('q');

  expect(p.tick()).toEqual({ time: 1, id: 'p' });
  const sent = p.tick();
  expect(q.tick()).toEqual({ time: 1, id: 'q' });
  expect(q.witness(sent.time)).toEqual({ time: 3, id: 'q' });
  expect(q.witness(1)).toEqual({ time: 4, id: 'q' });
  expect(q.time).toBe(4);
});

test('a clock goes on where it was', () => {
  expect(new LamportClock('p', { time: 41 }).tick().time).toBe(42);
});

test('all order events alike: by time, then by replica', () => {
  const stamps = [
    { time: 2, id: 'a' },
    { time: 1, id: 'b' },
    { time: 1, id: 'a' },
  ];

  expect(stamps.sort(compareLamportStamps).map(({ time, id }) => `${time}${id}`)).toEqual([
    '1a',
    '1b',
    '2a',
  ]);
  expect(compareLamportStamps({ time: 1, id: 'a' }, { time: 1, id: 'a' })).toBe(0);
});

test('one damaged message does not use up all times', () => {
  const clock = new LamportClock('p', { leapMax: 10 });

  expect(() => clock.witness(11)).toThrow(
    new RangeError('time: expected at most 10 above 0, got 11'),
  );
  expect(clock.time).toBe(0);
  expect(clock.witness(10).time).toBe(11);
  expect(() => new LamportClock('p').witness(Number.MAX_SAFE_INTEGER)).toThrow(RangeError);
});

test.each([0, -1, 1.5, NaN, 2 ** 53])('%d is no time of an event', (time) => {
  const clock = new LamportClock('p');

  expect(() => clock.witness(time)).toThrow(RangeError);
  expect(clock.time).toBe(0);
});

test('the last time is the last', () => {
  const clock = new LamportClock('p', { time: Number.MAX_SAFE_INTEGER });

  expect(() => clock.tick()).toThrow(RangeError);
  expect(() => clock.witness(1)).toThrow(RangeError);
  expect(clock.time).toBe(Number.MAX_SAFE_INTEGER);
  expect(() => new LamportClock('p', { time: -1 })).toThrow(RangeError);
  expect(() => new LamportClock('p', { leapMax: 0 })).toThrow(RangeError);
});
