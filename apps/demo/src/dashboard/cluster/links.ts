/** How links look from their two ends: by suspicion, and by the breakers that follow it. */
import type { PeerHealth } from '../../observe/node-status.ts';
import type { NodeView } from '../../supervisor/cluster-view.ts';
import { isLive } from './figures.ts';

/** From this φ on a peer is suspected. */
export const phiSuspected = 8;
/** From this φ on its silence is worth showing. */
const phiDoubted = 2;

/**
 * How one node sees the link to another: well; on trial, as a breaker lets one request through to
 * see; in doubt, as the peer is silent for longer than usual; refused, as the peer is suspected or
 * a breaker is open; or not known, as the node itself says nothing.
 */
export type LinkLook = 'well' | 'trial' | 'doubt' | 'refused' | 'unknown';

/** What each look means, for the legend and for those who listen to the page. */
export const linkMeanings: Readonly<Record<LinkLook, string>> = {
  well: 'well',
  trial: 'half-open: the next request decides',
  doubt: 'silent for longer than usual',
  refused: 'suspected, or its breaker is open',
  unknown: 'says nothing',
};

/** The look of what `health` says. */
export function lookOfHealth(health: PeerHealth | undefined): LinkLook {
  if (health === undefined) return 'unknown';
  const states = Object.values(health.breakers);
  if (health.isSuspected || states.some(isOpen)) return 'refused';
  if (health.phi >= phiDoubted) return 'doubt';
  return states.includes('halfOpen') ? 'trial' : 'well';
}

/** Whether a breaker in this state refuses requests. */
function isOpen(state: string): boolean {
  return state === 'open' || state === 'forcedOpen';
}

/** What `from` says of `peer`; nothing if it is not live. */
export function healthOf(from: NodeView, peer: string): PeerHealth | undefined {
  if (!isLive(from)) return undefined;
  return from.status?.peers.find((health) => health.peer === peer);
}

/** The highest φ that any live node has of `peer`. */
export function phiAbout(nodes: readonly NodeView[], peer: string): number {
  return Math.max(0, ...nodes.map((node) => healthOf(node, peer)?.phi ?? 0));
}
