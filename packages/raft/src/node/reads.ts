import { type Clock, IdTable, type NodeId } from '@quorate/transport';

import type { ClockReading } from '../effects.ts';
import { ConfirmedIndex } from './confirmed-index.ts';
import type { ReadOutcome, ReadRefusal, WaitOptions } from './outcomes.ts';
import { Waiter, WaitingRoom } from './waiter.ts';

/**
 * Reads on their way through read-index (thesis §6.4): first the leader confirms that it still
 * leads, then the state machine of this node catches up with what was committed when it did.
 *
 * All reads of one turn share one confirmation. What a confirmation said is good enough for reads
 * that may be a little behind, and is kept for them.
 */
export class Reads {
  readonly #room: WaitingRoom;
  readonly #onAbandoned: (readId: number) => void;
  readonly #queued = { linearizable: newWaiters(), lease: newWaiters() };
  readonly #confirming = new IdTable<Batch>();
  // Confirmed and waiting for the state machine, lowest index first.
  readonly #catchingUp: { readonly readIndex: number; readonly waiters: Waiters }[] = [];
  readonly #confirmed = new ConfirmedIndex();
  #nextReadId = 1;

  /** @param onAbandoned - Nobody waits any more for what was asked under this id. */
  constructor(clock: Clock, onAbandoned: (readId: number) => void) {
    this.#room = new WaitingRoom(clock);
    this.#onAbandoned = onAbandoned;
  }

  /** Whether `takeBatch` has something to give. */
  get hasQueued(): boolean {
    return this.#queued.linearizable.size + this.#queued.lease.size > 0;
  }

  /** Queues a read for the confirmation of this turn. */
  add(how: Confirmation, options: WaitOptions): Promise<ReadOutcome> {
    const waiter = this.#newWaiter(options);
    this.#queued[how].add(waiter);
    return waiter.promise;
  }

  /**
   * A read that may miss what was committed in the last `maxStalenessMs` before `now`.
   *
   * @returns `undefined` if nothing confirmed is young enough: then `add` it.
   */
  addBounded(
    maxStalenessMs: number,
    now: ClockReading,
    lastApplied: number,
    options: WaitOptions,
  ): Promise<ReadOutcome> | undefined {
    const readIndex = this.#confirmed.within(maxStalenessMs, now);
    if (readIndex === undefined) return undefined;
    const waiter = this.#newWaiter(options);
    this.#catchUp(readIndex, new Set([waiter]), lastApplied);
    return waiter.promise;
  }

  /**
   * The id under which to ask the core for everything queued since the last call.
   *
   * @param asked - Not after the core asks anyone.
   */
  takeBatch(how: Confirmation, asked: ClockReading): number | undefined {
    if (this.#queued[how].size === 0) return undefined;
    const readId = this.#nextReadId++;
    this.#confirming.set(readId, { how, asked, waiters: this.#queued[how] });
    this.#queued[how] = newWaiters();
    return readId;
  }

  /** The leader confirmed: the reads may run once `readIndex` is applied. */
  onReady(readId: number, readIndex: number, lastApplied: number): void {
    const batch = this.#confirming.get(readId);
    this.#confirming.delete(readId);
    if (batch === undefined) return;
    // What a lease confirmed relies on clocks: no ground for reads that do not ask for that.
    if (batch.how === 'linearizable') this.#confirmed.remember(readIndex, batch.asked);
    this.#catchUp(readIndex, batch.waiters, lastApplied);
  }

  /** The core refused the reads. */
  onRefused(readId: number, reason: ReadRefusal, leaderId: NodeId | undefined): void {
    const waiters = this.#confirming.get(readId)?.waiters ?? newWaiters();
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
      ...Array.from(this.#confirming.values(), ({ waiters }) => waiters),
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

  #newWaiter(options: WaitOptions): Waiter<ReadOutcome> {
    const waiter = new Waiter<ReadOutcome>(this.#room, options, (reason) => {
      this.#forget(waiter);
      waiter.settle({ kind: 'refused', reason, leaderId: undefined });
    });
    return waiter;
  }

  /** Takes the waiter out of whatever set it stands in. */
  #forget(waiter: Waiter<ReadOutcome>): void {
    this.#queued.linearizable.delete(waiter);
    this.#queued.lease.delete(waiter);
    for (const { waiters } of this.#catchingUp) waiters.delete(waiter);
    for (const [readId, { waiters }] of this.#confirming.entries()) {
      if (!waiters.delete(waiter) || waiters.size > 0) continue;
      this.#confirming.delete(readId);
      this.#onAbandoned(readId);
    }
  }

  #catchUp(readIndex: number, waiters: Waiters, lastApplied: number): void {
    const before = this.#catchingUp.findLastIndex((each) => each.readIndex <= readIndex);
    this.#catchingUp.splice(before + 1, 0, { readIndex, waiters });
    this.onApplied(lastApplied);
  }
}

type Waiters = Set<Waiter<ReadOutcome>>;
/** By a round of heartbeats, or by a lease if there is one. */
type Confirmation = 'linearizable' | 'lease';

/** The reads of one turn. */
interface Batch {
  readonly how: Confirmation;
  readonly asked: ClockReading;
  readonly waiters: Waiters;
}

function newWaiters(): Waiters {
  return new Set();
}
