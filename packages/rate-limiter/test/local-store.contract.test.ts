import { describeRateLimitStore } from '../src/contract/index.ts';
import { createMemoryRateLimitStore } from '../src/local-store.ts';

describeRateLimitStore('memory', async () => {
  let nowMs = 1_000;
  const store = createMemoryRateLimitStore({ nowMs: () => nowMs });
  return {
    store,
    nowMs: () => nowMs,
    advance: (byMs) => {
      nowMs += byMs;
    },
  };
});
