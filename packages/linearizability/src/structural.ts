/*
 * Equality and hashing of states by structure, for models that bring none of their own. Covers
 * what a state is made of: primitives, arrays, plain objects, Map, Set, Uint8Array. Two maps or
 * sets are equal whatever the order in which they were filled. Anything else (a Date, an instance
 * of a class) may hold what cannot be seen from outside, so it equals itself alone.
 */

/**
 * Whether two values have the same structure and content.
 *
 * @remarks O(size). Members of a Set and keys of a Map are compared by identity, as they do.
 */
export function structuralEquals(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (!isObject(left) || !isObject(right)) return false;
  if (Array.isArray(left) || left instanceof Uint8Array) return sequenceEquals(left, right);
  if (left instanceof Map) return right instanceof Map && mapEquals(left, right);
  if (left instanceof Set) {
    return right instanceof Set && left.size === right.size && isSubset(left, right);
  }
  if (!isPlain(left) || !isPlain(right)) return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every(
      (key) =>
        Object.hasOwn(right, key) &&
        structuralEquals(Reflect.get(left, key), Reflect.get(right, key)),
    )
  );
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function sequenceEquals(left: ArrayLike<unknown> & object, right: object): boolean {
  if (Object.getPrototypeOf(left) !== Object.getPrototypeOf(right)) return false;
  if (!Array.isArray(right) && !(right instanceof Uint8Array)) return false;
  const other: ArrayLike<unknown> = right;
  if (left.length !== other.length) return false;
  for (let index = 0; index < left.length; index += 1) {
    if (!structuralEquals(left[index], other[index])) return false;
  }
  return true;
}

function isSubset(left: Set<unknown>, right: Set<unknown>): boolean {
  for (const item of left) if (!right.has(item)) return false;
  return true;
}

function mapEquals(left: Map<unknown, unknown>, right: Map<unknown, unknown>): boolean {
  if (left.size !== right.size) return false;
  for (const [key, value] of left) {
    if (!right.has(key) || !structuralEquals(value, right.get(key))) return false;
  }
  return true;
}

/**
 * A 32-bit hash such that values that are `structuralEquals` have the same.
 *
 * @remarks O(size).
 */
export function structuralHash(value: unknown): number {
  if (typeof value === 'string') return hashText(value);
  if (typeof value === 'number') return hashNumber(value);
  if (!isObject(value)) return hashText(String(value));
  let hash = 0x345678;
  if (Array.isArray(value) || value instanceof Uint8Array) {
    for (const item of value) hash = mix(hash, structuralHash(item));
    return hash;
  }
  // Sums, because maps, sets and objects that are equal may have another order.
  if (value instanceof Map) {
    for (const [key, item] of value) hash = (hash + mix(hashKey(key), structuralHash(item))) | 0;
  } else if (value instanceof Set) {
    for (const item of value) hash = (hash + mix(hashKey(item), 1)) | 0;
  } else {
    for (const key of Object.keys(value)) {
      hash = (hash + mix(hashText(key), structuralHash(Reflect.get(value, key)))) | 0;
    }
  }
  return hash;
}

/** Keys are compared by identity, so objects among them must not be hashed by content alone. */
function hashKey(key: unknown): number {
  return isObject(key) ? 7 : structuralHash(key);
}

function hashText(text: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return mix(hash, text.length);
}

function hashNumber(value: number): number {
  // -0 and 0 differ under Object.is; one hash for both is allowed, and NaN becomes 0 as well.
  return Number.isSafeInteger(value)
    ? mix(value | 0, Math.floor(value / 0x1_0000_0000) | 0)
    : hashText(String(value));
}

/** Folds `value` into `hash`: MurmurHash3's finalizer over both. */
function mix(hash: number, value: number): number {
  let bits = Math.imul(hash ^ value, 0x85ebca6b) + Math.imul(value, 0xc2b2ae35) + 0x9e3779b9;
  bits = Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d);
  return bits ^ (bits >>> 13);
}

/** Objects of more keys may be kept as tables. */
const PLAIN_KEYS_MAX = 16;

/** What a value takes in memory, roughly and rather too much: engines differ. O(size). */
export function structuralSizeBytes(value: unknown): number {
  if (typeof value === 'string') return 32 + 2 * value.length;
  // Only small integers are kept without a box.
  if (typeof value === 'number') return (value | 0) === value ? 8 : 24;
  if (!isObject(value)) return typeof value === 'bigint' ? 32 + value.toString(16).length : 8;
  if (value instanceof Uint8Array) return 128 + value.length;
  let sizeBytes = 64;
  if (Array.isArray(value)) {
    // An array that grew has room for half as much again.
    sizeBytes += 128 + 4 * value.length;
    for (const item of value) sizeBytes += structuralSizeBytes(item);
  } else if (value instanceof Map) {
    for (const [key, item] of value) {
      sizeBytes += 40 + structuralSizeBytes(key) + structuralSizeBytes(item);
    }
  } else if (value instanceof Set) {
    for (const item of value) sizeBytes += 40 + structuralSizeBytes(item);
  } else {
    const keys = Object.keys(value);
    const keyBytes = keys.length > PLAIN_KEYS_MAX ? 72 : 8;
    for (const key of keys) sizeBytes += keyBytes + structuralSizeBytes(Reflect.get(value, key));
  }
  return sizeBytes;
}

/** Whether `value` has content, rather than being one. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
