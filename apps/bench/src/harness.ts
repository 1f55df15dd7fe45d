import type { BenchCase, Contender, Sample, Suite } from './suite.ts';
import { CannotRun } from './suite.ts';

/** One line of the report: ours beside one peer, in one metric of one case. */
export interface BenchResult {
  readonly suite: string;
  readonly case: string;
  readonly metric: string;
  readonly unit: string;
  /** Median over the runs; `null` when ours did not run. */
  readonly ours: number | null;
  /** Median over the runs; `null` when there is no peer or it did not run. */
  readonly peer: number | null;
  /** `null` when the case has no peer. */
  readonly peerName: string | null;
  /** Above 1: ours is that many times better, whichever direction is good. `null` without both. */
  readonly ratio: number | null;
  /** Why a figure is missing. */
  readonly note?: string;
  /** Whether a figure is missing because of a fault, not for want of a tool on this machine. */
  readonly failed?: true;
}

/** How to run a suite. */
export interface RunOptions {
  /** Measured runs of each contender, at least 1; wins over what a case asks for. */
  readonly runs?: number;
  /** Only cases whose name contains this text. */
  readonly caseFilter?: string;
  /** Told what runs now. */
  readonly onProgress?: (text: string) => void;
}

/** A contender in the race: the samples so far, or why there are no more. */
interface Lane {
  readonly contender: Contender;
  readonly samples: Sample[];
  stopped?: { readonly note: string; readonly failed: boolean };
}

/**
 * Runs the cases of `suite` one after another, the contenders of each in turn.
 *
 * @returns Yields the results of a case as soon as it is done, one per metric and peer.
 * @throws RangeError if `options.runs` is not a whole number of at least 1.
 */
export async function* runSuite(
  suite: Suite,
  options: RunOptions = {},
): AsyncGenerator<BenchResult> {
  const { runs, caseFilter = '', onProgress = () => undefined } = options;
  if (runs !== undefined && (!Number.isSafeInteger(runs) || runs < 1)) {
    throw new RangeError(`runs: expected a whole number of at least 1, got ${String(runs)}`);
  }
  for (const benchCase of suite.cases) {
    if (!benchCase.name.includes(caseFilter)) continue;
    const lanes = await race(benchCase, runs ?? benchCase.runs ?? 5, (text) => {
      onProgress(`${suite.name} / ${benchCase.name}: ${text}`);
    });
    yield* resultsOf(suite.name, benchCase, lanes);
  }
}

/** Interleaves the runs, so that a slow minute of the machine slows everyone alike. */
async function race(
  benchCase: BenchCase,
  runs: number,
  onProgress: (text: string) => void,
): Promise<readonly Lane[]> {
  const lanes = [benchCase.ours, ...benchCase.peers].map((contender): Lane => ({
    contender,
    samples: [],
  }));
  try {
    for (const lane of lanes) await attempt(lane, () => lane.contender.setUp?.());
    const warmUpRuns = benchCase.warmUpRuns ?? 1;
    for (let round = -warmUpRuns; round < runs; round += 1) {
      for (const lane of lanes) await runOnce(lane, benchCase, { round, runs, onProgress });
    }
  } finally {
    for (const lane of lanes) await attempt(lane, () => lane.contender.tearDown?.());
  }
  return lanes;
}

interface Round {
  /** Below 0 while warming up. */
  readonly round: number;
  readonly runs: number;
  readonly onProgress: (text: string) => void;
}

async function runOnce(lane: Lane, benchCase: BenchCase, now: Round): Promise<void> {
  if (lane.stopped) return;
  const { contender, samples } = lane;
  now.onProgress(`${contender.name}, ${describeRound(now)}`);
  await attempt(lane, async () => {
    const sample = checked(await contender.run(), benchCase);
    if (now.round >= 0) samples.push(sample);
  });
}

function describeRound({ round, runs }: Round): string {
  return round < 0 ? 'warm-up' : `run ${round + 1} of ${runs}`;
}

/** Runs `action` for `lane`; what it throws takes the lane, and only this lane, out of the race. */
async function attempt(lane: Lane, action: () => Promise<void> | void): Promise<void> {
  try {
    await action();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const failed = !(error instanceof CannotRun);
    lane.stopped ??= { note: `${lane.contender.name}: ${reason}`, failed };
  }
}

function checked(sample: Sample, benchCase: BenchCase): Sample {
  for (const { name } of benchCase.metrics) {
    const figure = sample[name];
    if (figure === undefined || !Number.isFinite(figure) || figure <= 0) {
      throw new RangeError(`${name}: expected a finite figure above 0, got ${String(figure)}`);
    }
  }
  return sample;
}

function* resultsOf(
  suite: string,
  benchCase: BenchCase,
  [ours, ...peers]: readonly Lane[],
): Generator<BenchResult> {
  for (const metric of benchCase.metrics) {
    for (const peer of peers.length === 0 ? [undefined] : peers) {
      const left = medianOf(ours, metric.name);
      const right = medianOf(peer, metric.name);
      const gain = metric.better === 'higher' ? 1 : -1;
      const stops = [ours?.stopped, peer?.stopped].filter((stop) => stop !== undefined);
      yield {
        suite,
        case: benchCase.name,
        metric: metric.name,
        unit: metric.unit,
        ours: left,
        peer: right,
        peerName: peer?.contender.name ?? null,
        ratio: left === null || right === null ? null : (left / right) ** gain,
        ...(stops.length > 0 && { note: stops.map((stop) => stop.note).join('; ') }),
        ...(stops.some((stop) => stop.failed) && { failed: true }),
      };
    }
  }
}

/** A lane that stopped on the way has no median: half a race is no result. */
function medianOf(lane: Lane | undefined, metric: string): number | null {
  if (lane === undefined || lane.stopped || lane.samples.length === 0) return null;
  return median(lane.samples.map((sample) => sample[metric] ?? Number.NaN));
}

/**
 * The middle of `figures`, or the mean of the two in the middle.
 *
 * @throws RangeError if `figures` is empty.
 */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((left, right) => left - right);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  if (upper === undefined || lower === undefined) {
    throw new RangeError('figures: expected at least one, got none');
  }
  return (lower + upper) / 2;
}
