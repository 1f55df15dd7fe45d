/** The hash of `runEverything(seed, ['n1', 'n2', 'n3'], 20_000)`, on Node and in Chromium. */
export const hashes: readonly { readonly seed: number; readonly hash: string }[] = [
  { seed: 1, hash: 'fd49a81e87c8602c' },
  { seed: 2, hash: '9ef10fe3c292e491' },
  { seed: -9_007_199_254_740_991, hash: '4cbf058306b61d36' },
];
