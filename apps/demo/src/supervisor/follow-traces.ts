/**
 * The traces of all nodes of a cluster, those too that join or restart later.
 *
 * Who takes part is in the views that the cluster publishes. A node whose uptime fell is another
 * process than before, or the run was wound back: its stream may never say so.
 */
import { readEvents } from '../event-stream.ts';
import type { ClusterView, NodeView } from './cluster-view.ts';
import type { ControlledCluster } from './controlled-cluster.ts';

/** What is needed of a cluster. */
export type TracedCluster = Pick<ControlledCluster, 'view' | 'openStream' | 'pageEvents'>;

interface Followed {
  readonly leaving: AbortController;
  uptimeMs: number;
}

/** How long to wait before a node that went away is followed again, in ms. */
const retryMs = 500;

/**
 * Follows until the function returned is called.
 *
 * @param onWindow - Gets the JSON of each `TraceWindow`, those of one node in order.
 */
export function followTraces(cluster: TracedCluster, onWindow: (text: string) => void): () => void {
  const followed = new Map<string, Followed>();
  const leave = (id: string): void => {
    followed.get(id)?.leaving.abort();
    followed.delete(id);
  };
  const begin = ({ id }: NodeView, uptimeMs: number): void => {
    const leaving = new AbortController();
    followed.set(id, { leaving, uptimeMs });
    void followNode(cluster, id, leaving.signal, onWindow);
  };
  const look = ({ nodes }: ClusterView): void => {
    const ids = new Set(nodes.map(({ id }) => id));
    for (const id of followed.keys()) if (!ids.has(id)) leave(id);
    for (const node of nodes) {
      const known = followed.get(node.id);
      const uptimeMs = node.status?.uptimeMs ?? known?.uptimeMs ?? 0;
      if (known !== undefined && uptimeMs >= known.uptimeMs) known.uptimeMs = uptimeMs;
      else {
        leave(node.id);
        begin(node, uptimeMs);
      }
    }
  };
  look(cluster.view());
  const unsubscribe = cluster.pageEvents.subscribe((event) => {
    if (event.kind === 'view') look(event.view);
  });
  return () => {
    unsubscribe();
    for (const id of [...followed.keys()]) leave(id);
  };
}

/** Follows one process, and takes its stream up again where that breaks off. */
async function followNode(
  cluster: TracedCluster,
  id: string,
  signal: AbortSignal,
  onWindow: (text: string) => void,
): Promise<void> {
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    try {
      const { body } = await cluster.openStream(id, '/admin/trace', signal);
      // A stream of this process does not end by the signal alone.
      const ending = body?.pipeThrough(new TransformStream<Uint8Array, Uint8Array>(), { signal });
      if (ending !== undefined) await readEvents(ending, onWindow);
    } catch {
      // It is not there, or not any more: the pause below, then again.
    }
    if (!isOver()) await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}
