import type { NodeId } from '@quorate/transport';

import type { Scheduler, SimulatedEvent } from './scheduler.ts';
import type { Label } from './trace.ts';
import { WaitingLine } from './waiting-line.ts';

/**
 * One life of a node, from a start to the next crash or exit.
 *
 * All that can call into its code (timers, deliveries, disk operations) asks `admits` first. Dead:
 * the event is gone, so code of a crashed life never acts again. Paused: the event waits, as
 * packets and timers wait for a process stopped by SIGSTOP or a garbage collector, and happens on
 * resumption. Slow: each event takes a while, and those that come meanwhile wait in line.
 */
export class Incarnation {
  readonly nodeId: NodeId;
  /** The node's name in the trace. */
  readonly label: Label;
  /** 1 for the first life of a node, one more for each that follows. */
  readonly number: number;
  readonly #line: WaitingLine;
  #isAlive = true;

  constructor(nodeId: NodeId, label: Label, number: number, scheduler: Scheduler) {
    this.nodeId = nodeId;
    this.label = label;
    this.number = number;
    this.#line = new WaitingLine(scheduler, label.hash);
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get isPaused(): boolean {
    return this.#isAlive && this.#line.isShut;
  }

  /** Whether `event` may happen now. If it must wait, it happens again when it is its turn. */
  admits(event: SimulatedEvent): boolean {
    return this.#isAlive && this.#line.admits(event);
  }

  /** Holds events back until `resume`. */
  pause(): void {
    this.#line.shut();
  }

  /** Ends a pause: what came meanwhile happens now, oldest first. */
  resume(): void {
    this.#line.open();
  }

  /** From now on each event takes `costUs`; 0 is healthy. */
  slowDown(costUs: number): void {
    this.#line.slowDown(costUs);
  }

  /** Ends this life. @returns The events that waited for it and will not happen. */
  end(): readonly SimulatedEvent[] {
    this.#isAlive = false;
    return this.#line.disband();
  }
}
