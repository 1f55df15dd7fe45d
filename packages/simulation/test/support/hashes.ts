/** The hash of `runEverything(seed, ['n1', 'n2', 'n3'], 20_000)`, on Node and in Chromium. */
export const hashes: readonly { readonly seed: number; readonly hash: string }[] = [
  { seed: 1, hash: '813b06be1a2ed036' },
  { seed: 2, hash: '5889698f18b9599e' },
  { seed: -9_007_199_254_740_991, hash: 'f94172e0b89e54f0' },
];
