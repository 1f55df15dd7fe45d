/**
 * How a read of a key is confirmed. 'index': linearizable, by a majority. 'lease': the same, by the
 * lease of the leader, while clocks drift no more than they may. 'stale': what this node has
 * applied so far.
 */
export const readModes = ['index', 'lease', 'stale'] as const;

/** How a read is confirmed. */
export type ReadMode = (typeof readModes)[number];
