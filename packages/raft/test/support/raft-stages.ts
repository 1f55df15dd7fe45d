import type { FaultEvent, Scenario } from '@quorate/simulation';
import type { Random } from '@quorate/transport';
import type { PlanOptions } from './fault-plan.ts';
import { forgetfulBridge, movingIsolation } from './planted-bugs.ts';

/** One scenario in four is played on a stage that elections depend on; the others as drawn. */
export function stageOf(random: Random, drawn: Scenario): Scenario {
  const choice = random.int(8);
  if (choice > 1) return drawn;
  const { network, disk, tuning, drawFaults, horizonMs = 20_000 } = stages[choice] ?? movingIsolation;
  const faults: readonly FaultEvent[] = drawFaults?.(random, horizonMs) ?? [];
  return {
    ...drawn,
    nodeCount: 3,
    horizonMs,
    network: { ...drawn.network, ...network },
    disk: { ...drawn.disk, ...disk },
    tuning: { ...drawn.tuning, ...flat(tuning) },
    faults,
    operations: drawn.operations.map((operation) => ({
      ...operation,
      atMs: Math.floor((operation.atMs / drawn.horizonMs) * horizonMs),
    })),
  };
}

const stages: readonly PlanOptions[] = [movingIsolation, forgetfulBridge];

function flat(tuning: PlanOptions['tuning'] = {}): Scenario['tuning'] {
  return Object.fromEntries(
    Object.entries(tuning).filter(([, value]) => typeof value === 'number'),
  );
}
