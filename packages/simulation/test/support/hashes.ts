/** The hash of `runEverything(seed, ['n1', 'n2', 'n3'], 20_000)`, on Node and in Chromium. */
export const hashes: readonly { readonly seed: number; readonly hash: string }[] = [
  { seed: 1, hash: '3a10c8ffd1d2b9e5' },
  { seed: 2, hash: 'be8b52cdc31558f2' },
  { seed: -9_007_199_254_740_991, hash: 'd2ea9e3b8e26f8bb' },
];
