import { expect } from 'vitest';

/** Expects `hits` of `count` to be what chance of probability `rate` gives, within 5 deviations. */
export function expectShare(hits: number, count: number, rate: number): void {
  const deviation = Math.sqrt(count * rate * (1 - rate));
  expect(hits).toBeGreaterThanOrEqual(count * rate - 5 * deviation);
  expect(hits).toBeLessThanOrEqual(count * rate + 5 * deviation);
}

/** Expects every one of `kinds` to be drawn equally often, and nothing else. */
export function expectUniform<Kind>(drawn: readonly Kind[], kinds: readonly Kind[]): void {
  for (const kind of kinds) {
    expectShare(drawn.filter((each) => each === kind).length, drawn.length, 1 / kinds.length);
  }
  expect(new Set(drawn)).toEqual(new Set(kinds));
}
