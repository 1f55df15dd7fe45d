import { expect, test } from 'vitest';

import { Decisions, threefry2x32 } from '../src/decisions.ts';

// Known answers of Random123 1.09, kat_vectors, "threefry2x32 20".
test.each([
  [
    [0, 0],
    [0, 0],
    ['6b200159', '99ba4efe'],
  ],
  [
    [-1, -1],
    [-1, -1],
    ['1cb996fc', 'bb002be7'],
  ],
  [
    [0x13198a2e, 0x03707344],
    [0x243f6a88, 0x85a308d3],
    ['c4923a9c', '483df7a0'],
  ],
])('threefry of key %j and counter %j', (key, counter, expected) => {
  const output = new Int32Array(2);
  threefry2x32(Int32Array.from(key), Int32Array.from(counter), output);
  const words = Array.from(output, (word) => (word >>> 0).toString(16).padStart(8, '0'));
  expect(words).toEqual(expected);
});

test('a decision depends on seed, name, kind and index, and on nothing drawn before', () => {
  const draw = (seed: number, name: string, kind: 'loss' | 'delay', index: number): number =>
    new Decisions(seed, name).about(kind, index).float();
  const base = draw(1, 'link a>b', 'loss', 0);
  const others = [
    draw(2, 'link a>b', 'loss', 0),
    draw(-1, 'link a>b', 'loss', 0),
    draw(1 + 2 ** 32, 'link a>b', 'loss', 0),
    draw(1, 'link b>a', 'loss', 0),
    draw(1, 'link a>b', 'delay', 0),
    draw(1, 'link a>b', 'loss', 1),
  ];
  expect(new Set([base, ...others]).size).toBe(7);

  const decisions = new Decisions(1, 'link a>b');
  for (let index = 0; index < 100; index += 1) decisions.about('delay', index).float();
  expect(decisions.about('loss', 0).float()).toBe(base);
});

test('draws are even: each bit is set half of the time, each value of a range as often', () => {
  const decisions = new Decisions(7, 'even');
  const bitCounts = new Array<number>(32).fill(0);
  const buckets = new Array<number>(10).fill(0);
  const total = 20_000;
  for (let index = 0; index < total; index += 1) {
    const word = decisions.about('loss', index).uint32();
    for (let bit = 0; bit < 32; bit += 1)
      bitCounts[bit] = (bitCounts[bit] ?? 0) + ((word >>> bit) & 1);
    const bucket = decisions.int(10);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  // Five deviations of a fair coin and of a fair ten-sided die.
  for (const count of bitCounts)
    expect(Math.abs(count - total / 2)).toBeLessThan(5 * Math.sqrt(total / 4));
  for (const count of buckets)
    expect(Math.abs(count - total / 10)).toBeLessThan(5 * Math.sqrt(total * 0.09));
});

test('a rate of 0 never hits and one of 1 always does, without a draw', () => {
  const decisions = new Decisions(1, 'rates').about('loss', 0);
  const next = new Decisions(1, 'rates').about('loss', 0).float();
  expect([decisions.isHit(0), decisions.isHit(1), decisions.isHit(-1)]).toEqual([
    false,
    true,
    false,
  ]);
  expect(decisions.float()).toBe(next);
});
