/** The hash of `runEverything(seed, ['n1', 'n2', 'n3'], 20_000)`, on Node and in Chromium. */
export const hashes: readonly { readonly seed: number; readonly hash: string }[] = [
  { seed: 1, hash: '730df858ae89bbe3' },
  { seed: 2, hash: 'd63f531f2c962a0a' },
  { seed: -9_007_199_254_740_991, hash: '4bb9e5d10d00434e' },
];
