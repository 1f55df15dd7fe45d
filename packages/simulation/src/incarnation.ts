import type { NodeId } from '@quorate/transport';

import type { SimulatedEvent } from './scheduler.ts';
import type { Label } from './trace.ts';

/**
 * One life of a node, from a start to the next crash or exit.
 *
 * All that can call into its code (timers, deliveries, disk operations) asks `admits` first. Dead:
 * the event is gone, so code of a crashed life never acts again. Paused: the event waits, as
 * packets and timers wait for a process stopped by SIGSTOP or a garbage collector, and happens on
 * resumption.
 */
export class Incarnation {
  readonly nodeId: NodeId;
  /** The node's name in the trace. */
  readonly label: Label;
  /** 1 for the first life of a node, one more for each that follows. */
  readonly number: number;
  #isAlive = true;
  #isPaused = false;
  #waiting: SimulatedEvent[] = [];

  constructor(nodeId: NodeId, label: Label, number: number) {
    this.nodeId = nodeId;
    this.label = label;
    this.number = number;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Whether `event` may happen now. If the node is paused, it is kept for later. */
  admits(event: SimulatedEvent): boolean {
    if (!this.#isAlive) return false;
    if (!this.#isPaused) return true;
    this.#waiting.push(event);
    return false;
  }

  /** Holds events back until `resume`. */
  pause(): void {
    this.#isPaused = true;
  }

  /** Ends a pause. @returns What happened meanwhile, oldest first: plan it for now. */
  resume(): readonly SimulatedEvent[] {
    this.#isPaused = false;
    return this.#takeWaiting();
  }

  /** Ends this life. @returns The events that waited for it and will not happen. */
  end(): readonly SimulatedEvent[] {
    this.#isAlive = false;
    this.#isPaused = false;
    return this.#takeWaiting();
  }

  #takeWaiting(): readonly SimulatedEvent[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting;
  }
}
