import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { circuitStates } from '../src/circuit-state.ts';
import { readSnapshot } from '../src/snapshot.ts';
import { scene } from './support/scene.ts';

describe('reading a snapshot', () => {
  test('answers whatever it is given, and never throws', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(['read', 'refused']).toContain(readSnapshot(value).kind);
      }),
    );
  });

  test('gives back what was written, through JSON', () => {
    const count = fc.nat(50);
    const bucket = fc
      .tuple(fc.nat(1e6), count, count, count, count)
      .map(([ageMs, slowFailed, failed, slow, well]) => ({
        ageMs,
        total: slowFailed + failed + slow + well,
        failed: slowFailed + failed,
        slow: slowFailed + slow,
        slowFailed,
      }));
    const window = fc.oneof(
      fc.record({ kind: fc.constant('consecutiveFailures'), length: count }),
      fc.record({
        kind: fc.constant('countWindow'),
        outcomes: fc.stringMatching(/^[0-3]{0,40}$/),
      }),
      fc.record({ kind: fc.constant('timeWindow'), buckets: fc.array(bucket, { maxLength: 10 }) }),
    );
    const snapshot = fc.record({
      version: fc.constant(1),
      takenAtWallMs: fc.nat(),
      state: fc.constantFrom(...circuitStates),
      openings: count,
      openForMs: fc.nat(2 ** 31 - 1),
      window,
    });
    fc.assert(
      fc.property(snapshot, (given) => {
        const stored: unknown = JSON.parse(JSON.stringify(given));
        expect(readSnapshot(stored)).toEqual({ kind: 'read', snapshot: given });
        const { breaker } = scene();
        expect(breaker.hydrate(stored)).toEqual({ kind: 'restored' });
      }),
    );
  });
});
