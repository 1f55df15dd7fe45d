import type { Contender, Metric } from '../suite.ts';

/** What `awaitedContender` yields. */
export const nsPerAwait: Metric = { name: 'time per call', unit: 'ns', better: 'lower' };

/**
 * What `aboveBareContender` yields: of a call under a guard, what the same call alone does not
 * take.
 */
export const nsAboveBare: Metric = { name: 'above a bare await', unit: 'ns', better: 'lower' };

/** Calls in one round, one after the other. */
const CALLS = 20_000;

/** Rounds of which the fastest counts: everything else on the machine only ever adds. */
const ROUNDS = 15;

/** Receives every result, so that no compiler may find the measured work to be useless. */
const sink: { value: unknown } = { value: undefined };

/** One measured call, awaited or not as its users would. */
export type Call = () => unknown;

const bare: Call = async () => 1;

/** Nanoseconds of one call that is awaited, in the fastest of many rounds. */
async function measureAwaited(call: Call): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedAt = performance.now();
    for (let count = 0; count < CALLS; count += 1) sink.value = await call();
    best = Math.min(best, performance.now() - startedAt);
  }
  return (best / CALLS) * 1_000_000;
}

/** Nanoseconds of one call whose answer is there when it returns. */
function measureSync(call: Call): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedAt = performance.now();
    for (let count = 0; count < CALLS; count += 1) sink.value = call();
    best = Math.min(best, performance.now() - startedAt);
  }
  return (best / CALLS) * 1_000_000;
}

/** One call after the other, each awaited. */
export function awaitedContender(name: string, call: Call): Contender {
  return { name, run: async () => ({ [nsPerAwait.name]: await measureAwaited(call) }) };
}

/** One call after the other, none of which needs to be awaited. */
export function syncContender(name: string, call: Call): Contender {
  return { name, run: () => ({ [nsPerAwait.name]: measureSync(call) }) };
}

/** Less what a call that does nothing takes in the same run. */
export function aboveBareContender(name: string, call: Call): Contender {
  return {
    name,
    run: async () => {
      const alone = await measureAwaited(bare);
      const guarded = await measureAwaited(call);
      return { [nsAboveBare.name]: Math.max(1, guarded - alone) };
    },
  };
}

/** Calls between two turns of the event loop. */
const BURST = 1_000;

/**
 * Nanoseconds of one call whose answer is there when it returns, where timers run after every so
 * many calls: for what is cheap only as long as the event loop does not turn.
 */
async function measureBursts(call: Call): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    let spentMs = 0;
    for (let burst = 0; burst < CALLS / BURST; burst += 1) {
      const startedAt = performance.now();
      for (let count = 0; count < BURST; count += 1) sink.value = call();
      spentMs += performance.now() - startedAt;
      await new Promise<void>((resolve) => setTimeout(resolve, 1));
    }
    best = Math.min(best, spentMs);
  }
  return (best / CALLS) * 1_000_000;
}

/** Calls that need no await, a thousand in each turn of the event loop, which is not counted. */
export function burstContender(name: string, call: Call): Contender {
  return { name, run: async () => ({ [nsPerAwait.name]: await measureBursts(call) }) };
}
