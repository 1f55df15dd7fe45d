import type { Field, Scenario } from '@quorate/simulation';
import type { Random } from '@quorate/transport';

import type { PlanOptions } from './fault-plan.ts';
import { forgetfulBridge, movingIsolation } from './planted-bugs.ts';

/**
 * Leaders that are cut off, one after the other, on a fast network and fast disks: the next one is
 * at work while the last still believes that it leads.
 */
const busyIsolation: PlanOptions = {
  ...movingIsolation,
  network: { delay: { kind: 'uniform', minMs: 1, maxMs: 5 }, ordering: 'none' },
  disk: { syncLatency: { kind: 'uniform', minMs: 0.1, maxMs: 3 } },
  tuning: { electionTimeoutTicks: 10, snapshotEveryEntries: 10_000 },
};

const stages: readonly PlanOptions[] = [movingIsolation, forgetfulBridge, busyIsolation];

/** Three scenarios in ten are played on a stage that elections depend on; the others as drawn. */
export function stageOf(random: Random, drawn: Scenario): Scenario {
  const stage = stages[random.int(10)];
  if (stage === undefined) return drawn;
  const { network, disk, tuning, drawFaults } = stage;
  const horizonMs = 20_000;
  return {
    ...drawn,
    nodeCount: 3,
    horizonMs,
    network: { ...drawn.network, ...network },
    disk: { ...drawn.disk, ...disk },
    tuning: { ...drawn.tuning, ...numbersOf({ ...tuning }) },
    faults: drawFaults?.(random, horizonMs) ?? [],
    operations: drawn.operations.map((operation) => ({
      ...operation,
      atMs: Math.floor((operation.atMs / drawn.horizonMs) * horizonMs),
    })),
  };
}

function numbersOf(tuning: Readonly<Record<string, unknown>>): Readonly<Record<string, Field>> {
  return Object.fromEntries(
    Object.entries(tuning).flatMap(([name, value]) =>
      typeof value === 'number' ? [[name, value] as const] : [],
    ),
  );
}
