import type { RaftEffect, RaftInput } from '../effects.ts';
import { step, stepAll } from '../raft.ts';
import type { RaftState } from '../state.ts';
import type { RaftProbe } from './probe.ts';

/** Whom the driver tells. */
interface DriverListener {
  /** Carry `effect` out now. Inputs that come up meanwhile wait for the effects before them. */
  carryOut(effect: RaftEffect): void;
  /** The core broke its own rules, and must not go on. */
  onBroken(error: unknown): void;
}

/**
 * Feeds inputs to a core, one step at a time, and hands on its effects in order.
 *
 * Carrying out an effect can be the cause of an input: a message that the transport does not take,
 * an entry that is applied at once. Such an input waits until the step that caused it has been
 * carried out to the end; a step within a step would reorder what the core put in order.
 */
export class CoreDriver {
  readonly #raft: RaftState;
  readonly #listener: DriverListener;
  readonly #probe: RaftProbe | undefined;
  // Came up while a step was being carried out, oldest first.
  readonly #waiting: RaftInput[] = [];
  #isStepping = false;
  #isStopped = false;

  constructor(raft: RaftState, listener: DriverListener, probe?: RaftProbe) {
    this.#raft = raft;
    this.#listener = listener;
    this.#probe = probe;
  }

  /** One step for `input`. */
  advance(input: RaftInput): void {
    if (this.#isStopped) return;
    if (this.#probe !== undefined) this.#probe.onInput?.(input);
    if (this.#isStepping) this.#waiting.push(input);
    else this.#run(() => step(this.#raft, input));
  }

  /** One step for all `inputs` together: one write, and as few messages as possible. */
  advanceAll(inputs: readonly RaftInput[]): void {
    if (this.#isStopped || inputs.length === 0) return;
    if (this.#probe !== undefined) for (const input of inputs) this.#probe.onInput?.(input);
    if (this.#isStepping) this.#waiting.push(...inputs);
    else this.#run(() => stepAll(this.#raft, inputs));
  }

  /** Steps no more, and carries out nothing more of the step under way. */
  stop(): void {
    this.#isStopped = true;
  }

  #run(first: () => readonly RaftEffect[]): void {
    this.#isStepping = true;
    try {
      this.#carryOut(first());
      while (this.#waiting.length > 0 && !this.#isStopped) {
        this.#carryOut(stepAll(this.#raft, this.#waiting.splice(0)));
      }
    } catch (error) {
      this.#listener.onBroken(error);
      throw error;
    } finally {
      this.#isStepping = false;
    }
  }

  #carryOut(effects: readonly RaftEffect[]): void {
    for (const effect of effects) {
      // An effect before this one, or whoever heard of it, may have stopped the node.
      if (this.#isStopped) return;
      if (this.#probe !== undefined) this.#probe.onEffect?.(effect);
      this.#listener.carryOut(effect);
    }
  }
}
