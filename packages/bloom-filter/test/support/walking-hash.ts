/** The hash of the key at `index` of `count` of a thread that goes through the table in order. */
export function walkingHash(key: number, index: number, count: number): readonly [number, number] {
  const low = Math.imul(key ^ (key >>> 7), 0x9e37_79b1);
  return [Math.floor((index / count) * 2 ** 32) | 0, low ^ (low >>> 15)];
}
