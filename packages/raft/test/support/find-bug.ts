import type { PlanOptions } from './fault-plan.ts';
import { runSeed } from './run-seed.ts';
import type { PlantedBug } from './sim-cluster.ts';

/** What a hunt brought home. */
export interface FoundBug {
  readonly seed: number;
  readonly message: string;
}

/** The first of the seeds 0..seedCount-1 whose run breaks a promise, and how. */
export async function findBug(
  seedCount: number,
  plan: PlanOptions,
  bug?: PlantedBug,
): Promise<FoundBug | undefined> {
  for (let seed = 0; seed < seedCount; seed += 1) {
    try {
      await runSeed(seed, bug === undefined ? plan : { ...plan, bug });
    } catch (error) {
      return { seed, message: error instanceof Error ? error.message : String(error) };
    }
  }
  return undefined;
}
