import type { ClusterView } from '../../../supervisor/cluster-view.ts';

/** Why nothing can be broken; undefined if it can. */
export function whyUnbreakable(cluster: ClusterView | undefined): string | undefined {
  if (cluster?.isBreakable !== false) return undefined;
  return 'This demo was started with --no-chaos: nothing can be broken here.';
}
