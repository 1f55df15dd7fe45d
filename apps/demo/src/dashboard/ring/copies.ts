/** Where copies of boards are, and whether they agree, out of what the nodes say. */
import type { NodeView } from '../../supervisor/cluster-view.ts';
import { isLive } from '../cluster/figures.ts';

/** One board and its copies. */
export interface BoardRow {
  readonly boardId: string;
  /** What each node has, by node: equal digests are equal copies. */
  readonly digests: ReadonlyMap<string, string>;
  /** What most of them have. */
  readonly commonest: string;
  readonly agreement: 'equal' | 'differ' | 'few';
}

/** So many copies a board should have, if there are as many members. */
const copiesWanted = 3;

/** All boards that live nodes name, in the order of their ids. */
export function boardRows(nodes: readonly NodeView[]): readonly BoardRow[] {
  const copies = new Map<string, Map<string, string>>();
  let memberCount = 0;
  for (const { id, status } of nodes.filter(isLive)) {
    if (status === null) continue;
    memberCount = Math.max(memberCount, status.boards.members.length);
    for (const [boardId, digest] of Object.entries(status.boards.digests)) {
      copies.set(boardId, (copies.get(boardId) ?? new Map<string, string>()).set(id, digest));
    }
  }
  const wanted = Math.min(copiesWanted, memberCount);
  return [...copies]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([boardId, digests]) => rowOf(boardId, digests, wanted));
}

function rowOf(boardId: string, digests: ReadonlyMap<string, string>, wanted: number): BoardRow {
  const counts = new Map<string, number>();
  for (const digest of digests.values()) counts.set(digest, (counts.get(digest) ?? 0) + 1);
  const [commonest = ''] = [...counts].toSorted(([, a], [, b]) => b - a)[0] ?? [];
  const isEqual = counts.size === 1;
  const agreement = !isEqual ? 'differ' : digests.size < wanted ? 'few' : 'equal';
  return { boardId, digests, commonest, agreement };
}
