import type { Disk } from '@quorate/storage';
import { describeDisk, type DiskFixture } from '@quorate/storage/contract';
import { nodeId } from '@quorate/transport';

import { Simulation, type SimulationOptions } from '../src/index.ts';

const id = nodeId('n');

/** The disk of a node that does nothing itself; the test is code that runs beside it. */
async function createFixture(options: SimulationOptions): Promise<DiskFixture> {
  const simulation = new Simulation(options);
  let onStart: (disk: Disk) => void = () => undefined;
  const nextLife = (): Promise<Disk> => new Promise((resolve) => (onStart = resolve));
  simulation.addNode(id, ({ disk }) => {
    onStart(disk);
    return {};
  });
  const first = nextLife();
  await simulation.run(0);
  return {
    disk: await first,
    afterCrash: () => {
      const second = nextLife();
      simulation.crash(id);
      simulation.restart(id);
      return second;
    },
    run: async (body) => {
      let isDone = false;
      const done = body().finally(() => (isDone = true));
      // Its failure is the test's, and comes after virtual time has let it end.
      done.catch(() => undefined);
      await simulation.runUntil(() => isDone, 60_000);
      await done;
    },
  };
}

for (let seed = 0; seed < 5; seed += 1) {
  describeDisk(`simulated, seed ${seed}`, () => createFixture({ seed }));
}

describeDisk('simulated, slow and in any order', () =>
  createFixture({
    seed: 1,
    disk: {
      latency: { kind: 'pareto', minMs: 0.01, alpha: 1.1, maxMs: 100 },
      syncLatency: { kind: 'exponential', minMs: 0, meanMs: 20 },
    },
  }),
);
