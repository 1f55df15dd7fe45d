import { assertPolicy, COST_MAX } from './policy.ts';
import type { Check } from './store.ts';

/** Checks that may be decided in one step. */
const CHECKS_MAX = 16;

/** Characters of a key. */
const KEY_LENGTH_MAX = 10_240;

/** Microseconds of an instant: what a number holds exactly, with room to add to. */
const NOW_MS_MAX = 2 ** 52 / 1_000;

/**
 * Refuses what `RateLimitStore.take` must not be given.
 *
 * @throws RangeError or TypeError that names the field.
 */
export function assertChecks(checks: readonly Check[]): void {
  if (checks.length < 1 || checks.length > CHECKS_MAX) {
    throw new RangeError(`checks: expected 1..${CHECKS_MAX}, got ${checks.length}`);
  }
  for (const [index, check] of checks.entries()) {
    assertKey(check.key);
    assertPolicy(check.policy);
    assertCost('cost', check.cost);
    assertCost('headroom', check.headroom ?? 0);
    assertMode(check.mode ?? 'enforce');
    if (checks.slice(0, index).some((other) => isSameLimit(other, check))) {
      throw new RangeError(
        `checks: expected each key and policy once, got ${check.policy.name} again: name policies`,
      );
    }
  }
}

/** Refuses what is no key. */
export function assertKey(key: unknown): void {
  if (typeof key !== 'string') throw new TypeError(`key: expected a string, got ${typeof key}`);
  if (key.length <= KEY_LENGTH_MAX) return;
  throw new RangeError(`key: expected at most ${KEY_LENGTH_MAX} characters, got ${key.length}`);
}

/** Refuses what is no cost: a fraction, a credit, NaN, more than 31 bits. */
export function assertCost(name: string, cost: unknown): void {
  if (typeof cost !== 'number')
    throw new TypeError(`${name}: expected a number, got ${typeof cost}`);
  if (Number.isInteger(cost) && cost >= 0 && cost <= COST_MAX) return;
  throw new RangeError(`${name}: expected an integer of 0..${COST_MAX}, got ${cost}`);
}

/** Refuses what is no duration: 0 is one. */
export function assertDuration(name: string, durationMs: unknown, maxMs: number): void {
  if (typeof durationMs !== 'number') {
    throw new TypeError(`${name}: expected a number, got ${typeof durationMs}`);
  }
  if (durationMs >= 0 && durationMs <= maxMs) return;
  throw new RangeError(`${name}: expected 0..${maxMs}, got ${durationMs}`);
}

/** The instant `nowMs` in whole microseconds. Refuses what is no instant. */
export function microseconds(nowMs: unknown): number {
  if (typeof nowMs !== 'number') {
    throw new TypeError(`nowMs: expected a number, got ${typeof nowMs}`);
  }
  // As `Math.round`, which costs more: what is rounded is not negative.
  if (nowMs >= 0 && nowMs <= NOW_MS_MAX) return Math.floor(nowMs * 1_000 + 0.5);
  throw new RangeError(`nowMs: expected 0..${NOW_MS_MAX}, got ${nowMs}`);
}

function assertMode(mode: string): void {
  if (mode === 'enforce' || mode === 'shadow') return;
  throw new RangeError(`mode: expected 'enforce' or 'shadow', got ${mode}`);
}

function isSameLimit(left: Check, right: Check): boolean {
  return (
    left.key === right.key &&
    left.policy.kind === right.policy.kind &&
    left.policy.name === right.policy.name
  );
}
