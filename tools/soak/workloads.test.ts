import { drawScenario } from '@quorate/simulation';
import { expect, test } from 'vitest';

import { packagesWithWorkloads, withNodeCount, workloadsOf } from './workloads.ts';

test('whoever has a file of workloads takes part, and names are unique', async () => {
  const names = packagesWithWorkloads();
  expect(names).toEqual(expect.arrayContaining(['raft', 'simulation', 'demo']));
  const workloads = await Promise.all(names.map(workloadsOf));
  const workloadNames = workloads.flat().map(({ name }) => name);
  expect(new Set(workloadNames).size).toBe(workloadNames.length);
});

test('a package without is refused, with those that have some', async () => {
  await expect(workloadsOf('bloom-filter')).rejects.toThrow(
    /^--package: expected one of .*raft.*, got "bloom-filter"$/,
  );
});

test('a number of nodes that was asked for is the only one', async () => {
  const [workload] = await workloadsOf('raft');
  expect.assert(workload);
  for (let seed = 0; seed < 20; seed += 1) {
    expect(drawScenario(withNodeCount(workload, 5), seed).nodeCount).toBe(5);
  }
});
