/**
 * Cuts a failing scenario down to what a person can read.
 *
 * Each step proposes a smaller scenario and runs it; it counts only if the same promise breaks.
 * Since what happens to a message depends on the seed, its link and its index and on nothing else,
 * taking one fault away leaves most other decisions as they were.
 *
 * ```text
 *   repeat until nothing gets smaller or the budget is spent:
 *     horizon      to just behind the failure, or half
 *     faults       delta debugging; then pairs, such as a partition and its end
 *     operations   delta debugging
 *     nodes        one less, as long as that works
 *     time         stretches between two faults, or without a plan: left out, what is later pulled
 *                  earlier
 *     delays       constant, then zero; clocks right; no chance among events of an instant
 *     decisions    messages lost or doubled by chance: delivered instead
 *     another try  while many faults are left: without some of them, under another seed
 * ```
 *
 * The last step is for bugs that need two things at the same moment. Take a fault away and the
 * moment passes; it is met again under another seed, with fewer faults around it.
 *
 * Source: Zeller, Hildebrandt, "Simplifying and isolating failure-inducing input", IEEE TSE 28(2),
 * 2002: ddmin, here with complements only.
 */
import type { Random } from '@quorate/transport';
import { seededRandom } from '@quorate/transport/system';

import type { DelayDistribution } from './delay-distribution.ts';
import { type Failure, type RunOptions, runScenario } from './hunt.ts';
import { type FaultEvent, nodesOf } from './fault.ts';
import { nodeIdsOf, type Scenario, type Workload } from './workload.ts';

/** How much to spend. */
export interface ShrinkOptions extends RunOptions {
  /** How many scenarios to run at most. The default is 1 000. */
  readonly runsMax?: number;
  /** With more faults than this, other seeds are tried too. The default is 8. */
  readonly faultsGoal?: number;
}

/** A failure and what it cost to cut it down. */
export interface Shrunk {
  /** Breaks the same promise as the one given, in a scenario that is no larger. */
  readonly failure: Failure;
  readonly runCount: number;
}

/**
 * Cuts `failure` down. The same failure and options give the same result.
 *
 * @remarks At most `runsMax` runs. With enough of them, no single fault and no single operation of
 * the result can be left out.
 */
export async function shrink(
  workload: Workload,
  failure: Failure,
  options: ShrinkOptions = {},
): Promise<Shrunk> {
  const shrinker = new Shrinker(workload, failure, options);
  return shrinker.run();
}

/**
 * A part of `items` that still fails, in the same order, of which no single item can be left out.
 *
 * @param fails - Whether a part fails. Should say no once nothing more is to be tried.
 * @remarks O(n^2) calls at worst, O(log n) if one item is all it takes.
 */
export async function ddmin<Item>(
  items: readonly Item[],
  fails: (kept: readonly Item[]) => Promise<boolean>,
): Promise<readonly Item[]> {
  if (items.length === 0 || (await fails([]))) return [];
  let kept = items;
  let size = Math.ceil(kept.length / 2);
  for (;;) {
    const before = kept.length;
    for (let start = 0; start < kept.length;) {
      const candidate = [...kept.slice(0, start), ...kept.slice(start + size)];
      if (candidate.length > 0 && (await fails(candidate))) kept = candidate;
      else start += size;
    }
    if (size === 1 && kept.length === before) return kept;
    size = Math.max(1, Math.floor(size / 2));
  }
}

class Shrinker {
  readonly #workload: Workload;
  readonly #options: ShrinkOptions;
  readonly #runsMax: number;
  /** Scenarios that were run, as JSON. */
  readonly #tried = new Set<string>();
  readonly #random: Random;
  #best: Failure;
  #runCount = 0;

  constructor(workload: Workload, failure: Failure, options: ShrinkOptions) {
    this.#workload = workload;
    this.#options = options;
    this.#runsMax = options.runsMax ?? 1_000;
    this.#random = seededRandom(failure.scenario.seed).fork('shrink');
    this.#best = failure;
  }

  async run(): Promise<Shrunk> {
    for (;;) {
      const before = JSON.stringify(this.#scenario);
      await this.#cutHorizon();
      await this.#cutFaults();
      await this.#cutOperations();
      await this.#cutNodes();
      await this.#cutTime();
      await this.#cutDelays();
      await this.#cutDecisions();
      await this.#tryOtherSeeds();
      const isSame = before === JSON.stringify(this.#scenario);
      if (isSame || this.#runCount >= this.#runsMax) break;
    }
    return { failure: this.#best, runCount: this.#runCount };
  }

  get #scenario(): Scenario {
    return this.#best.scenario;
  }

  /** Runs the best scenario with `change`; keeps it if the same promise breaks, and as asked. */
  async #try(
    change: Partial<Scenario>,
    isAsAsked: (failure: Failure) => boolean = () => true,
  ): Promise<boolean> {
    const scenario = { ...this.#scenario, ...change };
    const key = JSON.stringify(scenario);
    if (this.#runCount >= this.#runsMax || this.#tried.has(key)) return false;
    this.#tried.add(key);
    this.#runCount += 1;
    const { failure } = await runScenario(this.#workload, scenario, this.#options);
    if (failure?.invariantId !== this.#best.invariantId || !isAsAsked(failure)) return false;
    this.#best = failure;
    return true;
  }

  async #cutHorizon(): Promise<void> {
    const { horizonMs } = this.#scenario;
    const failedMs = Math.ceil(this.#best.atMs);
    if (failedMs < horizonMs) await this.#try(upTo(this.#scenario, failedMs));
    while (this.#scenario.horizonMs > 1) {
      const half = Math.floor(this.#scenario.horizonMs / 2);
      if (!(await this.#try(upTo(this.#scenario, half)))) return;
    }
  }

  async #cutFaults(): Promise<void> {
    await ddmin(this.#scenario.faults, (faults) => this.#try({ faults }));
    // What belongs together is seldom far apart, and all pairs would use up the budget.
    for (let first = 0; first < this.#scenario.faults.length; first += 1) {
      const end = (): number => Math.min(this.#scenario.faults.length, first + 1 + pairReach);
      for (let second = first + 1; second < end(); second += 1) {
        const faults = this.#scenario.faults.filter((_, at) => at !== first && at !== second);
        if (await this.#try({ faults })) second = first;
      }
    }
  }

  async #cutOperations(): Promise<void> {
    await ddmin(this.#scenario.operations, (operations) => this.#try({ operations }));
  }

  /**
   * Leaves out stretches of time, with the operations in them: a backlog and the time to work it
   * off can only go together.
   */
  async #cutTime(): Promise<void> {
    const { faults, operations } = this.#scenario;
    await this.#cutBetween([...faults, ...operations]);
    await this.#cutBetween(this.#scenario.faults);
  }

  /** From the last stretch to the first, so that those still to come stay in place. */
  async #cutBetween(planned: readonly Planned[]): Promise<void> {
    for (const { startMs, ...stretch } of longestBetween(planned, this.#scenario.horizonMs)) {
      let { endMs } = stretch;
      for (let parts = 1; parts <= partsMax;) {
        const lengthMs = Math.floor((endMs - startMs - restMs) / parts);
        const isCut =
          (await this.#tryWithout({ startMs: endMs - lengthMs, endMs })) ||
          (await this.#tryWithout({ startMs, endMs: startMs + lengthMs }));
        if (isCut) endMs -= lengthMs;
        else parts *= 2;
      }
    }
  }

  async #tryWithout(stretch: Stretch): Promise<boolean> {
    if (stretch.endMs <= stretch.startMs) return false;
    return this.#try(without(this.#scenario, stretch));
  }

  async #cutNodes(): Promise<void> {
    while (this.#scenario.nodeCount > Math.max(1, this.#workload.nodeCounts.min)) {
      if (!(await this.#try(withNodes(this.#scenario, this.#scenario.nodeCount - 1)))) break;
    }
    await ddmin(this.#scenario.outsiders, (outsiders) => this.#try({ outsiders }));
  }

  async #cutDelays(): Promise<void> {
    await this.#try({ clocks: {} });
    if (this.#scenario.sameTimeOrder === 'random') await this.#try({ sameTimeOrder: 'insertion' });
    for (const ms of [undefined, 0]) {
      const { network, disk } = this.#scenario;
      const { delay, latency, syncLatency } = { ...network, ...disk };
      await this.#try({ network: { ...network, delay: constantly(delay, ms) } });
      await this.#try({ disk: { ...this.#scenario.disk, latency: constantly(latency, ms) } });
      await this.#try({
        disk: { ...this.#scenario.disk, syncLatency: constantly(syncLatency, ms) },
      });
    }
  }

  async #cutDecisions(): Promise<void> {
    await ddmin(this.#best.mishaps, (kept) => {
      const { network } = this.#scenario;
      const known = new Set([...(network.spared ?? []), ...this.#best.mishaps]);
      for (const mishap of kept) known.delete(mishap);
      return this.#try({ network: { ...network, spared: [...known] } });
    });
  }

  async #tryOtherSeeds(): Promise<void> {
    const { faultsGoal = 8 } = this.#options;
    for (let misses = 0; misses < otherSeedsMax; misses += 1) {
      const { faults } = this.#scenario;
      if (faults.length <= faultsGoal || this.#runCount >= this.#runsMax) return;
      // Without any, the other seed must break the promise before the last of them.
      const size = this.#random.int(Math.ceil(faults.length / 2) + 1);
      const start = this.#random.int(faults.length - size + 1);
      const kept = faults.filter((_, at) => at < start || at >= start + size);
      const seed = this.#random.int(2 ** 32);
      const isLess = ({ atMs }: Failure): boolean =>
        kept.filter((fault) => fault.atMs <= atMs).length < faults.length;
      if (!(await this.#try({ faults: kept, seed }, isLess))) continue;
      misses = 0;
      await this.#try(upTo(this.#scenario, Math.ceil(this.#best.atMs)));
      await ddmin(this.#scenario.faults, (fewer) => this.#try({ faults: fewer }));
    }
  }
}

/** How many places apart two faults may be to be taken away together. */
const pairReach = 6;

/** After how many seeds in a row without a failure to give up. */
const otherSeedsMax = 200;

/** A stretch of time: from behind its start up to, but without, its end. */
interface Stretch {
  readonly startMs: number;
  readonly endMs: number;
}

/** How many stretches are tried at a time: the longest. */
const stretchesMax = 16;

/** So much of a stretch is left: a message sent at its start can still arrive within it. */
const restMs = 10;

/** Of a stretch no less than this part is cut. */
const partsMax = 8;

interface Planned {
  readonly atMs: number;
}

/** The longest stretches between what is `planned`, the last of them first. */
function longestBetween(planned: readonly Planned[], horizonMs: number): readonly Stretch[] {
  const times = [0, ...planned.map(({ atMs }) => atMs), horizonMs].sort((a, b) => a - b);
  return times
    .slice(1)
    .map((endMs, place) => ({ startMs: times[place] ?? 0, endMs }))
    .sort((left, right) => right.endMs - right.startMs - (left.endMs - left.startMs))
    .slice(0, stretchesMax)
    .sort((left, right) => right.startMs - left.startMs);
}

/** Nothing of what was planned in a stretch, and what is later that much earlier. */
function without(scenario: Scenario, { startMs, endMs }: Stretch): Partial<Scenario> {
  const { faults, operations, horizonMs } = scenario;
  const rest = <Item extends Planned>(items: readonly Item[]): readonly Item[] =>
    items
      .filter(({ atMs }) => atMs <= startMs || atMs >= endMs)
      .map((each) => (each.atMs < endMs ? each : { ...each, atMs: each.atMs - endMs + startMs }));
  return {
    faults: rest(faults),
    operations: rest(operations),
    horizonMs: Math.max(1, Math.ceil(horizonMs - endMs + startMs)),
  };
}

function upTo({ faults, operations }: Scenario, horizonMs: number): Partial<Scenario> {
  const isBefore = ({ atMs }: { readonly atMs: number }): boolean => atMs <= horizonMs;
  return {
    horizonMs,
    faults: faults.filter(isBefore),
    operations: operations.filter(isBefore),
  };
}

function withNodes({ faults, outsiders }: Scenario, nodeCount: number): Partial<Scenario> {
  const nodeIds = nodeIdsOf(nodeCount);
  const isLeft = (id: string): boolean => nodeIds.includes(id);
  return {
    nodeCount,
    faults: faults.flatMap((fault) => faultAmong(fault, isLeft)),
    outsiders: outsiders.filter(isLeft).slice(0, Math.floor((nodeCount - 1) / 2)),
  };
}

/** `fault` without the nodes that are gone; nothing if it is about nothing else. */
function faultAmong(fault: FaultEvent, isLeft: (id: string) => boolean): readonly FaultEvent[] {
  if (fault.kind === 'ring') return [{ ...fault, nodes: fault.nodes.filter(isLeft) }];
  if (!('left' in fault) || fault.kind === 'reset' || fault.kind === 'swapDisks') {
    return nodesOf(fault).every(isLeft) ? [fault] : [];
  }
  const [left, right] = [fault.left.filter(isLeft), fault.right.filter(isLeft)];
  return left.length > 0 && right.length > 0 ? [{ ...fault, left, right }] : [];
}

/** Always `ms`, or if that is undefined about what `delay` takes. */
function constantly(
  delay: DelayDistribution = { kind: 'constant', ms: 0.1 },
  ms: number | undefined,
): DelayDistribution {
  return { kind: 'constant', ms: ms ?? typicalMs(delay) };
}

function typicalMs(delay: DelayDistribution): number {
  switch (delay.kind) {
    case 'constant':
      return delay.ms;
    case 'uniform':
      return (delay.minMs + delay.maxMs) / 2;
    case 'exponential':
      return delay.minMs + delay.meanMs;
    case 'lognormal':
      return delay.minMs + delay.medianMs;
    case 'gamma':
      return delay.minMs + delay.shape * delay.scaleMs;
    case 'pareto':
      return delay.minMs;
    case 'trace':
      return delay.samplesMs[0] ?? 0;
  }
}
