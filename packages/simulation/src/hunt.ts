import { nodeId, type NodeId } from '@quorate/transport';

import { SimulationFailure } from './errors.ts';
import { Simulation } from './simulation.ts';
import { drawScenario, type SwarmOptions } from './swarm.ts';
import type { TraceLine } from './trace.ts';
import {
  BrokenPromise,
  type ClientOperation,
  type Experiment,
  nodeIdsOf,
  type Scenario,
  type Workload,
} from './workload.ts';

/** A run that broke a promise. */
export interface Failure {
  /** Which promise: the id of a `BrokenPromise`, or `threw` and what was thrown. */
  readonly invariantId: string;
  readonly message: string;
  /** When, in ms of true time since the start. */
  readonly atMs: number;
  readonly scenario: Scenario;
  readonly traceHash: string;
  /** The decisions against single messages, by name. See `Simulation.mishaps`. */
  readonly mishaps: readonly string[];
  /** The latest lines of the trace, as many as were asked for, and one that says what broke. */
  readonly lines: readonly TraceLine[];
}

/** What came of a run. */
export interface RunResult {
  /** Undefined if every promise held. */
  readonly failure: Failure | undefined;
  readonly traceHash: string;
  readonly eventCount: number;
  readonly virtualMs: number;
}

/** How to run a scenario. */
export interface RunOptions {
  /** How long a core may take to recover once all is calm, in ms. The default is 300 000. */
  readonly recoveryMs?: number;
  /** How many lines of the trace to keep, for a chart. The default is 0. */
  readonly keepLines?: number;
}

/**
 * Runs one scenario in two phases.
 *
 * 1. Safety: faults and clients for the horizon, `check` after every event, then `finish`.
 * 2. Liveness: everything heals, the `outsiders` stay down, and the rest must recover in time;
 *    then `finish` again. A core that does not recover breaks the promise `liveness`.
 *
 * @returns Never throws what the run threw: that is its result.
 * @throws RangeError if the scenario is not one of `workload`, or an option is out of its range.
 */
export async function runScenario(
  workload: Workload,
  scenario: Scenario,
  options: RunOptions = {},
): Promise<RunResult> {
  if (scenario.workload !== workload.name) {
    throw new RangeError(`scenario.workload: expected ${workload.name}, got ${scenario.workload}`);
  }
  const run = new Run(workload, scenario, options);
  return run.finish();
}

/** Draws the scenario of `seed` and runs it. */
export async function huntSeed(
  workload: Workload,
  seed: number,
  options: RunOptions & SwarmOptions = {},
): Promise<RunResult> {
  return runScenario(workload, drawScenario(workload, seed, options), options);
}

/** The first of `seeds` that breaks a promise, and how many were run. */
export async function huntSeeds(
  workload: Workload,
  seeds: Iterable<number>,
  options: RunOptions & SwarmOptions = {},
): Promise<{ readonly failure: Failure | undefined; readonly seedCount: number }> {
  let seedCount = 0;
  for (const seed of seeds) {
    seedCount += 1;
    const { failure } = await huntSeed(workload, seed, options);
    if (failure !== undefined) return { failure, seedCount };
  }
  return { failure: undefined, seedCount };
}

/** How long after an error that was expected a node is started again. */
const supervisorMs = 200;

class Run {
  readonly #scenario: Scenario;
  readonly #recoveryMs: number;
  readonly #simulation: Simulation;
  readonly #experiment: Experiment;
  /** Thrown by a node or a client, where throwing on would look like a fault of the test. */
  #thrown: { readonly error: unknown } | undefined;
  #isCalm = false;

  constructor(workload: Workload, scenario: Scenario, options: RunOptions) {
    const { seed, network, disk, clocks, release = 1, sameTimeOrder = 'insertion' } = scenario;
    this.#scenario = scenario;
    this.#recoveryMs = options.recoveryMs ?? 300_000;
    this.#simulation = new Simulation({
      seed,
      network,
      disk,
      clocks,
      release,
      sameTimeOrder,
      trace: {
        keepLines: options.keepLines ?? 0,
        describeMessage: (protocol, payload) => workload.describeMessage?.(protocol, payload),
      },
      onError: (error, id) => this.#onError(error, id),
    });
    this.#experiment = workload.open(this.#simulation, scenario);
    this.#simulation.onEvent((event) => {
      this.#rethrow();
      this.#experiment.check?.(event);
    });
    this.#simulation.schedule(scenario.faults);
    for (const operation of scenario.operations) {
      this.#simulation.clock.setTimer(operation.atMs, () => void this.#begin(operation));
    }
  }

  async finish(): Promise<RunResult> {
    const simulation = this.#simulation;
    const failure = await this.#failure();
    return {
      failure,
      traceHash: simulation.trace.hash(),
      eventCount: simulation.eventCount,
      virtualMs: simulation.nowMs,
    };
  }

  async #failure(): Promise<Failure | undefined> {
    try {
      await this.#simulation.run(this.#scenario.horizonMs);
      this.#finishPhase();
      await this.#expectRecovery();
      this.#finishPhase();
      return undefined;
    } catch (error) {
      const cause = error instanceof SimulationFailure ? error.cause : error;
      const message = cause instanceof Error ? cause.message : String(cause);
      const { trace, nowMs, mishaps } = this.#simulation;
      const lines = trace.lines();
      return {
        invariantId: invariantIdOf(cause),
        message,
        atMs: nowMs,
        scenario: this.#scenario,
        traceHash: trace.hash(),
        mishaps,
        lines: lines.length === 0 ? lines : [...lines, brokenLine(nowMs, message)],
      };
    }
  }

  #finishPhase(): void {
    this.#rethrow();
    this.#experiment.finish?.();
  }

  async #begin(operation: ClientOperation): Promise<void> {
    try {
      await this.#experiment.begin(operation);
    } catch (error) {
      this.#thrown ??= { error };
    }
  }

  #rethrow(): void {
    if (this.#thrown !== undefined) throw this.#thrown.error;
  }

  async #expectRecovery(): Promise<void> {
    const simulation = this.#simulation;
    const experiment = this.#experiment;
    const { nodeCount, outsiders } = this.#scenario;
    simulation.calm();
    this.#isCalm = true;
    for (const outsider of outsiders) simulation.crash(nodeId(outsider), 'process');
    const core = nodeIdsOf(nodeCount).filter((id) => !outsiders.includes(id));
    experiment.onCalm?.(core);
    if (experiment.isRecovered === undefined) return;
    const isDone = await simulation.runUntil(
      () => experiment.isRecovered?.() === true,
      this.#recoveryMs,
    );
    if (isDone) return;
    const states = core.map((id) => `${id} is ${simulation.stateOf(nodeId(id))}`).join(', ');
    const detail = `no recovery within ${this.#recoveryMs} ms of calm; ${states}`;
    throw new BrokenPromise('liveness', `${detail}\n${experiment.describe?.() ?? ''}`);
  }

  #onError(error: unknown, id: NodeId): void {
    if (this.#experiment.isExpected?.(error, id) === true) this.#restartSoon(id);
    else this.#thrown ??= { error };
  }

  /** What the supervisor of a process does. */
  #restartSoon(id: NodeId): void {
    const simulation = this.#simulation;
    const incarnation = simulation.incarnationOf(id);
    simulation.clock.setTimer(supervisorMs, () => {
      const isGone = this.#isCalm && this.#scenario.outsiders.includes(id);
      if (isGone || simulation.incarnationOf(id) !== incarnation) return;
      simulation.crash(id, 'process');
      simulation.restart(id);
    });
  }
}

/** The last line of a chart. */
function brokenLine(atMs: number, message: string): TraceLine {
  const detail = message;
  return { atMs, kind: 'broken', node: '', peer: '', sizeBytes: 0, mark: 0, detail };
}

/** Which promise an error stands for. */
function invariantIdOf(error: unknown): string {
  if (error instanceof BrokenPromise) return error.invariantId;
  if (!(error instanceof Error)) return `threw ${typeof error}`;
  return 'code' in error ? `threw ${error.name} ${String(error.code)}` : `threw ${error.name}`;
}
