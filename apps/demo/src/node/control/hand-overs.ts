import { type NodeId, type Requester, TransportError } from '@quorate/transport';

import { type Answer, answerCodec } from './config-answer.ts';

/** What is handed on. */
export interface HandOver {
  readonly method: string;
  readonly payload: Uint8Array;
}

/**
 * Hands requests on to the leader, and gives up those whose addressee turns out not to lead any
 * more: a leader that was paused or cut off would keep its clients waiting for as long as they can,
 * though another has long taken its place.
 */
export class HandOvers {
  readonly #requester: Requester;
  readonly #underWay = new Map<AbortController, NodeId>();

  constructor(requester: Requester) {
    this.#requester = requester;
  }

  /**
   * Hands one request to `leaderId`. Never rejects.
   *
   * @returns The leader's answer; 'refused' if it did not and will not act; else 'unknown'.
   */
  async request(leaderId: NodeId, handOver: HandOver, timeoutMs: number): Promise<Answer> {
    const { method, payload } = handOver;
    const controller = new AbortController();
    this.#underWay.set(controller, leaderId);
    try {
      const options = { timeoutMs, signal: controller.signal };
      return answerCodec.decode(await this.#requester.request(leaderId, method, payload, options));
    } catch (error) {
      if (error instanceof TransportError && error.definite) {
        return { kind: 'refused', reason: 'noLeader', leaderId: undefined };
      }
      return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
    } finally {
      this.#underWay.delete(controller);
    }
  }

  /** `leaderId` leads: gives up what is under way to others. */
  onLeader(leaderId: NodeId): void {
    for (const [controller, target] of this.#underWay) {
      if (target !== leaderId) controller.abort();
    }
  }
}
