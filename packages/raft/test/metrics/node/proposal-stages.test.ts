import { expect, test } from 'vitest';

import { measuredCluster } from '../../support/measured-cluster.ts';

test('the stages of a proposal come in their order, for the same entries', async () => {
  const { leader } = await measuredCluster(4);
  const [appended] = leader.stages.filter(({ stage }) => stage === 'appended');
  expect(appended).toMatchObject({ firstIndex: 2, lastIndex: 5 });
  const of = leader.stages.filter(({ lastIndex }) => lastIndex === 5);
  expect(new Set(of.map(({ stage }) => stage))).toEqual(
    new Set(['appended', 'persisted', 'committed']),
  );
  const atMs = of.map((stage) => stage.atMs);
  expect(atMs).toEqual([...atMs].sort((left, right) => left - right));
  expect(of[0]?.stage).toBe('appended');
});
