/*
 * Checks a whole history. Its partitions are searched in turn, a slice each, and the first illegal
 * one decides: one partition after the other would spend minutes in a hard legal part while the
 * violation sits in an easy one.
 */

import { turnOfEventLoop } from './adapters/event-loop.ts';
import type { MemoryBudget } from './configurations.ts';
import { type Counterexample, reductionOf } from './counterexample.ts';
import { type History, type Operation, validateHistory } from './history.ts';
import type { Model } from './model.ts';
import { layOut, type Part, partsOf } from './partition.ts';
import { Search, type Verdict } from './search.ts';
import { inOneGo, type Sliced, Trials } from './trials.ts';

/** Bounds on the work, and what to do with a violation. */
export interface CheckOptions {
  /**
   * Memory for what the searches remember, in bytes: configurations, and states, whose size is
   * estimated. Default: 1 GiB.
   */
  readonly maxMemoryBytes?: number;
  /** Events that all searches together look at. Default: no bound. */
  readonly maxSteps?: number;
  /**
   * How many events are looked at before it is the turn of the next partition and, in `check`, of
   * other work. Default: 4 096, a fraction of a millisecond.
   */
  readonly sliceSteps?: number;
  /** Whether to reduce a violation to a minimal counterexample. Default: 'minimal'. */
  readonly explain?: 'minimal' | 'none';
}

/** What `check` takes beyond the bounds: it runs beside other work. */
export interface AsyncCheckOptions<Input = unknown, Output = unknown> extends CheckOptions {
  /**
   * Ends the check with the verdict 'unknown'; once there is a violation, with what is found of its
   * counterexample.
   */
  readonly signal?: AbortSignal;
  /**
   * Milliseconds after which the check ends as by `signal`, an integer from 1 to 2^31 - 1.
   * Default: no bound.
   */
  readonly timeoutMs?: number;
  /** Told after every slice. What it throws ends the check with that error. */
  readonly onProgress?: (progress: CheckProgress) => void;
  /**
   * Told how a counterexample shrinks: of the operations looked at first, and then of every
   * smaller set that still shows the violation. What was never answered, or too late to count, is
   * among them as of unknown outcome. What it throws ends the check with that error.
   */
  readonly onSmaller?: (operations: History<Input, Output>) => void;
  /** Lets other work run; awaited after every slice. Default: a turn of the event loop. */
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
  readonly reason: 'memory' | 'steps' | 'aborted' | 'timeout' | undefined;
  readonly partitions: readonly PartitionResult<State, Input, Output>[];
  readonly steps: number;
  readonly configurationCount: number;
  /** Why it is not linearizable, unless `explain` is 'none' or the check was ended before. */
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
  const explanation = race.explain(new Trials(model));
  return race.result(undefined, explanation && inOneGo(explanation));
}

/**
 * Whether `history` is linearizable, in slices between which other work goes on.
 *
 * @returns As `checkSync`; 'unknown' with reason 'aborted' once `options.signal` is aborted, and
 *   with reason 'timeout' after `options.timeoutMs`.
 * @throws HistoryError and RangeError as `checkSync` does (as rejections).
 */
export async function check<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
  options: AsyncCheckOptions<Input, Output> = {},
): Promise<CheckResult<State, Input, Output>> {
  const { signal, timeoutMs, onProgress, onSmaller, pause = turnOfEventLoop } = options;
  if (timeoutMs !== undefined) validateTimeout(timeoutMs);
  const timeout = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const race = new Race(model, history, options);
  const stopped = (): 'aborted' | 'timeout' | undefined => {
    if (signal?.aborted === true) return 'aborted';
    return timeout?.aborted === true ? 'timeout' : undefined;
  };
  while (stopped() === undefined && race.runSlice()) {
    onProgress?.(race.progress);
    await pause();
  }
  const trials = new Trials(model, options.sliceSteps ?? SLICE_STEPS);
  const explanation = race.explain(trials, onSmaller);
  if (explanation === undefined) return race.result(stopped(), undefined);
  for (;;) {
    if (stopped() !== undefined) trials.stop();
    const slice = explanation.next();
    if (slice.done === true) return race.result(stopped(), slice.value);
    await pause();
  }
}

/** Some fraction of a millisecond. */
const SLICE_STEPS = 4_096;

/** One part of the history and how far its search has come. */
interface Lane<State, Input, Output> {
  readonly part: Part<Input, Output>;
  /** From its first turn until it is decided: memory is not taken for all at once. */
  search: Search<State, Input, Output> | undefined;
  bytesTaken: number;
  /** If it is illegal, where its culprit is. */
  stuckBetween: readonly [number, number] | undefined;
  result: PartitionResult<State, Input, Output> | undefined;
}

class Race<State, Input, Output> {
  readonly #model: Model<State, Input, Output>;
  readonly #lanes: readonly Lane<State, Input, Output>[];
  readonly #budget: MemoryBudget;
  readonly #sliceSteps: number;
  readonly #explain: 'minimal' | 'none';

  /** Undecided lanes that still have a turn in this round, from `#turn` on, and in the next. */
  #round: readonly Lane<State, Input, Output>[];
  #turn = 0;
  #nextRound: Lane<State, Input, Output>[] = [];

  #stepsLeft: number;
  #steps = 0;
  #configurationCount = 0;
  #partitionsDone = 0;
  #illegal: Lane<State, Input, Output> | undefined;

  constructor(
    model: Model<State, Input, Output>,
    history: History<Input, Output>,
    options: CheckOptions,
  ) {
    this.#budget = { bytesLeft: positive('maxMemoryBytes', options.maxMemoryBytes ?? 2 ** 30) };
    this.#stepsLeft = positive('maxSteps', options.maxSteps ?? Number.MAX_SAFE_INTEGER);
    this.#sliceSteps = positive('sliceSteps', options.sliceSteps ?? SLICE_STEPS);
    this.#explain = options.explain ?? 'minimal';
    this.#model = model;
    validateHistory(history);
    this.#lanes = partsOf(model, history).map((part) => ({
      part,
      search: undefined,
      bytesTaken: 0,
      stuckBetween: undefined,
      result: undefined,
    }));
    this.#round = this.#lanes;
  }

  get progress(): CheckProgress {
    return {
      steps: this.#steps,
      configurationCount: this.#configurationCount,
      partitionsDone: this.#partitionsDone,
      partitionCount: this.#lanes.length,
    };
  }

  /**
   * Works for one slice: on one partition, or on several if they are decided sooner.
   *
   * @returns Whether there was anything to do.
   */
  runSlice(): boolean {
    let sliceLeft = this.#sliceSteps;
    while (sliceLeft > 0 && this.#illegal === undefined && this.#stepsLeft > 0) {
      const lane = this.#nextLane();
      if (lane === undefined) break;
      // Its first turn begins with laying it out.
      if (lane.search === undefined) sliceLeft -= lane.part.operations.length;
      sliceLeft -= this.#run(lane, Math.max(1, sliceLeft));
      if (lane.result === undefined) this.#nextRound.push(lane);
    }
    return sliceLeft < this.#sliceSteps;
  }

  #nextLane(): Lane<State, Input, Output> | undefined {
    if (this.#turn === this.#round.length) {
      this.#round = this.#nextRound;
      this.#nextRound = [];
      this.#turn = 0;
    }
    const lane = this.#round[this.#turn];
    this.#turn += 1;
    return lane;
  }

  /** Searches `lane` for at most `stepCount` steps. Returns how many it took. */
  #run(lane: Lane<State, Input, Output>, stepCount: number): number {
    const bytesBefore = this.#budget.bytesLeft;
    const search = (lane.search ??= new Search(
      this.#model,
      layOut(this.#model, lane.part),
      this.#budget,
    ));
    const { steps, configurationCount } = search;
    const verdict = search.run(Math.min(stepCount, this.#stepsLeft));
    const stepsTaken = search.steps - steps;
    this.#steps += stepsTaken;
    this.#stepsLeft -= stepsTaken;
    this.#configurationCount += search.configurationCount - configurationCount;
    lane.bytesTaken += bytesBefore - this.#budget.bytesLeft;
    if (verdict !== undefined) this.#finish(lane, search, verdict);
    return stepsTaken;
  }

  /** Keeps what was found, and frees the memory of the search for the others. */
  #finish(
    lane: Lane<State, Input, Output>,
    search: Search<State, Input, Output>,
    verdict: Verdict,
  ): void {
    const { part } = lane;
    const isLegal = verdict === 'linearizable';
    lane.result = {
      ...undecided(part),
      verdict,
      linearization: isLegal
        ? Array.from(search.order, (index) => operationAt(part, index))
        : undefined,
      finalStates: isLegal ? search.currentStates : undefined,
    };
    lane.search = undefined;
    this.#budget.bytesLeft += lane.bytesTaken;
    this.#partitionsDone += 1;
    if (verdict !== 'not-linearizable') return;
    lane.stuckBetween = search.stuckBetween;
    this.#illegal = lane;
  }

  /** Makes a counterexample, if there is a violation and somebody wants to see it. */
  explain(
    trials: Trials<State, Input, Output>,
    onSmaller?: (operations: History<Input, Output>) => void,
  ): Sliced<Counterexample<Input, Output> | undefined> | undefined {
    if (this.#illegal === undefined || this.#explain !== 'minimal') return undefined;
    const { part, stuckBetween } = this.#illegal;
    return reductionOf(this.#model, part.operations, stuckBetween, trials, onSmaller);
  }

  result(
    stopped: 'aborted' | 'timeout' | undefined,
    counterexample: Counterexample<Input, Output> | undefined,
  ): CheckResult<State, Input, Output> {
    const verdict = this.#verdict();
    return {
      verdict,
      reason: verdict === 'unknown' ? (stopped ?? this.#bound()) : undefined,
      partitions: this.#lanes.map(({ part, result }) => result ?? undecided(part)),
      steps: this.#steps,
      configurationCount: this.#configurationCount,
      counterexample,
    };
  }

  #verdict(): Verdict {
    if (this.#illegal !== undefined) return 'not-linearizable';
    return this.#lanes.every(({ result }) => result?.verdict === 'linearizable')
      ? 'linearizable'
      : 'unknown';
  }

  #bound(): 'memory' | 'steps' {
    return this.#lanes.some(({ result }) => result?.verdict === 'unknown') ? 'memory' : 'steps';
  }
}

/** What is known of a part that nobody got to the end of. */
function undecided<State, Input, Output>({
  key,
  operations,
}: Part<Input, Output>): PartitionResult<State, Input, Output> {
  return {
    key,
    verdict: 'unknown',
    operationCount: operations.length,
    linearization: undefined,
    finalStates: undefined,
  };
}

function operationAt<Input, Output>(
  { operations }: Part<Input, Output>,
  index: number,
): Operation<Input, Output> {
  const operation = operations[index];
  if (operation === undefined) throw new RangeError(`index: expected an operation, got ${index}`);
  return operation;
}

/** The longest time that timers take. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

/** @throws RangeError if no timer takes `timeoutMs`. */
export function validateTimeout(timeoutMs: number): void {
  if (Number.isSafeInteger(timeoutMs) && timeoutMs >= 1 && timeoutMs <= TIMEOUT_MS_MAX) return;
  throw new RangeError(
    `timeoutMs: expected an integer from 1 to ${TIMEOUT_MS_MAX}, got ${timeoutMs}`,
  );
}

function positive(name: string, value: number): number {
  if (value >= 1) return value;
  throw new RangeError(`${name}: expected at least 1, got ${value}`);
}
