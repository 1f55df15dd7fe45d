import type { Scheduler, SimulatedEvent } from './scheduler.ts';

/**
 * A gate that events pass one by one, in the order in which they came.
 *
 * ```text
 *   free     every event passes as it comes
 *   shut     every event waits
 *   slow     each that passes keeps the gate busy for a while; those that come meanwhile wait
 * ```
 *
 * While one waits, none that comes later passes before it, not even at the same instant: what is
 * first in, first out upstream stays so behind the gate.
 *
 * An event asks `admits` when it happens. If told no, it is kept and happens again when it is its
 * turn; whatever it asks before it asks the gate is asked anew.
 */
export class WaitingLine implements SimulatedEvent {
  readonly #scheduler: Scheduler;
  readonly #lane: number;
  #waiting: SimulatedEvent[] = [];
  /** Whether nothing is in the way: the common case costs one look. */
  #isFree = true;
  #isShut = false;
  #costUs = 0;
  #busyUntilUs = 0;
  /** Who passes, whatever is in the way. */
  #next: SimulatedEvent | undefined;
  /** When the next turn is planned for, and what the scheduler knows it by. */
  #turn: { readonly atUs: number; readonly slot: number } | undefined;

  /** @param lane - Where the turns stand among other events of the same instant. */
  constructor(scheduler: Scheduler, lane: number) {
    this.#scheduler = scheduler;
    this.#lane = lane;
  }

  /** How many wait. */
  get length(): number {
    return this.#waiting.length;
  }

  get isShut(): boolean {
    return this.#isShut;
  }

  /** Whether `event` passes now. If not, it waits. */
  admits(event: SimulatedEvent): boolean {
    return this.#isFree || this.#admitsInTurn(event);
  }

  /** Lets nothing pass until `open`. */
  shut(): void {
    this.#isShut = true;
    this.#update();
  }

  /** Lets those that wait pass, from now on. */
  open(): void {
    this.#isShut = false;
    this.#update();
  }

  /** From now on each that passes keeps the gate busy for `costUs`; 0 frees it at once. */
  slowDown(costUs: number): void {
    this.#costUs = costUs;
    if (costUs === 0) this.#busyUntilUs = 0;
    this.#update();
  }

  /** Sends all away that wait. @returns Who they were, first come first. */
  disband(): readonly SimulatedEvent[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#update();
    return waiting;
  }

  /** The turn of the one that has waited longest. */
  fire(): boolean {
    this.#turn = undefined;
    this.#next = this.#waiting.shift();
    const hasRun = this.#next?.fire() ?? false;
    this.#next = undefined;
    this.#update();
    return hasRun;
  }

  #admitsInTurn(event: SimulatedEvent): boolean {
    const isBusy = this.#scheduler.nowUs < this.#busyUntilUs;
    const mustWait = this.#isShut || isBusy || this.#waiting.length > 0;
    if (mustWait && event !== this.#next) {
      this.#waiting.push(event);
      this.#update();
      return false;
    }
    this.#busyUntilUs = this.#scheduler.nowUs + this.#costUs;
    return true;
  }

  /** Sees to it that the next turn is planned for when it is due, if there is one. */
  #update(): void {
    const isEmpty = this.#waiting.length === 0;
    this.#isFree = isEmpty && !this.#isShut && this.#costUs === 0;
    const hasTurn = !isEmpty && !this.#isShut;
    const atUs = Math.max(this.#scheduler.nowUs, this.#busyUntilUs);
    if (hasTurn && this.#turn?.atUs === atUs) return;
    if (this.#turn !== undefined) this.#scheduler.cancel(this.#turn.slot, this);
    const plan = (): number => this.#scheduler.plan(atUs, this, this.#lane);
    this.#turn = hasTurn ? { atUs, slot: plan() } : undefined;
  }
}
