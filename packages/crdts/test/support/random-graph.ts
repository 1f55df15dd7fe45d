import { CausalGraph } from '../../src/graph/causal-graph.ts';

/** A graph, and of each event the set of all events before it, itself included. */
export interface GraphWithPasts {
  readonly graph: CausalGraph;
  readonly pasts: readonly ReadonlySet<number>[];
}

/**
 * A graph from draws: each one says who acts, how many events in a row, and how many of the latest
 * events (by further draws) are known to the author besides its own.
 */
export function graphOf(draws: readonly (readonly [number, number, number])[]): GraphWithPasts {
  const graph = new CausalGraph();
  const pasts: Set<number>[] = [];
  const replicas = ['ann', 'bob', 'cid'].map((id) => graph.replicaIndex(id));
  for (const [who, count, known] of draws) {
    const replica = replicas[who % replicas.length]!;
    const own = graph.lvOf(replica, graph.nextSequence(replica) - 1);
    const parents = new Set<number>();
    if (own >= 0) parents.add(own);
    if (graph.eventCount > 0 && known > 0) parents.add((known * 7919) % graph.eventCount);
    if (graph.eventCount > 0 && known > 5) parents.add((known * 104_729) % graph.eventCount);
    if (known > 8) for (const head of graph.frontier) parents.add(head);
    const first = graph.append(replica, graph.nextSequence(replica), count, [...parents]);
    pasts.push(new Set([first, ...eventsOf(pasts, [...parents])]));
    for (let lv = first + 1; lv < first + count; lv += 1)
      pasts.push(new Set([lv, ...pasts[lv - 1]!]));
  }
  return { graph, pasts };
}

/** All events of the version that a frontier names. */
export function eventsOf(
  pasts: readonly ReadonlySet<number>[],
  frontier: readonly number[],
): Set<number> {
  const events = new Set<number>();
  for (const head of frontier) for (const event of pasts[head]!) events.add(event);
  return events;
}
