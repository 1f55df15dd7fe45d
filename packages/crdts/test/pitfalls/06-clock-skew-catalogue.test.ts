/**
 * A replica whose clock is ten years ahead writes once. Whoever writes later, with a clock that is
 * right, must win; or the write of the wrong clock is kept out.
 */
import { expect, test } from 'vitest';

import { lwwMapCodec } from '../../src/codec/lww-codec.ts';
import { ReplicatedValue } from '../../src/delivery/replicated-value.ts';
import { RefusedUpdateError } from '../../src/errors.ts';
import { aheadMs } from '../../src/plain/hybrid-time.ts';
import { type LwwMap, lwwMap } from '../../src/plain/lww-map.ts';
import { lwwRegister } from '../../src/plain/lww-register.ts';
import { textCodec } from '../support/value-codec.ts';

const TEN_YEARS_MS = 315_360_000_000;
const nowMs = 1_700_000_000_000;

test('the later write wins over one from ten years ahead', () => {
  const wrong = lwwRegister.set(lwwRegister.bottom, 'a', 'wrong', nowMs + TEN_YEARS_MS);
  const later = lwwRegister.set(wrong, 'b', 'later', nowMs);
  const last = lwwRegister.set(later, 'c', 'last', nowMs + 5);
  expect(lwwRegister.value(lwwRegister.join(wrong, later))).toBe('later');
  expect(lwwRegister.value(lwwRegister.join(last, lwwRegister.join(later, wrong)))).toBe('last');
});

test('a clock that steps back does not lose the writes that follow', () => {
  let map: LwwMap<string> = lwwMap.bottom;
  for (const [index, ms] of [nowMs, nowMs - 60_000, nowMs - 3_600_000, nowMs].entries()) {
    map = lwwMap.join(map, lwwMap.set(map, 'a', 'k', `write ${index}`, ms));
    expect(lwwMap.get(map, 'k')).toBe(`write ${index}`);
  }
});

test('a cap on drift keeps the wrong clock out, and says so', () => {
  const codec = lwwMapCodec(textCodec);
  const make = (replicaId: string): ReplicatedValue<LwwMap<string>> =>
    new ReplicatedValue({
      replicaId,
      lattice: lwwMap,
      codec,
      admits: (news) => aheadMs(news.latest, nowMs) <= 60_000,
    });
  const [wrong, right] = [make('wrong'), make('right')];
  const updates: Uint8Array[] = [];
  wrong.onLocalUpdate((update) => updates.push(update));
  wrong.mutate((map, id) => lwwMap.set(map, id, 'k', 'soon', nowMs + 30_000));
  wrong.mutate((map, id) => lwwMap.set(map, id, 'k', 'years ahead', nowMs + TEN_YEARS_MS));
  expect(right.apply(updates[0]!).kind).toBe('applied');
  expect(() => right.apply(updates[1]!)).toThrow(RefusedUpdateError);
  expect(() => right.apply(wrong.save())).toThrow(RefusedUpdateError);
  expect(lwwMap.get(right.state, 'k')).toBe('soon');
  // It was not taken in, so it is not acknowledged either.
  expect(wrong.isCoveredBy(right.encodeVersion())).toBe(false);
});
