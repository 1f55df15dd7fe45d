/**
 * What a key, a value and a whole store may be. They bound a log entry, and through
 * `storeBytesMax` the snapshot, which travels in one message.
 */
export const limits = {
  /** Longest key, in bytes of UTF-8. */
  keyBytesMax: 256,
  /** Longest value, in bytes of UTF-8. */
  valueBytesMax: 64 * 1_024,
  /** Largest body of a request, in bytes: a value of the largest size, every byte escaped. */
  bodyBytesMax: 6 * 64 * 1_024 + 1_024,
  /** All keys, values and revisions together, in bytes as a snapshot holds them. */
  storeBytesMax: 32 * 1_024 * 1_024,
} as const;

const encoder = new TextEncoder();

/** Bytes of `text` in UTF-8. */
export function utf8Bytes(text: string): number {
  return encoder.encode(text).length;
}

/** What is wrong with `key`, or `undefined`. */
export function keyProblem(key: string): string | undefined {
  if (!key.isWellFormed()) return 'expected well-formed text, got a lone surrogate';
  if (/\p{Cc}/u.test(key)) return 'expected text without control characters';
  const sizeBytes = utf8Bytes(key);
  if (sizeBytes >= 1 && sizeBytes <= limits.keyBytesMax) return undefined;
  return `expected 1..${limits.keyBytesMax} bytes of UTF-8, got ${sizeBytes}`;
}
