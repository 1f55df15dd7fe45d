/*
 * The same events in the same order on every replica, whatever order they arrived in.
 *
 * Go through the replicas by their ids, again and again, and of each take as many of its next
 * events as have all their parents taken already. Only the graph decides, so that the order is the
 * same everywhere; and what one replica did in a row stays together, so that it stays short.
 */

import type { CausalGraph, EventRange } from '../graph/causal-graph.ts';

/** Ranges of events that, one after the other, are all events in canonical order. */
export function canonicalOrder(graph: CausalGraph): EventRange[] {
  const replicas: number[] = [];
  for (let replica = 0; replica < graph.replicaCount; replica += 1) replicas.push(replica);
  const idOf = (replica: number) => graph.replicaId(replica);
  replicas.sort((left, right) => (idOf(left) < idOf(right) ? -1 : 1));
  /** Of each replica, how many of its events are taken. */
  const taken = replicas.map(() => 0);
  const order: EventRange[] = [];
  for (let left = graph.eventCount; left > 0;) {
    for (const replica of replicas) {
      for (let next = nextRange(graph, replica, taken); next;) {
        order.push(next);
        left -= next.end - next.start;
        taken[replica] = (taken[replica] ?? 0) + next.end - next.start;
        next = nextRange(graph, replica, taken);
      }
    }
  }
  return order;
}

/** The next events of a replica, if all that they descend from is taken. */
function nextRange(
  graph: CausalGraph,
  replica: number,
  taken: readonly number[],
): EventRange | undefined {
  const sequence = taken[replica] ?? 0;
  if (sequence >= graph.nextSequence(replica)) return undefined;
  const start = graph.lvOf(replica, sequence);
  const isReady = graph
    .parentsOf(start)
    .every((lv) => graph.sequenceOf(lv) < (taken[graph.replicaOf(lv)] ?? 0));
  return isReady ? { start, end: graph.runEnd(graph.runAt(start)) } : undefined;
}
