import type { ClusterView } from '../../supervisor/cluster-view.ts';

/** The path of a board in the demo's API, as one node has it. */
export function boardPath(node: string, id: string, rest = ''): string {
  return `/api/node/${encodeURIComponent(node)}/v1/boards/${encodeURIComponent(id)}${rest}`;
}

/** The nodes to ask, in order: the one that is wanted, else those that run, the leader first. */
export function nodesToAsk(view: ClusterView, wanted: string | undefined): readonly string[] {
  if (wanted !== undefined) return [wanted];
  const running = view.nodes.filter(({ process }) => process === 'running').map(({ id }) => id);
  const others = running.filter((id) => id !== view.leaderId);
  return [...running.filter((id) => id === view.leaderId), ...others];
}
