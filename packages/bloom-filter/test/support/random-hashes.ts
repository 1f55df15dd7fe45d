/** Hashes of `count` distinct elements, low half, then high half, of each. */
export function hashesFrom(seed: number, count: number): Uint32Array {
  const hashes = new Uint32Array(2 * count);
  let state = seed >>> 0;
  for (let at = 0; at < hashes.length; at += 1) {
    // splitmix32: a counter through a mix is no repetition within 2^32.
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    hashes[at] = mixed ^ (mixed >>> 15);
  }
  return hashes;
}
