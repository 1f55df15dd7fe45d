import { keyHasher, type Key, type KeyHasher } from '@quorate/hash';

/** A hasher whose hash is the key itself, given as two halves: for hashes that are chosen. */
export function bareHasher(): KeyHasher {
  const { id, code, seed } = keyHasher();
  const hasher = { id, code, seed, high: 0, low: 0 };
  const hash64 = (high: number, low: number): void => {
    hasher.high = high | 0;
    hasher.low = low | 0;
  };
  const refuse = (): never => {
    throw new TypeError('key: expected two halves, got another');
  };
  const hash = (key: Key): void => {
    if (typeof key !== 'object' || !('high' in key)) return refuse();
    hash64(key.high, key.low);
  };
  return Object.assign(hasher, {
    hash,
    hash64,
    hashString: refuse,
    hashBytes: refuse,
    hashUint32: refuse,
  });
}
