import { type Failure, huntSeeds, shrink, type Workload } from '@quorate/simulation';
import { expect } from 'vitest';

/** What a hunt for a planted bug came to. */
export interface Hunted {
  /** The first seed that found something. */
  readonly seed: number;
  readonly seedCount: number;
  readonly found: Failure;
  readonly shrunk: Failure;
}

/** `HUNT=full` measures from seed 0 on; else a hunt begins at a seed that is known to be near. */
const isFull = process.env['HUNT'] === 'full';

/** The most seeds that a bug may take. */
const SEEDS_MAX = 1_000;

/** The most fault events that a find may keep. */
const FAULTS_MAX = 8;

/** Hunts through `seedCount` seeds from `firstSeed` on, and cuts the first find down. */
export async function huntBug(
  workload: Workload,
  firstSeed: number,
  seedCount: number,
): Promise<Hunted> {
  const { failure: found, seedCount: count } = await huntSeeds(
    workload,
    rangeFrom(firstSeed, seedCount),
  );
  if (found === undefined) throw new Error(`nothing found in ${seedCount} seeds from ${firstSeed}`);
  const { failure: shrunk } = await shrink(workload, found, { runsMax: isFull ? 3_000 : 1_000 });
  return { seed: found.scenario.seed, seedCount: count, found, shrunk };
}

/**
 * A bug is found by swarm, and what is left of the find can be read.
 *
 * @param nearSeed - A seed, of a find or shortly before: where to begin when time is short.
 */
export async function expectFound(
  title: string,
  workload: Workload,
  nearSeed: number,
  invariantIds: readonly string[],
): Promise<void> {
  const hunted = await huntBug(workload, isFull ? 0 : nearSeed, SEEDS_MAX);
  const { found, shrunk } = hunted;
  expect(invariantIds).toContain(found.invariantId);
  expect(shrunk.invariantId).toBe(found.invariantId);
  expect(shrunk.scenario.faults.length).toBeLessThanOrEqual(FAULTS_MAX);
  if (isFull) console.log(`${title}: ${await measured(workload, hunted)}`);
}

/** The first seed, how many seeds finds take elsewhere, and what was left after shrinking. */
async function measured(workload: Workload, { seed, shrunk }: Hunted): Promise<string> {
  const counts: number[] = [];
  for (const firstSeed of [1, 2, 3, 4, 5].map((place) => place * 10_000)) {
    const { failure, seedCount } = await huntSeeds(workload, rangeFrom(firstSeed, SEEDS_MAX));
    counts.push(failure === undefined ? Number.POSITIVE_INFINITY : seedCount);
  }
  counts.sort((left, right) => left - right);
  const { faults, operations, nodeCount } = shrunk.scenario;
  const left = `${faults.length} faults, ${operations.length} operations, ${nodeCount} nodes`;
  return `first seed ${seed}; seeds to a find ${counts.join(', ')}; left: ${left}`;
}

function rangeFrom(firstSeed: number, seedCount: number): readonly number[] {
  return Array.from({ length: seedCount }, (_, place) => firstSeed + place);
}

/** How long one hunt may take, in ms. */
export const huntTimeoutMs: number = isFull ? 3_600_000 : 300_000;
