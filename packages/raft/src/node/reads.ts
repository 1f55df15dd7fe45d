import { type Clock, IdTable, type NodeId } from '@quorate/transport';

import type { ReadOutcome, ReadRefusal, WaitOptions } from './outcomes.ts';
import { Waiter, WaitingRoom } from './waiter.ts';

/**
 * Reads on their way through read-index (thesis §6.4): first the leader confirms that it still
 * leads, then the state machine catches up with what was committed when it did.
 *
 * All reads of one turn share one confirmation.
 */
export class Reads {
  readonly #room: WaitingRoom;
  readonly #queued = { linearizable: newWaiters(), lease: newWaiters() };
  readonly #confirming = new IdTable<Waiters>();
  // Confirmed and waiting for the state machine. A node's commit index never falls, so in order.
  readonly #catchingUp: { readonly readIndex: number; readonly waiters: Waiters }[] = [];
  #nextReadId = 1;

  constructor(clock: Clock) {
    this.#room = new WaitingRoom(clock);
  }

  /** Whether `takeBatch` has something to give. */
  get hasQueued(): boolean {
    return this.#queued.linearizable.size + this.#queued.lease.size > 0;
  }

  /** Queues a read for the confirmation of this turn. */
  add(how: Confirmation, options: WaitOptions): Promise<ReadOutcome> {
    // Each of the sets it moves through forgets it when it settles, or within one confirmation.
    const waiter = new Waiter<ReadOutcome>(this.#room, options, (reason) => {
      this.#queued[how].delete(waiter);
      for (const waiters of this.#confirming.values()) waiters.delete(waiter);
      for (const { waiters } of this.#catchingUp) waiters.delete(waiter);
      waiter.settle({ kind: 'refused', reason, leaderId: undefined });
    });
    this.#queued[how].add(waiter);
    return waiter.promise;
  }

  /** The id under which to ask the core for everything queued since the last call. */
  takeBatch(how: Confirmation): number | undefined {
    if (this.#queued[how].size === 0) return undefined;
    const readId = this.#nextReadId++;
    this.#confirming.set(readId, this.#queued[how]);
    this.#queued[how] = newWaiters();
    return readId;
  }

  /** The leader confirmed: the reads may run once `readIndex` is applied. */
  onReady(readId: number, readIndex: number, lastApplied: number): void {
    const waiters = this.#confirming.get(readId);
    this.#confirming.delete(readId);
    if (waiters === undefined) return;
    this.#catchingUp.push({ readIndex, waiters });
    this.onApplied(lastApplied);
  }

  /** The core refused the reads. */
  onRefused(readId: number, reason: ReadRefusal, leaderId: NodeId | undefined): void {
    const waiters = this.#confirming.get(readId) ?? newWaiters();
    this.#confirming.delete(readId);
    for (const waiter of waiters) waiter.settle({ kind: 'refused', reason, leaderId });
  }

  /** The state machine holds everything through `lastApplied`. */
  onApplied(lastApplied: number): void {
    for (;;) {
      const head = this.#catchingUp[0];
      if (head === undefined || head.readIndex > lastApplied) return;
      this.#catchingUp.shift();
      const outcome = { kind: 'ready', readIndex: head.readIndex } as const;
      for (const waiter of head.waiters) waiter.settle(outcome);
    }
  }

  /** The node stops. */
  closeAll(leaderId: NodeId | undefined): void {
    const waiting = [
      this.#queued.linearizable,
      this.#queued.lease,
      ...this.#confirming.values(),
      ...this.#catchingUp.map(({ waiters }) => waiters),
    ];
    this.#queued.linearizable = newWaiters();
    this.#queued.lease = newWaiters();
    this.#confirming.clear();
    this.#catchingUp.length = 0;
    for (const waiters of waiting) {
      for (const waiter of waiters) waiter.settle({ kind: 'refused', reason: 'stopped', leaderId });
    }
  }
}

type Waiters = Set<Waiter<ReadOutcome>>;
/** By a round of heartbeats, or by a lease if there is one. */
type Confirmation = 'linearizable' | 'lease';

function newWaiters(): Waiters {
  return new Set();
}
