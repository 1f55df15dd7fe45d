/** The hash of `runEverything(seed, ['n1', 'n2', 'n3'], 20_000)`, on Node and in Chromium. */
export const hashes: readonly { readonly seed: number; readonly hash: string }[] = [
  { seed: 1, hash: '0361b988de8741da' },
  { seed: 2, hash: 'aeeeef1a2136d424' },
  { seed: -9_007_199_254_740_991, hash: '5a2e4f9853a6c7d5' },
];
