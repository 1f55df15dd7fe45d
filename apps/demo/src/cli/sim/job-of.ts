import * as v from 'valibot';

import { scenarios } from '../../scenarios/index.ts';
import type { FaultProfile } from '../../sim/fault-profile.ts';
import { INPUT_MS_MAX } from '../../sim/run-link.ts';
import { Misuse } from '../command-spec.ts';
import { type SimJob, simJobSchema } from './sim-job.ts';

/** How long there is load, if nothing is said. */
const FOR_MS = 30_000;

/** What `demo sim` plays, but for the seed. @throws Misuse if there is no such scenario. */
export function jobOf(options: {
  readonly scenario: string | undefined;
  readonly for: number | undefined;
  readonly steps?: number | undefined;
  readonly faults: FaultProfile;
  readonly reads: 'index' | 'stale';
}): Omit<SimJob, 'seed'> {
  const { scenario = null, steps, faults, reads } = options;
  // As long as it takes, if it is events that are counted.
  const forMs = options.for ?? (steps === undefined ? FOR_MS : INPUT_MS_MAX);
  const names: readonly string[] = scenarios.map(({ name }) => name);
  if (scenario !== null && !names.includes(scenario)) {
    throw new Misuse(`--scenario: expected one of ${names.join(', ')}, got ${scenario}`);
  }
  const inputs = reads === 'stale' ? [{ atMs: 0, kind: 'reads', mode: reads }] : [];
  const parsed = v.safeParse(simJobSchema, {
    ...{ seed: 0, scenario, forMs, faults, inputs },
    ...(steps !== undefined && { steps }),
  });
  if (!parsed.success) throw new Misuse(`--for: expected at most 10m, got ${forMs} ms`);
  const { seed: _, ...job } = parsed.output;
  return job;
}
