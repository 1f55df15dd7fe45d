/*
 * Checks a whole history. Its partitions are searched in turn, a slice each, and the first illegal
 * one decides: one partition after the other would spend minutes in a hard legal part while the
 * violation sits in an easy one.
 */

import type { MemoryBudget } from './configurations.ts';
import { counterexampleOf, type Counterexample } from './counterexample.ts';
import { type History, type Operation, validateHistory } from './history.ts';
import type { Model } from './model.ts';
import { type Partition, partitionsOf } from './partition.ts';
import { Search, type Verdict } from './search.ts';

/** Bounds on the work, and what to do with a violation. */
export interface CheckOptions {
  /** Memory for remembered configurations, in bytes. Default: 1 GiB. */
  readonly maxMemoryBytes?: number;
  /** Events that all searches together look at. Default: no bound. */
  readonly maxSteps?: number;
  /** How many events one partition looks at before it is the next one's turn. Default: 32 768. */
  readonly sliceSteps?: number;
  /** Whether to reduce a violation to a minimal counterexample. Default: 'minimal'. */
  readonly explain?: 'minimal' | 'none';
}

/** What `check` takes beyond the bounds: it runs beside other work. */
export interface AsyncCheckOptions extends CheckOptions {
  /** Ends the check with the verdict 'unknown'. */
  readonly signal?: AbortSignal;
  /** Told after every slice. What it throws ends the check with that error. */
  readonly onProgress?: (progress: CheckProgress) => void;
  /**
   * Lets other work run; awaited after every slice. Default: a turn of the event loop through a
   * `MessageChannel`, which both Node and browsers have.
   */
  readonly pause?: () => Promise<void>;
}

/** How far a check has come. */
export interface CheckProgress {
  readonly steps: number;
  readonly configurationCount: number;
  readonly partitionsDone: number;
  readonly partitionCount: number;
}

/** What became of one partition. */
export interface PartitionResult<State, Input, Output> {
  readonly key: string;
  /** 'unknown' also if another partition's violation ended the check first. */
  readonly verdict: Verdict;
  readonly operationCount: number;
  /** The operations in the order found, if linearizable; of unknown outcome: those needed. */
  readonly linearization: History<Input, Output> | undefined;
  /** The states after the last of them. */
  readonly finalStates: readonly State[] | undefined;
}

/** The verdict and what led to it. */
export interface CheckResult<State, Input, Output> {
  readonly verdict: Verdict;
  /** Why the verdict is 'unknown'. */
  readonly reason: 'memory' | 'steps' | 'aborted' | undefined;
  readonly partitions: readonly PartitionResult<State, Input, Output>[];
  readonly steps: number;
  readonly configurationCount: number;
  /** Why it is not linearizable, unless `explain` is 'none'. */
  readonly counterexample: Counterexample<Input, Output> | undefined;
}

/**
 * Whether `history` is linearizable, decided in one go.
 *
 * @param model - What the object does when one client uses it alone.
 * @param history - What the clients saw, in any order. Not changed.
 * @throws HistoryError if no clients can have recorded `history`.
 * @throws RangeError if an option is out of range.
 *
 * @remarks
 * The problem is NP-complete: time and memory grow exponentially with the number of operations open
 * at once, and about linearly with the length of the history. When a bound is met the verdict is
 * 'unknown'. Linearizability is local (Herlihy and Wing 1990, §3.1), so that partitions are checked
 * apart.
 */
export function checkSync<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
  options: CheckOptions = {},
): CheckResult<State, Input, Output> {
  const race = new Race(model, history, options);
  while (race.runSlice());
  return race.result(undefined);
}

/**
 * Whether `history` is linearizable, in slices between which other work goes on.
 *
 * @returns As `checkSync`; 'unknown' with reason 'aborted' once `options.signal` is aborted.
 * @throws HistoryError and RangeError as `checkSync` does (as rejections).
 */
export async function check<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
  options: AsyncCheckOptions = {},
): Promise<CheckResult<State, Input, Output>> {
  const { signal, onProgress, pause = turnOfEventLoop } = options;
  const race = new Race(model, history, options);
  while (!(signal?.aborted ?? false) && race.runSlice()) {
    onProgress?.(race.progress);
    await pause();
  }
  return race.result((signal?.aborted ?? false) ? 'aborted' : undefined);
}

interface Lane<State, Input, Output> {
  readonly partition: Partition<Input, Output>;
  /** Made at its first turn, so that memory is not taken for all at once. */
  search: Search<State, Input, Output> | undefined;
  verdict: Verdict | undefined;
}

class Race<State, Input, Output> {
  readonly #model: Model<State, Input, Output>;
  readonly #lanes: Lane<State, Input, Output>[];
  readonly #budget: MemoryBudget;
  readonly #sliceSteps: number;
  readonly #explain: 'minimal' | 'none';
  #stepsLeft: number;
  #turn = 0;
  #illegal: Lane<State, Input, Output> | undefined;

  constructor(
    model: Model<State, Input, Output>,
    history: History<Input, Output>,
    options: CheckOptions,
  ) {
    this.#budget = { bytesLeft: positive('maxMemoryBytes', options.maxMemoryBytes ?? 2 ** 30) };
    this.#stepsLeft = positive('maxSteps', options.maxSteps ?? Number.MAX_SAFE_INTEGER);
    this.#sliceSteps = positive('sliceSteps', options.sliceSteps ?? 32_768);
    this.#explain = options.explain ?? 'minimal';
    this.#model = model;
    validateHistory(history);
    this.#lanes = partitionsOf(model, history).map((partition) => ({
      partition,
      search: undefined,
      verdict: undefined,
    }));
  }

  get progress(): CheckProgress {
    let steps = 0;
    let configurationCount = 0;
    let partitionsDone = 0;
    for (const { search, verdict } of this.#lanes) {
      steps += search?.steps ?? 0;
      configurationCount += search?.configurationCount ?? 0;
      if (verdict !== undefined) partitionsDone += 1;
    }
    return { steps, configurationCount, partitionsDone, partitionCount: this.#lanes.length };
  }

  /** Gives the next undecided partition a slice. False when there is nothing left to do. */
  runSlice(): boolean {
    if (this.#illegal !== undefined || this.#stepsLeft <= 0) return false;
    const lane = this.#nextLane();
    if (lane === undefined) return false;
    lane.search ??= new Search(this.#model, lane.partition, this.#budget);
    const stepsBefore = lane.search.steps;
    lane.verdict = lane.search.run(Math.min(this.#sliceSteps, this.#stepsLeft));
    this.#stepsLeft -= lane.search.steps - stepsBefore;
    if (lane.verdict === 'not-linearizable') this.#illegal = lane;
    return true;
  }

  #nextLane(): Lane<State, Input, Output> | undefined {
    const lanes = this.#lanes;
    const isOpen = ({ verdict }: Lane<State, Input, Output>): boolean => verdict === undefined;
    const next = lanes.findIndex((lane, index) => index >= this.#turn && isOpen(lane));
    const chosen = next === -1 ? lanes.findIndex(isOpen) : next;
    this.#turn = chosen + 1;
    return lanes[chosen];
  }

  result(stopped: 'aborted' | undefined): CheckResult<State, Input, Output> {
    const { steps, configurationCount } = this.progress;
    const verdict = this.#verdict();
    const isExplained = this.#illegal !== undefined && this.#explain === 'minimal';
    return {
      verdict,
      reason: verdict === 'unknown' ? (stopped ?? this.#bound()) : undefined,
      partitions: this.#lanes.map((lane) => this.#resultOf(lane)),
      steps,
      configurationCount,
      counterexample: isExplained
        ? counterexampleOf(this.#model, this.#illegal?.partition.operations ?? [])
        : undefined,
    };
  }

  #verdict(): Verdict {
    if (this.#illegal !== undefined) return 'not-linearizable';
    return this.#lanes.every(({ verdict }) => verdict === 'linearizable')
      ? 'linearizable'
      : 'unknown';
  }

  #bound(): 'memory' | 'steps' {
    return this.#lanes.some(({ verdict }) => verdict === 'unknown') ? 'memory' : 'steps';
  }

  #resultOf(lane: Lane<State, Input, Output>): PartitionResult<State, Input, Output> {
    const { partition, search } = lane;
    const verdict = lane.verdict ?? 'unknown';
    const isLegal = verdict === 'linearizable' && search !== undefined;
    return {
      key: partition.key,
      verdict,
      operationCount: partition.operations.length,
      linearization: isLegal
        ? Array.from(search.order, (index) => operationAt(partition, index))
        : undefined,
      finalStates: isLegal ? search.currentStates : undefined,
    };
  }
}

function operationAt<Input, Output>(
  partition: Partition<Input, Output>,
  index: number,
): Operation<Input, Output> {
  const operation = partition.operations[index];
  if (operation === undefined) throw new RangeError(`index: expected an operation, got ${index}`);
  return operation;
}

function positive(name: string, value: number): number {
  if (value >= 1) return value;
  throw new RangeError(`${name}: expected at least 1, got ${value}`);
}

function turnOfEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
