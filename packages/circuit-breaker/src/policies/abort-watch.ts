/** Something that wants to hear that a signal was aborted. */
export interface AbortWaiter {
  /** The signal was aborted. Called once; must not throw. */
  onAborted(reason: unknown): void;
}

interface Watch {
  readonly waiters: Set<AbortWaiter>;
  readonly listener: () => void;
}

/**
 * One listener for each signal, however many calls wait on it.
 *
 * A server often passes one signal, that of its shutdown, to a million calls. A listener for each
 * makes every removal a search through those of all others, and the runtime warn of a leak.
 *
 * Signals that nobody waits on have no entry and no listener.
 */
const watches = new Map<AbortSignal, Watch>();

/** Lets `waiter` hear of the end of `signal`, which is not aborted yet. O(1). */
export function watchAbort(signal: AbortSignal, waiter: AbortWaiter): void {
  const watch = watches.get(signal) ?? open(signal);
  watch.waiters.add(waiter);
}

/** Ends that. Does nothing if `waiter` does not wait on `signal`. O(1). */
export function unwatchAbort(signal: AbortSignal, waiter: AbortWaiter): void {
  const watch = watches.get(signal);
  if (watch === undefined) return;
  watch.waiters.delete(waiter);
  if (watch.waiters.size > 0) return;
  signal.removeEventListener('abort', watch.listener);
  watches.delete(signal);
}

function open(signal: AbortSignal): Watch {
  const waiters = new Set<AbortWaiter>();
  const listener = (): void => {
    signal.removeEventListener('abort', listener);
    // One that hears may end the wait of others, which then must not hear.
    for (const waiter of waiters) {
      waiters.delete(waiter);
      waiter.onAborted(signal.reason);
    }
    watches.delete(signal);
  };
  const watch = { waiters, listener };
  // Without `once`, which more than doubles the cost of the pair of adding and removing.
  signal.addEventListener('abort', listener);
  watches.set(signal, watch);
  return watch;
}
