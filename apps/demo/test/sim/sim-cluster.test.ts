import { nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { SimCluster } from '../../src/sim/sim-cluster.ts';
import { busyInputs, busyRun } from '../support/busy-run.ts';

const n1 = nodeId('n1');
const get = { node: 'n1', method: 'GET', path: '/v1/boards/b-none' };

describe('a run', () => {
  test('is its seed and its inputs', async () => {
    const [first, again, other] = [await busyRun(1), await busyRun(1), await busyRun(2)];
    expect(again.hash()).toBe(first.hash());
    expect(other.hash()).not.toBe(first.hash());
    expect(first.ids.map((id) => first.node(id)?.boardIds().length)).toEqual([3, 2, 4, 2, 1]);
  });

  test('is the same whether it goes in one go or in steps', async () => {
    const stepwise = new SimCluster({ seed: 1, nodeCount: 5, inputs: busyInputs });
    for (let atMs = 0; atMs <= 15_000; atMs += 37) await stepwise.runTo(atMs);
    await stepwise.runTo(15_000);
    expect(stepwise.hash()).toBe((await busyRun(1)).hash());
  });

  test('is wound back, and forks where something else is done', async () => {
    const run = await busyRun(1);
    const past = await run.at(8_000);
    expect(past.nowMs).toBe(8_000);
    const again = await past.at(8_000);
    expect(again.hash()).toBe(past.hash());
    void past.act({ kind: 'fault', fault: { kind: 'crash', node: 'n2', mode: 'power' } });
    await past.runTo(15_000);
    expect(past.inputs).toHaveLength(busyInputs.filter(({ atMs }) => atMs <= 8_000).length + 1);
    expect(past.hash()).not.toBe(run.hash());
    expect(past.node(nodeId('n2'))).toBeUndefined();
  });

  test('answers requests in virtual time, and none to a node that is down', async () => {
    const run = new SimCluster({ seed: 3, nodeCount: 1 });
    await run.runTo(6_000);
    const asked = run.act({ kind: 'request', request: get });
    await run.runTo(7_000);
    expect(await asked).toMatchObject({ status: 404 });
    void run.act({ kind: 'fault', fault: { kind: 'crash', node: n1, mode: 'power' } });
    const inVain = run.act({ kind: 'request', request: get });
    await run.runTo(8_000);
    expect(await inVain).toBeUndefined();
  });

  test.each([0, 10, 1.5, Number.NaN])('has 1 to 9 nodes, not %d', (nodeCount) => {
    expect(() => new SimCluster({ seed: 1, nodeCount })).toThrow('nodeCount: expected 1..9');
  });
});
