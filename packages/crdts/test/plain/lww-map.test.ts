import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { lwwMapCodec } from '../../src/codec/lww-codec.ts';
import { type LwwMap, lwwMap } from '../../src/plain/lww-map.ts';
import { describeCompaction } from '../support/describe-compaction.ts';
import { describeType } from '../support/describe-type.ts';
import { lastOf } from '../support/last-write.ts';
import { awkwardTexts } from '../support/texts.ts';
import { textCodec } from '../support/value-codec.ts';

type Operation = readonly [key: string, value: string | null, nowMs: number];

const empty: LwwMap<string> = lwwMap.bottom;
const codec = lwwMapCodec(textCodec);

function mutate(
  state: LwwMap<string>,
  id: string,
  operation: Operation,
): LwwMap<string> | undefined {
  const [key, value, nowMs] = operation;
  if (value !== null) return lwwMap.set(state, id, key, value, nowMs);
  return lwwMap.has(state, key) ? lwwMap.remove(state, id, key, nowMs) : undefined;
}

describeType<LwwMap<string>, Operation>({
  lattice: lwwMap,
  codec,
  operations: [
    ['k', 'x', 1],
    ['k', 'y', 2],
    ['k', null, 1],
  ],
  moreOperations: fc.tuple(awkwardTexts, fc.option(awkwardTexts, { nil: null }), fc.nat(5)),
  mutate,
  view: (state) => [...lwwMap.entries(state)],
  specification: (events) =>
    ['k'].flatMap((key) => {
      const last = lastOf(
        events,
        events.filter(({ operation }) => operation[0] === key),
      );
      const value = last?.operation[1] ?? null;
      return value === null ? [] : [[key, value]];
    }),
  replicas: 'distinct',
});

test('what is refused leaves no trace', () => {
  expect(() => lwwMap.set(empty, 'a', '\ud800', 'x', 1)).toThrow(RangeError);
  expect(() => lwwMap.set(empty, '', 'k', 'x', 1)).toThrow(RangeError);
  expect(() => lwwMap.set(empty, 'a', 'k', 'x', NaN)).toThrow(RangeError);
  expect(() => lwwMap.set<string | undefined>(empty, 'a', 'k', undefined, 1)).toThrow(TypeError);
  expect(lwwMap.remove(empty, 'a', 'k', 1)).toBe(lwwMap.bottom);
});

describe('a floor', () => {
  const set = (state: LwwMap<string>, key: string, nowMs: number): LwwMap<string> =>
    lwwMap.join(state, lwwMap.set(state, 'a', key, `at ${nowMs}`, nowMs));
  const remove = (state: LwwMap<string>, key: string, nowMs: number): LwwMap<string> =>
    lwwMap.join(state, lwwMap.remove(state, 'a', key, nowMs));
  const early = set(set(empty, 'k', 1), 'l', 2);
  const stable = remove(early, 'k', 3);
  const compacted = lwwMap.compact(stable, stable);

  test('stands for the tombstones below it', () => {
    expect([...compacted.entries.keys()]).toEqual(['l']);
    expect(lwwMap.join(compacted, early)).toEqual(compacted);
    expect(lwwMap.join(early, compacted)).toEqual(compacted);
    expect(lwwMap.leq(stable, compacted)).toBe(true);
    expect(lwwMap.leq(compacted, stable)).toBe(false);
  });

  test('is below every write to come, whatever the clock says', () => {
    const again = set(compacted, 'k', 0);
    expect(lwwMap.get(again, 'k')).toBe('at 0');
    expect(lwwMap.join(stable, again)).toEqual(again);
    expect(codec.decode(codec.encode(again))).toEqual(again);
  });

  test('has parts that join to the state', () => {
    const state = set(remove(set(compacted, 'm', 9), 'l', 9), 'n', 10);
    const parts = [...lwwMap.decompose(state)];
    expect(parts.reduce((sum, part) => lwwMap.join(sum, part))).toEqual(state);
    for (const part of parts) expect(lwwMap.leq(part, state)).toBe(true);
  });

  test('that comes with a tombstone below it is refused in bytes', () => {
    const [key, entry] = [...stable.entries].find(([name]) => name === 'k')!;
    const forged = { ...compacted, entries: compacted.entries.set(key, entry) };
    expect(() => codec.decode(codec.encode(forged))).toThrow('floor');
  });
});

describeCompaction<LwwMap<string>, Operation>({
  lattice: lwwMap,
  codec,
  operations: fc.tuple(fc.constantFrom('k', 'l', 'm'), fc.constantFrom('x', 'y', null), fc.nat(9)),
  mutate,
  view: (state) => [...lwwMap.entries(state)],
  expectTidy: (state) => expect(state.entries.size).toBe([...lwwMap.entries(state)].length),
});
