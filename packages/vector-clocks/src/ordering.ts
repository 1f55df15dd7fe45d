/**
 * How two events, or two versions, stand to each other. Equal and concurrent are different answers:
 * the same history, and two histories of which neither contains the other.
 */
export type Ordering = 'before' | 'after' | 'equal' | 'concurrent';
