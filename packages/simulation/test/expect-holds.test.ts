import { nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { BrokenPromise, expectHolds, nodeIdsOf, seeds, type Workload } from '../src/index.ts';
import { tokens } from './support/token-workload.ts';

const calm: Workload = {
  ...tokens,
  open: (simulation, { nodeCount }) => {
    for (const id of nodeIdsOf(nodeCount)) simulation.addNode(nodeId(id), () => ({}));
    return { begin: () => undefined };
  },
};

describe('expectHolds', () => {
  test('is content when every seed holds', async () => {
    await expectHolds(calm, seeds(undefined, 3), { kinds: [] });
  });

  test('says which seed broke what, and shows the least of it', async () => {
    const broken = expectHolds(tokens, seeds(undefined, 50));
    await expect(broken).rejects.toThrow(BrokenPromise);
    await expect(broken).rejects.toMatchObject({ invariantId: 'kept' });
    await expect(broken).rejects.toThrow(/^kept: SEED=\d+ breaks it again\nkept: \d+ of \d+\nat /);
    await expect(broken).rejects.toThrow(/"faults": \[\n {4}\{"atMs":\d+,"kind":"crash"/);
    await expect(broken).rejects.toThrow(/ n1 +n2[^]* crashes \(\w+\)[^]*#+ broken\n +kept: /);
  });
});
