import { show } from './bounds.ts';

/** @throws TypeError unless `value` can be called. */
export function checkFunction(name: string, value: unknown): void {
  if (typeof value === 'function') return;
  throw new TypeError(`${name}: expected a function, got ${show(value)}`);
}

/** @throws TypeError unless `value` can be called or is left out. */
export function checkOptionalFunction(name: string, value: unknown): void {
  if (value !== undefined) checkFunction(name, value);
}
