import { expect, test } from 'vitest';

import { MessageLog } from '../../src/broadcast/message-log.ts';

const body = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);

test('messages are found by their counters until they are forgotten', () => {
  const log = new MessageLog(Float64Array.of(10, 0));
  log.append(0, body(11));
  log.append(0, body(12, 12));
  log.append(1, body(1));
  expect([10, 11, 12, 13].map((counter) => log.get(0, counter)?.[0])).toEqual([
    ...[undefined, 11, 12, undefined],
  ]);
  expect([log.count, log.sizeBytes, log.countOf(0), log.sizeBytesOf(0)]).toEqual([3, 4, 2, 3]);
  log.forget(0, 11);
  expect([log.forgottenOf(0), log.get(0, 11), log.get(0, 12)?.length]).toEqual([11, undefined, 2]);
  expect([log.count, log.sizeBytes]).toEqual([2, 3]);
});

test('no more is forgotten than there is, and nothing twice', () => {
  const log = new MessageLog(Float64Array.of(0));
  log.append(0, body(1));
  log.forget(0, 99);
  log.forget(0, 1);
  expect([log.forgottenOf(0), log.count, log.sizeBytes]).toEqual([1, 0, 0]);
  log.append(0, body(2));
  expect(log.get(0, 2)?.[0]).toBe(2);
});

test('a long row is cut off as it is forgotten, and counts on', () => {
  const log = new MessageLog(Float64Array.of(0));
  for (let counter = 1; counter <= 1_000; counter += 1) {
    log.append(0, body(counter % 256));
    if (counter > 5) log.forget(0, counter - 5);
    expect(log.get(0, counter)?.[0]).toBe(counter % 256);
  }
  expect([log.count, log.forgottenOf(0), log.get(0, 996)?.[0]]).toEqual([5, 995, 996 % 256]);
});

test('rows keep their messages under other indexes', () => {
  const log = new MessageLog(Float64Array.of(3, 0));
  log.append(0, body(4));
  log.append(1, body(1));
  log.append(1, body(2));
  log.forget(1, 1);
  const moved = log.rearranged([-1, 1, 0]);
  expect([0, 1, 2].map((origin) => moved.forgottenOf(origin))).toEqual([0, 1, 3]);
  expect([moved.get(1, 2)?.[0], moved.get(2, 4)?.[0], moved.count]).toEqual([2, 4, 2]);
});
