import type { Turn } from '../link.ts';

/** The event loop of Node: whatever is sent in one turn is written at its end. */
export const nodeTurn: Turn = {
  flush: (callback) => setImmediate(callback),
  next: (callback) => setImmediate(callback),
};
