/**
 * The same story by other chances: what would have become of it with another seed. One seed shows
 * that something can go well; a hundred show how often it does.
 */
import type { FaultProfile } from '../sim/fault-profile.ts';
import { freePlay, SimRun } from '../sim/sim-run.ts';
import type { RunInput } from '../sim/run-link.ts';
import { type Judgement, judge } from './claims.ts';
import type { Scenario } from './scenario.ts';

/** What became of one seed. */
export interface SeedResult {
  readonly seed: number;
  /** Whether every claim holds. */
  readonly holds: boolean;
  readonly judgements: readonly Judgement[];
  /** Operations on the configuration that clients began. */
  readonly operationCount: number;
  /** Edits of boards that were confirmed. */
  readonly confirmedCount: number;
  /** Events of the simulator, where they were counted. */
  readonly stepCount?: number;
  /** When it was over, in virtual ms. */
  readonly endMs: number;
  /** Equal for runs in which the same happened, on any machine. */
  readonly hash: string;
}

/** What there is besides scenario and seeds. */
export interface SeedsOptions {
  /** What was done by hand, and is done in every run; in the order of time. Default nothing. */
  readonly inputs?: readonly RunInput[];
  /** How much goes wrong by itself. Default nothing. */
  readonly faults?: FaultProfile;
  /** The load ends once so many events have happened, at the end of that virtual second. */
  readonly steps?: number;
  /** Ends it after a second of virtual time, without a result for the seed under way. */
  readonly signal?: AbortSignal;
}

/** Virtual time between two looks at the signal, in ms. */
const SLICE_MS = 1_000;

/**
 * Plays `scenario` to its end once for each seed, one after the other, in this thread.
 *
 * @param seeds - Integers of 0..2^32 - 1.
 * @param onResult - Told of each as soon as it is over.
 * @throws RangeError (as a rejection) if a seed is none, before its run begins.
 */
export async function runSeeds(
  scenario: Scenario,
  seeds: Iterable<number>,
  onResult: (result: SeedResult) => void,
  { inputs = [], faults = 'calm', steps, signal }: SeedsOptions = {},
): Promise<void> {
  for (const seed of seeds) {
    if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)) {
      throw new RangeError(`seed: expected an integer of 0..2^32 - 1, got ${seed}`);
    }
    // Its load may end before its time; what came before is not touched by that.
    const story = { ...scenario };
    const run = new SimRun({ seed, scenario: scenario.name, inputs, faults }, {}, story);
    const { simulation } = run.played.cluster;
    let stepCount = 0;
    // Who listens has a line made of each event: not where nobody counts.
    if (steps !== undefined) simulation.onEvent(() => (stepCount += 1));
    while (!run.isOver) {
      if (signal?.aborted === true) return;
      await run.runTo(run.nowMs + SLICE_MS);
      if (steps !== undefined && stepCount >= steps)
        story.durationMs = Math.min(story.durationMs, run.nowMs);
    }
    onResult({ ...resultOf(seed, run), ...(steps !== undefined && { stepCount }) });
  }
}

/** The story of a cluster to play with, as far as it has come: at `untilMs` its load ends. */
export function freePlayUntil(untilMs: number): Scenario {
  return { ...freePlay, durationMs: Math.max(1, untilMs) };
}

function resultOf(seed: number, { played }: SimRun): SeedResult {
  const judgements = played.scenario.claims.map((claim) => judge(claim, played));
  return {
    seed,
    holds: judgements.every(({ holds }) => holds),
    judgements,
    operationCount: played.operationCount,
    confirmedCount: played.edits.filter(({ isConfirmed }) => isConfirmed).length,
    endMs: played.endMs,
    hash: played.cluster.hash(),
  };
}
