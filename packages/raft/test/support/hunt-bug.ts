import { type Failure, huntSeeds, shrink, type Workload } from '@quorate/simulation';

/** What a hunt for a planted bug came to. */
export interface Hunted {
  /** The first seed that found something. */
  readonly seed: number;
  readonly found: Failure;
  readonly shrunk: Failure;
}

/** Hunts through `seedCount` seeds from `firstSeed` on, and cuts the first find down. */
export async function huntBug(
  workload: Workload,
  firstSeed: number,
  seedCount: number,
): Promise<Hunted> {
  const seeds = Array.from({ length: seedCount }, (_, place) => firstSeed + place);
  const { failure: found } = await huntSeeds(workload, seeds);
  if (found === undefined) throw new Error(`nothing found in ${seedCount} seeds from ${firstSeed}`);
  const { failure: shrunk } = await shrink(workload, found);
  return { seed: found.scenario.seed, found, shrunk };
}
