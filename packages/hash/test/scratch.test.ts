import { expect, test } from 'vitest';

import {
  encode,
  lengthOf,
  loadBytes,
  loadHalves,
  loadInput,
  loadString,
  loadTail,
  scratch,
  TOO_LONG,
  viewOf,
} from '../src/scratch.ts';

function loaded(length: number): number[] {
  return Array.from({ length: length + 16 }, (_, index) => scratch.getUint8(index));
}

const zeros = new Array<number>(16).fill(0);

test.each([0, 1, 3, 4, 5, 15, 16, 23, 24, 25, 40, 1_024])('%d letters, then zeros', (length) => {
  loadString('\x7f'.repeat(1_024));
  const text = 'abcdefghijklmnopqrstuvwxyz'.repeat(40).slice(0, length);
  expect(loadString(text)).toBe(length);
  expect(loaded(length)).toEqual([...encode(text), ...zeros]);
});

test.each(['é', 'ab\u0080', '漢'.repeat(24), '漢'.repeat(1_024), '\ud800'])('%j too', (text) => {
  loadString('\x7f'.repeat(1_024));
  const bytes = encode(text);
  expect(loadString(text)).toBe(bytes.length);
  expect(loaded(bytes.length)).toEqual([...bytes, ...zeros]);
});

test('a part of an array, then zeros', () => {
  loadString('\x7f'.repeat(1_024));
  expect(loadBytes(Uint8Array.of(1, 2, 3, 4, 5), 1, 4)).toBe(3);
  expect(loaded(3)).toEqual([2, 3, 4, ...zeros]);
  loadTail(viewOf(Uint8Array.of(1, 2, 3, 4, 5), 0, 5), 3, 5);
  expect(loaded(2)).toEqual([4, 5, ...zeros]);
});

test('halves, the low one first', () => {
  loadString('\x7f'.repeat(64));
  loadHalves(0x08070605, 0x04030201);
  expect(loaded(8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, ...zeros]);
});

test('what is too long gets a view of its own', () => {
  expect(loadString('a'.repeat(1_025))).toBe(TOO_LONG);
  expect(loadBytes(new Uint8Array(257), 0, 257)).toBe(TOO_LONG);
  expect(lengthOf(loadInput('é'.repeat(1_025)))).toBe(2_050);
  expect(lengthOf(loadInput(new Uint8Array(257)))).toBe(257);
  expect(loadInput(new Uint8Array(256))).toBe(scratch);
  expect(lengthOf(scratch)).toBe(256);
});
