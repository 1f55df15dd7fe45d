/** Resolves in the next turn of the event loop, after I/O was looked at. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
