import type { Value } from '../log/value.ts';

/** How deep arrays and objects may nest. */
export const VALUE_DEPTH_MAX = 64;

/**
 * A frozen copy of `value`, so that nobody can change it afterwards, with every key an own one.
 *
 * @param name - What to call it in errors.
 * @throws TypeError if something in it is no value: undefined, a bigint, symbol or function, an
 *   object that is neither plain nor an array nor bytes, an array with holes.
 * @throws RangeError if it nests deeper than 64 levels; a cycle does.
 */
export function copyValue(name: string, value: unknown): Value {
  return copyNested(name, value, VALUE_DEPTH_MAX);
}

function copyNested(name: string, value: unknown, depthLeft: number): Value {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value !== 'object') throw notAValue(name, typeof value);
  // Not `slice`: that of a Node.js buffer is a window on the same memory.
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (depthLeft === 0) {
    throw new RangeError(
      `${name}: expected at most ${VALUE_DEPTH_MAX} levels, got more or a cycle`,
    );
  }
  return Array.isArray(value)
    ? copyArray(name, value, depthLeft - 1)
    : copyObject(name, value, depthLeft - 1);
}

function copyArray(name: string, value: readonly unknown[], depthLeft: number): Value {
  const copy: Value[] = [];
  for (let index = 0; index < value.length; index += 1) {
    if (!Object.hasOwn(value, index)) throw notAValue(`${name}[${index}]`, 'a hole');
    copy.push(copyNested(`${name}[${index}]`, value[index], depthLeft));
  }
  return Object.freeze(copy);
}

function copyObject(name: string, value: object, depthLeft: number): Value {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw notAValue(name, Object.prototype.toString.call(value));
  }
  const copy = emptyObject();
  for (const [key, inner] of Object.entries(value)) {
    copy[key] = copyNested(`${name}.${key}`, inner, depthLeft);
  }
  return Object.freeze(copy);
}

/** An object in which `__proto__` is a key like any other. */
export function emptyObject(): Record<string, Value> {
  const fresh: Record<string, Value> = {};
  Object.setPrototypeOf(fresh, null);
  return fresh;
}

function notAValue(name: string, got: string): TypeError {
  return new TypeError(
    `${name}: expected null, a boolean, number, text, bytes, array or plain object, got ${got}`,
  );
}
