import { checkRecord, show } from './bounds.ts';

/** @throws TypeError unless `value` can be called. */
export function checkFunction(name: string, value: unknown): void {
  if (typeof value === 'function') return;
  throw new TypeError(`${name}: expected a function, got ${show(value)}`);
}

/** @throws TypeError unless `value` can be called or is left out. */
export function checkOptionalFunction(name: string, value: unknown): void {
  if (value !== undefined) checkFunction(name, value);
}

/**
 * @throws RangeError unless `value` is an object, TypeError unless it has all of `methods`. One
 *   that lacks a method would fail in the middle of a call.
 */
export function checkMethods(name: string, value: unknown, ...methods: readonly string[]): void {
  checkRecord(name, value);
  for (const method of methods) {
    checkFunction(`${name}.${method}`, Reflect.get(value, method));
  }
}

/** @throws As `checkMethods`, unless `clock` is a clock. */
export function checkClock(clock: unknown): void {
  checkMethods('clock', clock, 'nowMs', 'wallTimeMs', 'setTimer');
}

/** @throws As `checkMethods`, unless `random` is a source of random numbers. */
export function checkRandom(random: unknown): void {
  checkMethods('random', random, 'float');
}
