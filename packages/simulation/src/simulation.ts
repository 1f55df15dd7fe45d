import { type Clock, nodeId, type NodeId, type Random, type Unsubscribe } from '@quorate/transport';
import { seededRandom } from '@quorate/transport/system';

import { LivePoints } from './buggify.ts';
import { type NodeStart, type NodeState, SimulatedNode, type NodeSurroundings } from './crashes.ts';
import { type ClockOptions, clockSettings } from './clock-options.ts';
import type { CrashKind } from './disk-device.ts';
import { type DiskOptions, diskSettings } from './disk-options.ts';
import { Decisions } from './decisions.ts';
import { SimulationFailure } from './errors.ts';
import { EventLoop } from './event-loop.ts';
import { applyFault } from './faults.ts';
import { Incarnation } from './incarnation.ts';
import { type NetworkOptions, networkSettings } from './network-options.ts';
import type { PartitionDirection } from './partitions.ts';
import { type Fault, type FaultEvent, nodesOf } from './fault.ts';
import { checkFault, checkSchedule } from './schedule.ts';
import { endOfTimeUs, isSameTimeOrder, type SameTimeOrder, Scheduler } from './scheduler.ts';
import { SimulatedNetwork } from './simulated-network.ts';
import {
  digestText,
  noLabel,
  type Trace,
  type TraceKind,
  type TraceLine,
  type TraceOptions,
  TraceRecorder,
} from './trace.ts';
import { TrueClock } from './virtual-clock.ts';

/** What a simulation is made of. All but the seed may be left out: then nothing goes wrong. */
export interface SimulationOptions {
  /** Decides everything that is left to chance. A safe integer. */
  readonly seed: number;
  readonly network?: NetworkOptions;
  readonly disk?: DiskOptions;
  readonly clocks?: ClockOptions;
  /** `NodeEnvironment.release` until a fault 'upgrade' says otherwise. The default is 1. */
  readonly release?: number;
  readonly trace?: TraceOptions;
  /**
   * In which order events of the same instant happen. 'insertion' (the default): as they were
   * planned. 'random': as chance has it, but for what is promised to stay in order: the timers of
   * one clock, the messages of one link, the operations of one disk, the faults of a schedule.
   */
  readonly sameTimeOrder?: SameTimeOrder;
  /**
   * 'throw' (the default): `Date.now`, `Math.random`, `setTimeout` and their like throw in
   * simulated code. 'allow': they work, and the run may not replay.
   */
  readonly ambient?: 'throw' | 'allow';
  /**
   * Takes what code of a node threw: in a listener, a timer, its start or stop. If left out, the
   * run that met it rejects with a `SimulationFailure`.
   */
  readonly onError?: (error: unknown, nodeId: NodeId) => void;
}

/**
 * Nodes, a network, disks and clocks in virtual time: one seed, one run.
 *
 * The code on the nodes is the code of production; it gets its `Clock`, `Random`, `Disk` and
 * `Transport` from here. Nothing runs but inside `run` and `runUntil`, one event after the other,
 * each with all its promise reactions. The same seed and the same calls give the same trace, on
 * every engine.
 *
 * @remarks
 * Single-threaded; no real time passes but what the computing takes. An event costs about a
 * microsecond besides the code it runs. Promises that depend on anything but the ports (a real
 * file, a worker, WebCrypto; in browsers `text()` and its like of a request or response) settle
 * when the machine likes and break the replay.
 *
 * @example
 * ```ts
 * import { Simulation } from '@quorate/simulation';
 * import { nodeId, protocolName } from '@quorate/transport';
 *
 * const greeting = protocolName('greeting');
 * const heard: string[] = [];
 * const simulation = new Simulation({ seed: 7 });
 * simulation.addNode(nodeId('a'), ({ transport, clock }) => {
 *   clock.setTimer(10, () => transport.send(nodeId('b'), greeting, Uint8Array.of(1)));
 *   return {};
 * });
 * simulation.addNode(nodeId('b'), ({ transport }) => {
 *   transport.subscribe(greeting, ({ from }) => heard.push(from));
 *   return {};
 * });
 * await simulation.run(100);
 * heard; // => ['a']
 * ```
 */
export class Simulation {
  /** The seed given. */
  readonly seed: number;
  /** A stream for the test itself. Drawing from it changes nothing else. */
  readonly random: Random;
  /** True time, for clients that are no nodes. Its timers run as simulated code. */
  readonly clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #trace: TraceRecorder;
  readonly #network: SimulatedNetwork;
  readonly #nodes = new Map<string, SimulatedNode>();
  readonly #surroundings: NodeSurroundings;
  readonly #livePoints: LivePoints;
  readonly #loop: EventLoop;
  readonly #onError: ((error: unknown, nodeId: NodeId) => void) | undefined;
  #failure: { readonly error: unknown; readonly nodeId: string } | undefined;

  /** @throws RangeError if the seed is no safe integer or an option is out of its range. */
  constructor(options: SimulationOptions) {
    const { seed, release = 1, sameTimeOrder = 'insertion' } = options;
    if (!Number.isSafeInteger(seed)) {
      throw new RangeError(`seed: expected a safe integer, got ${String(seed)}`);
    }
    if (!(Number.isSafeInteger(release) && release >= 1)) {
      throw new RangeError(`release: expected an integer, at least 1, got ${String(release)}`);
    }
    if (!isSameTimeOrder(sameTimeOrder)) {
      const got = `'${String(sameTimeOrder)}'`;
      throw new RangeError(`sameTimeOrder: expected 'insertion' or 'random', got ${got}`);
    }
    const ties = sameTimeOrder === 'random' ? new Decisions(seed, 'ties') : undefined;
    const scheduler = new Scheduler(ties);
    const random = seededRandom(seed);
    this.#scheduler = scheduler;
    this.seed = seed;
    this.random = random.fork('test');
    this.#trace = new TraceRecorder(options.trace);
    this.#onError = options.onError;
    const reportError = (error: unknown, incarnation: Incarnation): void =>
      this.#reportError(error, incarnation);
    const common = { seed, scheduler, trace: this.#trace, reportError };
    const clocks = { ...common, settings: clockSettings(options.clocks) };
    this.#network = new SimulatedNetwork({ ...common, settings: networkSettings(options.network) });
    this.#livePoints = new LivePoints(seed);
    this.#surroundings = {
      ...common,
      release,
      livePoints: this.#livePoints,
      settings: diskSettings(options.disk),
      network: this.#network,
      clocks,
      random,
    };
    // The test is nobody on the network; this life only gives its timers a name in reports.
    const testLife = new Incarnation(nodeId('the test'), noLabel, 0, scheduler);
    this.clock = new TrueClock(clocks, testLife);
    this.#loop = new EventLoop({
      scheduler,
      trace: this.#trace,
      isGuarded: options.ambient !== 'allow',
      rethrow: () => this.#rethrow(),
    });
  }

  /** True time since the start, in ms, with microseconds behind the point. */
  get nowMs(): number {
    return this.#scheduler.nowUs / 1_000;
  }

  /** What happened so far. */
  get trace(): Trace {
    return this.#trace;
  }

  /**
   * The decisions of chance against single messages, by name, such as 'n1>n2 17 loss': the first
   * 10 000. `NetworkOptions.spared` overrules them.
   */
  get mishaps(): readonly string[] {
    return this.#network.mishaps;
  }

  /** How many events have happened. */
  get eventCount(): number {
    return this.#loop.eventCount;
  }

  /** The nodes, in the order in which they were added. */
  get nodeIds(): readonly NodeId[] {
    return [...this.#nodes.values()].map(({ nodeId }) => nodeId);
  }

  /**
   * Adds a node and starts it at this instant of virtual time.
   *
   * @param start - Begins a life of the node; called again after every restart.
   * @throws RangeError if there is such a node already.
   */
  addNode(nodeId: NodeId, start: NodeStart): void {
    if (this.#nodes.has(nodeId)) {
      throw new RangeError(`nodeId: expected a new one, got '${nodeId}' twice`);
    }
    const node = new SimulatedNode(nodeId, start, this.#surroundings);
    this.#nodes.set(nodeId, node);
    node.start();
  }

  /** Where a node is in its life. @throws RangeError if there is no such node. */
  stateOf(nodeId: NodeId): NodeState | 'paused' {
    const node = this.#node(nodeId);
    return node.isPaused ? 'paused' : node.state;
  }

  /** The number of a node's current or latest life; 0 before its first. */
  incarnationOf(nodeId: NodeId): number {
    return this.#node(nodeId).incarnation;
  }

  /**
   * Lets `forMs` of virtual time pass.
   *
   * @throws SimulationFailure if code of a node, a listener or a check threw.
   * @throws RangeError if `forMs` is negative or no number.
   */
  async run(forMs: number): Promise<void> {
    await this.#run(forMs, () => false);
  }

  /**
   * Lets time pass until `predicate` holds, at most `withinMs`. It is asked between any two events.
   *
   * @returns Whether it held.
   * @throws SimulationFailure as `run`.
   */
  async runUntil(predicate: () => boolean, withinMs: number): Promise<boolean> {
    return this.#run(withinMs, predicate);
  }

  /** Calls `listener` after every event, for invariants: what it throws fails the run. */
  onEvent(listener: (event: TraceLine) => void): Unsubscribe {
    return this.#loop.onEvent(listener);
  }

  /**
   * Writes a line of the test's own into the trace, such as what a node has just become.
   *
   * @param nodeId - The node that it is about, if one.
   */
  note(text: string, nodeId?: NodeId): void {
    this.#record('note', text, nodeId);
  }

  /**
   * Plans faults.
   *
   * @throws RangeError if one names a node that is not there, lies in the past or is out of its
   *   range; then none is planned.
   */
  schedule(events: readonly FaultEvent[]): void {
    checkSchedule(events);
    events.forEach((event, index) => this.#expectPossible(event, `schedule[${index}]`));
    for (const { atMs, ...fault } of events) {
      this.#scheduler.plan(Math.round(atMs * 1_000), {
        fire: () => {
          this.#strike(fault);
          return false;
        },
      });
    }
  }

  /**
   * Lets `fault` take effect now, or when the current event is over.
   *
   * @throws RangeError as `schedule`.
   */
  inject(fault: Fault): void {
    checkFault('fault', fault);
    this.#expectPossible({ atMs: this.nowMs, ...fault }, 'fault');
    this.#loop.betweenEvents(() => this.#strike(fault));
  }

  /** Ends a node's life at once. @param mode - 'power' (the default) loses what was not synced. */
  crash(nodeId: NodeId, mode: CrashKind = 'power'): void {
    this.inject({ kind: 'crash', node: nodeId, mode });
  }

  /** Starts a node that is down, with the disk that survived. */
  restart(nodeId: NodeId): void {
    this.inject({ kind: 'restart', node: nodeId });
  }

  /** Asks a node to stop in good order. */
  stop(nodeId: NodeId): void {
    this.inject({ kind: 'stop', node: nodeId });
  }

  /** Makes a node stand still until `resume`. */
  pause(nodeId: NodeId): void {
    this.inject({ kind: 'pause', node: nodeId });
  }

  /** Lets a paused node go on, with all that waited for it. */
  resume(nodeId: NodeId): void {
    this.inject({ kind: 'resume', node: nodeId });
  }

  /** Lets nothing pass between two groups, until `heal`. */
  partition(
    left: readonly NodeId[],
    right: readonly NodeId[],
    options: { readonly direction?: PartitionDirection } = {},
  ): void {
    this.inject({ kind: 'partition', left, right, ...options });
  }

  /** Ends all partitions and clogs. */
  heal(): void {
    this.inject({ kind: 'heal' });
  }

  /** Undoes every fault that can be undone; starts nodes that are down. See fault 'calm'. */
  calm(): void {
    this.inject({ kind: 'calm' });
  }

  async #run(forMs: number, predicate: () => boolean): Promise<boolean> {
    if (!(forMs >= 0)) throw new RangeError(`forMs: expected at least 0, got ${forMs}`);
    const endUs = Math.min(this.#scheduler.nowUs + Math.round(forMs * 1_000), endOfTimeUs);
    try {
      return await this.#loop.run(endUs, predicate);
    } catch (error) {
      throw error instanceof SimulationFailure ? error : this.#failureOf(error, undefined);
    }
  }

  #expectPossible(event: FaultEvent, name: string): void {
    if (event.atMs < this.nowMs) {
      throw new RangeError(`${name}.atMs: expected at least ${this.nowMs}, got ${event.atMs}`);
    }
    if (event.kind === 'network') {
      const { kind: _kind, atMs: _atMs, ...options } = event;
      this.#network.checkChange(options);
    }
    const stranger = nodesOf(event).find((nodeId) => !this.#nodes.has(nodeId));
    if (stranger !== undefined) {
      throw new RangeError(`${name}: expected nodes of this simulation, got '${stranger}'`);
    }
  }

  #strike(fault: Fault): void {
    this.#record('fault', JSON.stringify(fault));
    const targets = { network: this.#network, nodes: this.#nodes, livePoints: this.#livePoints };
    applyFault(targets, fault);
  }

  #reportError(error: unknown, incarnation: Incarnation): void {
    const message = error instanceof Error ? error.message : String(error);
    const detail = { text: message, hash: digestText(message) };
    const { nowUs } = this.#scheduler;
    this.#trace.add(nowUs, 'error', incarnation.label, noLabel, 0, incarnation.number, detail);
    if (this.#onError === undefined) this.#failure ??= { error, nodeId: incarnation.nodeId };
    else this.#onError(error, incarnation.nodeId);
  }

  #rethrow(): void {
    const failure = this.#failure;
    if (failure === undefined) return;
    this.#failure = undefined;
    throw this.#failureOf(failure.error, failure.nodeId);
  }

  #failureOf(cause: unknown, nodeId: string | undefined): SimulationFailure {
    const trace = this.#trace.print().split('\n').slice(-20).join('\n');
    return new SimulationFailure({ seed: this.seed, atMs: this.nowMs, nodeId, cause, trace });
  }

  #record(kind: TraceKind, text: string, nodeId?: NodeId): void {
    const detail = { text, hash: digestText(text) };
    const node = nodeId === undefined ? noLabel : this.#trace.label(nodeId);
    this.#trace.add(this.#scheduler.nowUs, kind, node, noLabel, 0, 0, detail);
  }

  #node(nodeId: string): SimulatedNode {
    const node = this.#nodes.get(nodeId);
    if (node === undefined) {
      throw new RangeError(`nodeId: expected a node of this simulation, got '${nodeId}'`);
    }
    return node;
  }
}
