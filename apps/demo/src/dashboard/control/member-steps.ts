/** How far nodes are on their way into the cluster, or out of it, in words. */
import type { MemberFigures } from '../../observe/node-status.ts';
import type { ClusterView } from '../../supervisor/cluster-view.ts';
import { count } from '../format.ts';

/** The steps of a node that joins, in order. */
export const joiningSteps: readonly (readonly [MemberFigures['step'], string])[] = [
  ['waiting', 'listed'],
  ['catchingUp', 'learner'],
  ['caughtUp', 'caught up'],
  ['joint', 'joint'],
  ['voter', 'vote'],
  ['member', 'boards'],
];

/** A node as the wizard shows it. */
export interface MemberRow {
  readonly id: string;
  readonly step: MemberFigures['step'];
  /** A sentence on what it waits for. */
  readonly text: string;
}

/** All nodes, as the leader sees them; nothing while there is none. */
export function memberRows({ nodes, leaderId }: ClusterView): readonly MemberRow[] {
  const leader = nodes.find(({ id }) => id === leaderId)?.status;
  return (leader?.members ?? []).map(({ id, step }) => {
    const matched = leader?.raft.peers[id]?.matchIndex ?? 0;
    const last = leader?.raft.lastLogIndex ?? 0;
    const copies = nodes.find((node) => node.id === id)?.status?.boards.copyCount;
    const texts: Readonly<Record<MemberFigures['step'], string>> = {
      waiting: 'listed; the leader will send it the log',
      catchingUp: `learner, ${count(matched)} of ${count(last)} entries`,
      caughtUp: 'learner, has caught up',
      joint: 'joint: the old and the new majority both count',
      voter: 'votes; boards come next',
      member: copies === undefined ? 'member' : `member, ${copiesText(copies)}`,
      draining:
        copies === undefined ? 'leaves' : `leaves; ${copiesText(copies)} still to hand over`,
    };
    return { id, step, text: texts[step] };
  });
}

function copiesText(copies: number): string {
  return copies === 1 ? '1 copy' : `${count(copies)} copies`;
}
