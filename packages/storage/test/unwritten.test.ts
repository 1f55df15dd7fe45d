import { expect, test } from 'vitest';

import { areaOf } from '../src/log-format.ts';
import { fillUnwritten, isHalfUnwritten, isUnwritten } from '../src/unwritten.ts';

test('space is known as unwritten at its own place and in its own segment only', () => {
  const area = areaOf(new Uint8Array(2_048));
  fillUnwritten(area, 1, 512);
  for (let at = 0; at < 2_048; at += 8) {
    expect(isUnwritten(area.view, at, 1, 512 + at)).toBe(true);
    expect(isUnwritten(area.view, at, 2, 512 + at)).toBe(false);
    expect(isUnwritten(area.view, at, 1, at)).toBe(false);
  }
});

test('any written byte makes a word written', () => {
  const area = areaOf(new Uint8Array(8));
  fillUnwritten(area, 9, 4_096);
  for (let bit = 0; bit < 64; bit += 1) {
    area.bytes[bit >> 3]! ^= 1 << (bit & 7);
    expect(isUnwritten(area.view, 0, 9, 4_096)).toBe(false);
    area.bytes[bit >> 3]! ^= 1 << (bit & 7);
  }
});

test('the first half of a word tells if nothing of it was written', () => {
  const area = areaOf(new Uint8Array(8));
  fillUnwritten(area, 9, 4_096);
  area.bytes.fill(0, 4);
  expect(isHalfUnwritten(area.view, 0, 9, 4_096)).toBe(true);
  expect(isHalfUnwritten(area.view, 0, 9, 4_608)).toBe(false);
  area.bytes[3]! ^= 1;
  expect(isHalfUnwritten(area.view, 0, 9, 4_096)).toBe(false);
});

test('zeros are never unwritten space, and no two sectors share a word', () => {
  const words = new Set<bigint>();
  for (let sector = 0; sector < 20_000; sector += 1) {
    const area = areaOf(new Uint8Array(8));
    fillUnwritten(area, 77, sector * 512);
    words.add(area.view.getBigUint64(0));
  }
  expect(words.size).toBe(20_000);
  expect(words.has(0n)).toBe(false);
});

test('filling may begin and end within a sector', () => {
  const whole = areaOf(new Uint8Array(1_536));
  fillUnwritten(whole, 5, 0);
  const part = areaOf(new Uint8Array(1_000));
  fillUnwritten(part, 5, 136);
  expect(part.bytes).toEqual(whole.bytes.subarray(136, 1_136));
});
