import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { CausalStability, meet, stableCut } from '../src/causal-stability.ts';
import { compare, merge, VectorClock } from '../src/vector-clock.ts';
import { anyClock, entriesOf, rebuilt } from './support/clocks.ts';

const of = (entries: Record<string, number>): VectorClock => VectorClock.fromJSON(entries);
const lowerOrEqual = ['before', 'equal'];

test('a meet is the most that both know', () => {
  expect(JSON.stringify(meet(of({ a: 3, b: 1, c: 2 }), of({ a: 2, c: 5 })))).toBe('{"a":2,"c":2}');
  fc.assert(
    fc.property(anyClock, anyClock, anyClock, (left, right, lower) => {
      const both = meet(left, right);
      expect(lowerOrEqual).toContain(compare(both, left));
      expect(lowerOrEqual).toContain(compare(both, right));
      expect(entriesOf(meet(right, left))).toEqual(entriesOf(both));
      expect(entriesOf(meet(left, merge(left, right)))).toEqual(entriesOf(left));
      const below = meet(meet(left, right), lower);
      expect(lowerOrEqual).toContain(compare(below, both));
      expect(entriesOf(rebuilt(both))).toEqual(entriesOf(both));
    }),
  );
});

test('nobody vouches for nothing', () => {
  expect(stableCut([])).toBe(VectorClock.empty);
});

describe('stability', () => {
  test('is what every member has seen, and waits for who has not', () => {
    const stability = new CausalStability(1, ['a', 'b', 'c']);
    stability.observe('a', of({ a: 7, b: 4, c: 2 }));
    stability.observe('b', of({ a: 5, b: 6, c: 2 }));
    expect(stability.cut.size).toBe(0);
    expect(stability.waitingFor({ id: 'a', counter: 1 })).toEqual(['c']);

    stability.observe('c', of({ a: 5, b: 3, c: 1 }));

    expect(JSON.stringify(stability.cut)).toBe('{"a":5,"b":3,"c":1}');
    expect(stability.isStable({ id: 'a', counter: 5 })).toBe(true);
    expect(stability.isStable({ id: 'a', counter: 6 })).toBe(false);
    expect(stability.waitingFor({ id: 'a', counter: 6 })).toEqual(['b', 'c']);
    expect(stability.waitingFor({ id: 'a', counter: 5 })).toEqual([]);
  });

  test('takes nothing back for a clock that was overtaken', () => {
    const stability = new CausalStability(1, ['a']);
    stability.observe('a', of({ a: 2 }));
    stability.observe('a', of({ a: 1, b: 1 }));

    expect(JSON.stringify(stability.cut)).toBe('{"a":2,"b":1}');
  });

  test('does not listen to strangers', () => {
    const stability = new CausalStability(1, ['a']);

    expect(stability.observe('__proto__', of({ a: 9 }))).toBe('stranger');
    expect(stability.cut.size).toBe(0);
    expect(stability.members).toEqual(['a']);
  });

  test('goes on without a member that left, from the epoch of its leaving', () => {
    const stability = new CausalStability(1, ['a', 'b']);
    stability.observe('a', of({ a: 5, b: 2 }));

    expect(stability.setMembers(1, ['a'])).toBe('outdated');
    expect(stability.cut.size).toBe(0);
    expect(stability.setMembers(2, ['a'])).toBe('changed');
    expect(JSON.stringify(stability.cut)).toBe('{"a":5,"b":2}');
    expect(stability.epoch).toBe(2);
    expect(stability.observe('b', of({ b: 3 }))).toBe('stranger');
  });

  test('does not go back for a newcomer, and goes no further without it', () => {
    const stability = new CausalStability(1, ['a']);
    stability.observe('a', of({ a: 5 }));
    stability.setMembers(2, ['a', 'b']);
    stability.observe('a', of({ a: 6 }));

    expect(JSON.stringify(stability.cut)).toBe('{"a":5}');
    stability.observe('b', of({ a: 6 }));
    expect(JSON.stringify(stability.cut)).toBe('{"a":6}');
  });

  test('a member that comes back begins anew', () => {
    const stability = new CausalStability(1, ['a', 'b']);
    stability.observe('b', of({ a: 9 }));
    stability.setMembers(2, ['a']);
    stability.setMembers(3, ['a', 'b']);
    stability.observe('a', of({ a: 9 }));

    expect(stability.isStable({ id: 'a', counter: 1 })).toBe(false);
  });

  test('is not changed by members or epochs that are none', () => {
    const stability = new CausalStability(1, ['a']);

    expect(() => stability.setMembers(2, ['b', ''])).toThrow(RangeError);
    expect(() => stability.setMembers(NaN, ['b'])).toThrow(RangeError);
    expect(stability.members).toEqual(['a']);
    expect(stability.epoch).toBe(1);
    expect(() => new CausalStability(-1, [])).toThrow(RangeError);
  });

  test('goes on from the cut that it had', () => {
    const stability = new CausalStability(4, ['a', 'b'], of({ a: 2 }));

    expect(stability.isStable({ id: 'a', counter: 2 })).toBe(true);
  });
});
