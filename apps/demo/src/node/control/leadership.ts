/** Hands leadership over, from whichever node is asked: only the leader can, so it is told. */
import type { RaftNode, TransferOutcome } from '@quorate/raft';
import { type NodeId, nodeId, type Requester, TransportError } from '@quorate/transport';

import type { LeadershipMoves, TransferAnswer } from '../../operations/admin-answers.ts';

/** What is asked of, and with what. */
export interface LeadershipOptions {
  readonly raft: Pick<RaftNode, 'status' | 'transferLeadership'>;
  readonly requester: Requester;
  /** How long somebody who asks waits, in ms. More than 0. */
  readonly requestTimeoutMs: number;
}

const method = 'raft/transfer';
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Leadership, as something to be moved. */
export class Leadership implements LeadershipMoves {
  readonly #options: LeadershipOptions;
  readonly #stopServing: () => void;

  constructor(options: LeadershipOptions) {
    this.#options = options;
    this.#stopServing = options.requester.serve(method, async (payload) => {
      const to = decoder.decode(payload);
      const answer = await this.#transferHere(to === '' ? undefined : nodeId(to));
      return encoder.encode(JSON.stringify(answer));
    });
  }

  /** Lets `to` lead, or whoever has most of the log. Never rejects. */
  async transfer(to: NodeId | undefined): Promise<TransferAnswer> {
    const { raft, requester, requestTimeoutMs: timeoutMs } = this.#options;
    const { leaderId, nodeId: localId } = raft.status();
    if (leaderId === undefined) return { kind: 'stays', reason: 'there is no leader' };
    if (leaderId === localId) return this.#transferHere(to);
    try {
      const payload = encoder.encode(to ?? '');
      const answer = await requester.request(leaderId, method, payload, { timeoutMs });
      return JSON.parse(decoder.decode(answer)) as TransferAnswer;
    } catch (error) {
      const isDefinite = error instanceof TransportError && error.definite;
      return { kind: isDefinite ? 'stays' : 'unknown', reason: `${leaderId} did not answer` };
    }
  }

  close(): void {
    this.#stopServing();
  }

  async #transferHere(to: NodeId | undefined): Promise<TransferAnswer> {
    const { raft, requestTimeoutMs: timeoutMs } = this.#options;
    const { role, nodeId: leaderId } = raft.status();
    if (role === 'leader' && to === leaderId) return { kind: 'leads', leaderId };
    return answerOf(await raft.transferLeadership({ timeoutMs, ...(to !== undefined && { to }) }));
  }
}

function answerOf(outcome: TransferOutcome): TransferAnswer {
  if (outcome.kind === 'transferred') return { kind: 'leads', leaderId: outcome.leaderId };
  return { kind: outcome.kind === 'unknown' ? 'unknown' : 'stays', reason: outcome.reason };
}
