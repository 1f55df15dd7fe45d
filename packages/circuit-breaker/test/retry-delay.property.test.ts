import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type BackOff, type Jitter, retryDelayMs } from '../src/retry-delay.ts';

const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const jitter = fc.constantFrom<Jitter>('full', 'equal', 'decorrelated', 'none');

const backOff: fc.Arbitrary<BackOff> = fc
  .record({
    ends: fc.tuple(fc.double({ min: 0, max: 2 ** 31 - 1, noNaN: true }), share),
    factor: fc.double({ min: 1.1, max: 10, noNaN: true }),
    jitter,
  })
  .map(({ ends: [baseMs, more], ...rest }) => ({
    ...{ baseMs, capMs: Math.min(2 ** 31 - 1, baseMs + more * (2 ** 31 - 1 - baseMs)) },
    ...rest,
  }));

test('a series of waits stays finite and within the range of its jitter', () => {
  fc.assert(
    fc.property(backOff, fc.array(share, { minLength: 1, maxLength: 60 }), (options, draws) => {
      let previousMs = options.baseMs;
      for (const [index, draw] of draws.entries()) {
        const ms = retryDelayMs(options, index + 1, previousMs, draw);
        expect(Number.isFinite(ms)).toBe(true);
        expect(ms).toBeLessThanOrEqual(options.capMs);
        expect(ms).toBeGreaterThanOrEqual(lowestMs(options));
        previousMs = ms;
      }
    }),
  );
});

test('the ceiling never falls from one retry to the next', () => {
  fc.assert(
    fc.property(backOff, fc.nat(3_000), (options, retry) => {
      const bare: BackOff = { ...options, jitter: 'none' };
      const earlier = retryDelayMs(bare, retry + 1, 0, 0);
      expect(retryDelayMs(bare, retry + 2, 0, 0)).toBeGreaterThanOrEqual(earlier);
    }),
  );
});

function lowestMs({ baseMs, jitter: kind }: BackOff): number {
  switch (kind) {
    case 'full':
      return 0;
    case 'equal':
      return baseMs / 2;
    case 'decorrelated':
    case 'none':
      return baseMs;
  }
}
