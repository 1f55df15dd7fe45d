/**
 * A scenario, or a cluster to play with, and what was done to it by hand. All of it follows from
 * its plan, so that a run is wound back by making it anew.
 */
import { type RunWatcher, ScenarioRun } from '../scenarios/run-scenario.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { scenarios } from '../scenarios/index.ts';
import { faultsOf } from './fault-profile.ts';
import { INPUT_MS_MAX, type RunInput, type RunPlan } from './run-link.ts';
import type { SimAnswer } from './sim-cluster.ts';

/** Without a scenario: a small load, and nothing goes wrong by itself. */
export const freePlay: Scenario = {
  name: 'free',
  title: 'Free play',
  text: 'Five nodes and a small load. Nothing goes wrong but by your hand.',
  load: { edits: 5, config: 5, boards: 4 },
  steps: [],
  durationMs: INPUT_MS_MAX,
  claims: [{ kind: 'nothingLost' }, { kind: 'converged' }, { kind: 'linearizable' }],
};

/** Something to be done now. */
export type Doing = RunInput extends infer Input
  ? Input extends RunInput
    ? Omit<Input, 'atMs'>
    : never
  : never;

/** One run, at one moment of it. */
export class SimRun {
  readonly played: ScenarioRun;
  readonly #inputs: RunInput[];
  /** How many of them were done. */
  #doneCount = 0;

  /** At its very start. @param scenario - Default: the one that `plan` names. */
  constructor(
    plan: Omit<RunPlan, 'atMs'>,
    watcher: RunWatcher,
    scenario: Scenario = scenarios.find(({ name }) => name === plan.scenario) ?? freePlay,
  ) {
    const { seed, faults = 'calm' } = plan;
    const nodeIds = ['n1', 'n2', 'n3', 'n4', 'n5'];
    // However long it is played: what is drawn for a shorter time is drawn differently.
    const untilMs = scenario.name === freePlay.name ? INPUT_MS_MAX : scenario.durationMs;
    const mishaps = faultsOf(faults, { seed, nodeIds, untilMs });
    this.played = new ScenarioRun(scenario, seed, watcher, mishaps);
    this.#inputs = [...plan.inputs];
  }

  /** Virtual time since the start, in ms. */
  get nowMs(): number {
    return this.played.cluster.nowMs;
  }

  /** What was done by hand, and is still to be done. */
  get inputs(): readonly RunInput[] {
    return this.#inputs;
  }

  /** Whether nothing more happens. */
  get isOver(): boolean {
    return this.nowMs >= this.played.endMs;
  }

  /** How much was done by hand so far. */
  get doneCount(): number {
    return this.#doneCount;
  }

  /**
   * Lets time pass, to the end of the run at most.
   *
   * @param atMs - Whole microseconds.
   * @param isDone - Asked between events: the instant at which it holds is the last one.
   */
  async runTo(atMs: number, isDone?: () => boolean): Promise<void> {
    const untilMs = Math.min(atMs, this.played.endMs);
    while (this.nowMs < untilMs && isDone?.() !== true) {
      this.#doWhatIsDue();
      const next = this.#inputs[this.#doneCount];
      await this.played.runTo(Math.min(untilMs, next?.atMs ?? untilMs), isDone);
    }
    this.#doWhatIsDue();
  }

  /** Takes over what is done by hand in a run of the same plan that is ahead of this one. */
  take(inputs: readonly RunInput[]): void {
    this.#inputs.splice(this.#doneCount, Infinity, ...inputs.slice(this.#doneCount));
  }

  /** Forgets what was still to be done. */
  forget(): void {
    this.#inputs.length = this.#doneCount;
  }

  /** Does something now; what was still to be done is forgotten: the run forks. */
  act(input: RunInput): Promise<SimAnswer | undefined> {
    this.#inputs.length = this.#doneCount;
    this.#inputs.push(input);
    this.#doneCount += 1;
    return this.#do(input);
  }

  #doWhatIsDue(): void {
    let next = this.#inputs[this.#doneCount];
    while (next !== undefined && next.atMs <= this.nowMs) {
      this.#doneCount += 1;
      void this.#do(next);
      next = this.#inputs[this.#doneCount];
    }
  }

  #do(input: RunInput): Promise<SimAnswer | undefined> {
    if (input.kind !== 'request') {
      this.played.take(input);
      return Promise.resolve(undefined);
    }
    const { node, method, path, body } = input;
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(input.headers)) {
      if (value !== undefined) headers[name] = value;
    }
    const request = { node, method, path, headers, ...(body !== undefined && { body }) };
    return this.played.cluster.act({ kind: 'request', request });
  }
}
