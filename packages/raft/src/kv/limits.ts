import type { KeyValueCompare, KeyValueOperation, KeyValueTransaction } from './messages.ts';

const encoder = new TextEncoder();

/** Sizes that every store and client keeps. Beyond: a `RangeError` before anything is sent. */
export const keyValueLimits = {
  /** Of a key or prefix, in bytes of UTF-8. A key has at least one. */
  keyBytesMax: 1_024,
  valueBytesMax: 1_048_576,
  /** Comparisons of one transaction, and operations of each of its branches. */
  operationCountMax: 128,
  /** Keys of one page. */
  pageCountMax: 1_000,
  /** Bytes of values of one page, beyond which it ends; one entry always fits. */
  pageBytesMax: 262_144,
} as const;

/**
 * States that `key` may be a key.
 *
 * @throws RangeError if it is empty, too long or has a lone surrogate, which UTF-8 cannot express.
 */
export function expectKey(key: string): void {
  expectText('key', key);
  if (key === '') throw new RangeError('key: expected at least 1 byte, got none');
}

/** States that `prefix` may be one: empty for all keys. @throws RangeError as `expectKey` does. */
export function expectPrefix(prefix: string): void {
  expectText('prefix', prefix);
}

/** @throws RangeError if `revision` is no integer of at least `min`. */
export function expectRevision(revision: number, min: number): void {
  if (Number.isSafeInteger(revision) && revision >= min) return;
  throw new RangeError(`revision: expected an integer of at least ${min}, got ${revision}`);
}

/** @throws RangeError or TypeError if a part of `transaction` is out of its range. */
export function expectTransaction({ compare, then, otherwise }: KeyValueTransaction): void {
  expectCount('compare', compare.length);
  for (const each of compare) expectCompare(each);
  for (const [name, operations] of Object.entries({ then, otherwise })) {
    expectCount(name, operations.length);
    for (const each of operations) expectOperation(each);
    const twice = writtenTwice(operations);
    if (twice !== undefined) {
      throw new RangeError(`${name}: expected each key to be written once, got ${twice} twice`);
    }
  }
}

/** A key that `operations` write more than once, if there is one. */
export function writtenTwice(operations: readonly KeyValueOperation[]): string | undefined {
  const keys = new Set<string>();
  for (const { kind, key } of operations) {
    if (kind === 'get') continue;
    if (keys.has(key)) return key;
    keys.add(key);
  }
  return undefined;
}

function expectCompare(compare: KeyValueCompare): void {
  expectKey(compare.key);
  if (compare.kind === 'value') expectValue(compare.value);
  if ('revision' in compare) expectRevision(compare.revision, 0);
}

function expectOperation(operation: KeyValueOperation): void {
  expectKey(operation.key);
  if (operation.kind === 'put') expectValue(operation.value);
}

function expectValue(value: Uint8Array): void {
  if (!(value instanceof Uint8Array)) {
    throw new TypeError(`value: expected a Uint8Array, got ${typeof value}`);
  }
  if (value.length <= keyValueLimits.valueBytesMax) return;
  throw new RangeError(
    `value: expected at most ${keyValueLimits.valueBytesMax} bytes, got ${value.length}`,
  );
}

function expectText(name: string, text: string): void {
  if (typeof text !== 'string') {
    throw new TypeError(`${name}: expected a string, got ${typeof text}`);
  }
  if (!text.isWellFormed()) {
    throw new RangeError(`${name}: expected well-formed text, got a lone surrogate`);
  }
  // Three bytes at most for each unit: most keys need no encoding to be measured.
  if (text.length * 3 <= keyValueLimits.keyBytesMax) return;
  const sizeBytes = encoder.encode(text).length;
  if (sizeBytes <= keyValueLimits.keyBytesMax) return;
  throw new RangeError(
    `${name}: expected at most ${keyValueLimits.keyBytesMax} bytes of UTF-8, got ${sizeBytes}`,
  );
}

function expectCount(name: string, count: number): void {
  if (count <= keyValueLimits.operationCountMax) return;
  throw new RangeError(
    `${name}: expected at most ${keyValueLimits.operationCountMax}, got ${count}`,
  );
}
