/** How many of the 32 bits of `word` are 1. */
export function bitCountOf(word: number): number {
  // Sums of neighbours: of 1 bit each, of 2, of 4; the product adds the four bytes up.
  const pairs = word - ((word >>> 1) & 0x5555_5555);
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

/** How many bits of `words` are 1. */
export function setBitsOf(words: Int32Array): number {
  let count = 0;
  for (const word of words) count += bitCountOf(word);
  return count;
}
