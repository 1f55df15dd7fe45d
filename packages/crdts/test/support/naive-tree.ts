import { type Delivered, sees } from './exhaustive.ts';

/** What one event does, by places among the nodes that its author saw, by ascending ids. */
export type TreeOperation =
  | { readonly kind: 'create'; readonly under: number }
  | { readonly kind: 'move'; readonly node: number; readonly under: number }
  | { readonly kind: 'remove'; readonly node: number };

/** Nodes and what they hang under. */
type Places = readonly (readonly [node: string, parent: string])[];

/** The tree after `events`: all moves by ascending stamps, without those that make cycles. */
export function naiveTree(events: Delivered<TreeOperation>): Places {
  const parents = new Map<string, string>();
  const ordered = [...events].sort((one, other) =>
    one.lamport === other.lamport
      ? one.replicaId < other.replicaId
        ? -1
        : 1
      : one.lamport - other.lamport,
  );
  for (const event of ordered) {
    const { operation } = event;
    const seen = naiveTree(events.filter((other) => sees(event, other))).map(([node]) => node);
    const node =
      operation.kind === 'create'
        ? `${event.lamport}@${event.replicaId}`
        : (seen[operation.node % Math.max(1, seen.length)] ?? '');
    const parent = operation.kind === 'remove' ? 'trash' : (seen[operation.under] ?? '');
    if (!pathOf(parents, parent).includes(node)) parents.set(node, parent);
  }
  return [...parents]
    .filter(([node]) => pathOf(parents, node).at(-1) === '')
    .sort(([one], [other]) => (one < other ? -1 : 1));
}

/** `node` and all above it. */
function pathOf(parents: ReadonlyMap<string, string>, node: string): string[] {
  const parent = parents.get(node);
  return parent === undefined ? [node] : [node, ...pathOf(parents, parent)];
}
