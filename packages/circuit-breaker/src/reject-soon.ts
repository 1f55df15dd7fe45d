const settled = Promise.resolve();

/**
 * A promise that is about to reject with `error`: in the next microtask, when whoever asked
 * listens. Engines tell their host of each promise that is rejected while nobody listens, and again
 * when somebody does; that alone costs more than all the rest of a refusal.
 */
export function rejectSoon(error: Error): Promise<never> {
  return new Promise((_, reject) => {
    void settled.then(() => reject(error));
  });
}
