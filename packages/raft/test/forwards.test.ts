import { describe, expect, test } from 'vitest';

import { Forwards, ForwardsTaken } from '../src/forwards.ts';

describe('forwards', () => {
  test('are bounded in bytes, but for one that is alone', () => {
    const forwards = new Forwards(1, 100);
    expect(forwards.hasRoomFor(500)).toBe(true);
    const forwardId = forwards.begin(7, 60);
    expect([forwards.hasRoomFor(40), forwards.hasRoomFor(41)]).toEqual([true, false]);
    expect(forwards.end(forwardId)).toBe(7);
    expect(forwards.hasRoomFor(500)).toBe(true);
  });

  test('end once', () => {
    const forwards = new Forwards(1, 100);
    const forwardId = forwards.begin(7, 60);
    forwards.end(forwardId);
    expect(forwards.end(forwardId)).toBeUndefined();
    expect(forwards.begin(8, 1)).toBeGreaterThan(forwardId);
  });

  test('are lost after as many ticks as there is patience for', () => {
    const forwards = new Forwards(1, 100);
    forwards.begin(1, 60);
    expect(forwards.tick(2)).toEqual([]);
    forwards.begin(2, 10);
    expect(forwards.tick(2)).toEqual([1]);
    expect(forwards.hasRoomFor(90)).toBe(true);
    expect(forwards.tick(2)).toEqual([2]);
    expect(forwards.tick(2)).toEqual([]);
  });
});

describe('what a leader took in', () => {
  test('is not taken in again, and nothing older after it', () => {
    const taken = new ForwardsTaken<string>();
    expect(taken.take('a', 1, 5)).toBe(true);
    expect(taken.take('a', 1, 5)).toBe(false);
    expect(taken.take('a', 1, 4)).toBe(false);
    expect(taken.take('a', 1, 6)).toBe(true);
    expect(taken.take('b', 1, 5)).toBe(true);
  });

  test('is known of several lives of a node, not only of the last', () => {
    const taken = new ForwardsTaken<string>();
    taken.take('a', 1, 5);
    expect(taken.take('a', 2, 1)).toBe(true);
    expect(taken.take('a', 1, 5)).toBe(false);
  });
});
