/** Numbers and words as the page shows them. */
import type { NodeView } from '../supervisor/cluster-view.ts';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** `1234.5` as `1,235`. */
export function count(value: number): string {
  return whole.format(value);
}

/** Milliseconds with as many digits as matter. */
export function milliseconds(value: number): string {
  if (value === 0) return '–';
  if (value < 10) return `${value.toFixed(1)} ms`;
  return value < 1_000 ? `${value.toFixed(0)} ms` : `${(value / 1_000).toFixed(2)} s`;
}

/** `0.99876` as `99.88%`; whole hundreds only if nothing is missing. */
export function share(value: number): string {
  if (value === 1) return '100%';
  return `${(Math.floor(value * 10_000) / 100).toFixed(2)}%`;
}

/** A suspicion with as many digits as matter; silence without end is not told apart. */
export function phiText(phi: number): string {
  if (phi >= 99) return '99+';
  return phi < 10 ? phi.toFixed(1) : phi.toFixed(0);
}

/** What a node is, in one word: its role while it runs, else what its process does. */
export function roleOf(node: NodeView): string {
  if (node.process !== 'running') return node.process;
  if (node.status?.raft.condition === 'failed') return 'failed';
  const role = node.status?.raft.role ?? 'starting';
  return role === 'preCandidate' ? 'pre-candidate' : role;
}

/** Times of a simulation begin at 0, those of the world at 1970: nobody simulates so long. */
export const SIMULATED_MS_MAX = 1e10;

/** The time of day, or the seconds since a simulation began. */
export function clockTime(atMs: number): string {
  if (atMs < SIMULATED_MS_MAX) return `${(atMs / 1_000).toFixed(2)} s`;
  return new Date(atMs).toLocaleTimeString('en-GB');
}
