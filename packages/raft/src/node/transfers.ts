import type { Clock, NodeId } from '@quorate/transport';

import type { RaftEffect, TransferRefusal } from '../effects.ts';
import type { TransferOutcome, WaitOptions } from './outcomes.ts';
import { Waiter, WaitingRoom } from './waiter.ts';

/**
 * Those who wait for leadership to move. It has moved once this node has heard from the next
 * leader: between stepping down and that, nobody leads and anybody may.
 */
export class Transfers {
  readonly #room: WaitingRoom;
  readonly #waiting = new Map<number, Waiting>();
  #nextTransferId = 1;

  constructor(clock: Clock) {
    this.#room = new WaitingRoom(clock);
  }

  /**
   * Waits for a transfer, which the caller offers to the core at once.
   *
   * @returns The id under which the core answers.
   */
  add(
    to: NodeId | undefined,
    options: WaitOptions,
  ): { readonly transferId: number; readonly outcome: Promise<TransferOutcome> } {
    const transferId = this.#nextTransferId++;
    const waiter = new Waiter<TransferOutcome>(this.#room, options, (reason) => {
      this.#settle(transferId, { kind: 'unknown', reason });
    });
    this.#waiting.set(transferId, { to, waiter, hasSteppedDown: false });
    return { transferId, outcome: waiter.promise };
  }

  /** The core refused. */
  onRefused(transferId: number, reason: TransferRefusal, leaderId: NodeId | undefined): void {
    this.#settle(transferId, { kind: 'rejected', reason, leaderId });
  }

  /** The core's part is over. */
  onEnded({ transferId, how }: Extract<RaftEffect, { kind: 'transferEnded' }>): void {
    if (how === 'timedOut') this.#settle(transferId, { kind: 'failed', reason: 'targetSilent' });
    const waiting = this.#waiting.get(transferId);
    if (waiting !== undefined) waiting.hasSteppedDown = true;
  }

  /** Somebody leads, or nobody that this node knows. */
  onLeader(leaderId: NodeId | undefined): void {
    if (leaderId === undefined) return;
    for (const [transferId, { to, hasSteppedDown }] of this.#waiting) {
      if (!hasSteppedDown) continue;
      const isWanted = to === undefined || to === leaderId;
      this.#settle(
        transferId,
        isWanted
          ? { kind: 'transferred', leaderId }
          : { kind: 'failed', reason: 'otherElected', leaderId },
      );
    }
  }

  /** The node stops. */
  closeAll(): void {
    for (const transferId of [...this.#waiting.keys()]) {
      this.#settle(transferId, { kind: 'unknown', reason: 'closed' });
    }
  }

  #settle(transferId: number, outcome: TransferOutcome): void {
    const waiting = this.#waiting.get(transferId);
    this.#waiting.delete(transferId);
    waiting?.waiter.settle(outcome);
  }
}

interface Waiting {
  readonly to: NodeId | undefined;
  readonly waiter: Waiter<TransferOutcome>;
  hasSteppedDown: boolean;
}
