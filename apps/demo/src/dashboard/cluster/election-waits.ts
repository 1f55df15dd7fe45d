/** How much is left of each node's wait for a leader, smoothly between what nodes say of it. */
import type { NodeView } from '../../supervisor/cluster-view.ts';
import { isLive } from './figures.ts';

/** What is left of a wait. */
export interface Wait {
  /** 1 after a word of the leader, 0 when the node asks for votes. */
  readonly leftShare: number;
  readonly isCandidate: boolean;
}

interface Reading extends Wait {
  readonly fromShare: number;
  readonly fromMs: number;
  readonly spanMs: number;
}

/** A reading is reached in the time that lay between the last two, but within these, in ms. */
const spanMsMin = 40;
const spanMsMax = 400;

/** The waits of all nodes. */
export class ElectionWaits {
  readonly #readings = new Map<string, Reading>();

  /** Takes in what the nodes say. */
  learn(nodes: readonly NodeView[], nowMs: number): void {
    for (const node of nodes) {
      const raft = isLive(node) ? node.status?.raft : undefined;
      if (raft === undefined || raft.role === 'leader') {
        this.#readings.delete(node.id);
        continue;
      }
      const { electionElapsedTicks, electionDueTicks, role } = raft;
      const leftShare = Math.max(0, 1 - electionElapsedTicks / electionDueTicks);
      const before = this.#readings.get(node.id);
      if (before?.leftShare === leftShare) continue;
      const spanMs = Math.min(spanMsMax, Math.max(spanMsMin, nowMs - (before?.fromMs ?? nowMs)));
      const fromShare = this.of(node.id, nowMs)?.leftShare ?? leftShare;
      const isCandidate = role !== 'follower';
      this.#readings.set(node.id, { leftShare, isCandidate, fromShare, fromMs: nowMs, spanMs });
    }
  }

  /** The wait of a node at `nowMs`; undefined if it leads, or says nothing. */
  of(id: string, nowMs: number): Wait | undefined {
    const reading = this.#readings.get(id);
    if (reading === undefined) return undefined;
    const { leftShare, isCandidate, fromShare, fromMs, spanMs } = reading;
    const way = Math.min(1, Math.max(0, (nowMs - fromMs) / spanMs));
    return { leftShare: fromShare + (leftShare - fromShare) * way, isCandidate };
  }
}
