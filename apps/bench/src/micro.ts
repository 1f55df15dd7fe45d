import { measure } from 'mitata';

import type { Contender, Metric } from './suite.ts';

/** What `microContender` yields: nanoseconds of one call, the median over mitata's samples. */
export const nsPerCall: Metric = { name: 'time per call', unit: 'ns', better: 'lower' };

/** Receives every result, so that no compiler may find the measured work to be useless. */
const sink: { value: unknown } = { value: undefined };

/**
 * A contender whose run measures `call` with mitata, in this process. For a case with the one
 * metric `nsPerCall`.
 *
 * @param call - Called a great many times. What it returns is kept from being optimized away.
 */
export function microContender(name: string, call: () => unknown): Contender {
  return {
    name,
    run: async () => {
      const figures = await measure(() => {
        sink.value = call();
      });
      return { [nsPerCall.name]: figures.p50 };
    },
  };
}
