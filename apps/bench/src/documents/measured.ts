/** Never 0, or nothing could be divided by it. */
const least = 0.001;

/**
 * Milliseconds of processor that `action` took, in all threads of this process, after a collection
 * of what was left behind until now.
 */
export function cpuMsOf(action: () => void): number {
  bytesUsed();
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return Math.max(least, (user + system) / 1_000);
}

/**
 * Megabytes that what `action` returns holds, after a collection before and after: objects, and
 * what arrays of numbers keep beside them.
 */
export function megabytesOf(action: () => unknown): number {
  const before = bytesUsed();
  const kept = action();
  const grown = bytesUsed() - before;
  return kept === undefined ? Number.NaN : Math.max(least, grown / 1e6);
}

/** What is in use after collections, if node was told `--expose-gc`. */
function bytesUsed(): number {
  for (let turn = 0; turn < 3; turn += 1) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
