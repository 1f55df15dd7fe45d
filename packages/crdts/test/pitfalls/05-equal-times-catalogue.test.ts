/**
 * Two writes with equal times: all replicas must choose the same one, by the id of the replica.
 * Equal in everything means the same write.
 */
import { expect, test } from 'vitest';

import { compareStamps } from '../../src/plain/hybrid-time.ts';
import { type LwwMap, lwwMap } from '../../src/plain/lww-map.ts';
import { lwwRegister } from '../../src/plain/lww-register.ts';
import { lwwSet } from '../../src/plain/lww-set.ts';

const nowMs = 1_000;

test('of two writes at one time the larger id wins, in every order', () => {
  const a = lwwRegister.set(lwwRegister.bottom, 'a', 'of a', nowMs);
  const b = lwwRegister.set(lwwRegister.bottom, 'b', 'of b', nowMs);
  expect([a.stamp.timeMs, a.stamp.counter]).toEqual([b.stamp.timeMs, b.stamp.counter]);
  expect(lwwRegister.join(a, b)).toEqual(b);
  expect(lwwRegister.join(b, a)).toEqual(b);
});

test('a removal and a write at one time: the same rule, for maps and sets', () => {
  const empty: LwwMap<string> = lwwMap.bottom;
  const start = lwwMap.set(empty, 'a', 'k', 'x', nowMs);
  const removed = lwwMap.remove(start, 'b', 'k', nowMs);
  const written = lwwMap.set(start, 'c', 'k', 'y', nowMs);
  expect(lwwMap.get(lwwMap.join(removed, written), 'k')).toBe('y');
  expect(lwwMap.get(lwwMap.join(written, removed), 'k')).toBe('y');
  const added = lwwSet.add(lwwSet.bottom, 'a', 'x', nowMs);
  const gone = lwwSet.remove(added, 'c', 'x', nowMs);
  const again = lwwSet.add(added, 'b', 'x', nowMs);
  expect(lwwSet.has(lwwSet.join(gone, again), 'x')).toBe(false);
  expect(lwwSet.has(lwwSet.join(again, gone), 'x')).toBe(false);
});

test('ids are compared by code units, the same in every locale', () => {
  const upper = { timeMs: nowMs, counter: 0, replicaId: 'Z' };
  const lower = { timeMs: nowMs, counter: 0, replicaId: 'a' };
  const umlaut = { timeMs: nowMs, counter: 0, replicaId: 'ä' };
  expect([lower, umlaut, upper].sort(compareStamps)).toEqual([upper, lower, umlaut]);
});

test('a write that arrives twice is the same write', () => {
  const a = lwwRegister.set(lwwRegister.bottom, 'a', 'x', nowMs);
  expect(lwwRegister.join(a, { ...a })).toBe(a);
  expect(lwwRegister.leq(a, { ...a })).toBe(true);
});
