/** Whether boards keep their promises: copies end up equal, nothing is lost, causes come first. */
import { checkConvergence } from '@quorate/linearizability';

import type {
  BoardResult,
  BoardsReport,
  CheckReport,
  PromiseResult,
  Standing,
} from './check-report.ts';

/** What is known of boards. */
export interface BoardEvidence {
  /** What each node's copy of each board says, by board and node. */
  readonly copies: ReadonlyMap<string, ReadonlyMap<string, BoardCopy>>;
  readonly confirmed: readonly { readonly boardId: string; readonly itemId: string }[];
  /** How often a client read through any node, and how often it got an effect before its cause. */
  readonly reads: { readonly readCount: number; readonly acausalCount: number };
  /** Whether nothing is under way or away any more, so that all must hold now. */
  readonly isQuiet: boolean;
  /** Whether every node was heard: one that was not may have what others lack. */
  readonly isWhole: boolean;
}

/** One copy. */
export interface BoardCopy {
  /** All that must be the same everywhere. */
  readonly text: string;
  readonly itemIds: readonly string[];
}

/** A copy, from all that it says as JSON. */
export function copyIn(text: string): BoardCopy {
  const { checklist = [] } = JSON.parse(text) as {
    readonly checklist?: readonly { readonly id: string }[];
  };
  return { text, itemIds: checklist.map(({ id }) => id) };
}

/** So many boards are named. */
const BOARDS_SHOWN = 20;

/** Judges what is known. */
export function checkBoards(evidence: BoardEvidence): BoardsReport & CheckReport {
  const { copies, confirmed } = evidence;
  const boardIds = [...new Set([...copies.keys(), ...confirmed.map(({ boardId }) => boardId)])];
  const boards = boardIds.map((boardId) => resultOf(evidence, boardId));
  const promises = [converged(evidence, boards), lost(evidence, boards), causal(evidence)];
  const standings = new Set(promises.map(({ standing }) => standing));
  return {
    model: 'boards',
    verdict: standings.has('broken') ? 'broken' : standings.has('pending') ? 'pending' : 'kept',
    boardCount: boardIds.length,
    confirmedCount: confirmed.length,
    promises,
    boards: boards
      .filter(({ groups, missing }) => groups.length !== 1 || missing.length > 0)
      .slice(0, BOARDS_SHOWN),
  };
}

function resultOf({ copies, confirmed }: BoardEvidence, boardId: string): BoardResult {
  const here = copies.get(boardId) ?? new Map<string, BoardCopy>();
  const items = confirmed.filter((one) => one.boardId === boardId).map(({ itemId }) => itemId);
  if (here.size === 0) {
    return { boardId, groups: [], missing: items.map((itemId) => ({ itemId, nodes: [] })) };
  }
  const { groups, lost: missing } = checkConvergence(here, {
    equals: (left, right) => left.text === right.text,
    acknowledged: items,
    holds: ({ itemIds }, itemId) => itemIds.includes(itemId),
  });
  return {
    boardId,
    groups: groups.map(({ replicas }) => replicas),
    missing: missing.map(({ item, replicas }) => ({ itemId: item, nodes: replicas })),
  };
}

function converged({ isQuiet }: BoardEvidence, boards: readonly BoardResult[]): PromiseResult {
  const apart = boards.filter(({ groups }) => groups.length > 1).length;
  return {
    name: 'converged',
    standing: boards.length > 0 && apart === 0 ? 'kept' : isQuiet ? 'broken' : 'pending',
    detail: `${apart} of ${boards.length} boards have copies that differ`,
  };
}

function lost(evidence: BoardEvidence, boards: readonly BoardResult[]): PromiseResult {
  const { copies, confirmed, isQuiet, isWhole } = evidence;
  const missing = boards.flatMap(({ boardId, missing: items }) =>
    items.map(({ nodes }) => nodes.length === (copies.get(boardId)?.size ?? 0)),
  );
  const nowhereCount = missing.filter(Boolean).length;
  const isBroken = (nowhereCount > 0 && isWhole) || (missing.length > 0 && isQuiet);
  const isKept = missing.length === 0 && confirmed.length > 0;
  const where = nowhereCount === 0 ? 'from some copy' : `from some copy, ${nowhereCount} from all`;
  return {
    name: 'nothingLost',
    standing: isBroken ? 'broken' : isKept ? 'kept' : 'pending',
    detail: `${missing.length} of ${confirmed.length} confirmed edits are missing ${where}`,
  };
}

function causal({ reads: { readCount, acausalCount } }: BoardEvidence): PromiseResult {
  const standing: Standing = acausalCount > 0 ? 'broken' : readCount > 0 ? 'kept' : 'pending';
  return {
    name: 'causal',
    standing,
    detail: `${acausalCount} of ${readCount} reads had an effect before its cause`,
  };
}
