/**
 * Machines that are wrong under real nodes. Goal: a full disk and a wrong wall clock are seen where
 * they should be, harm nobody else, and leave nothing behind. Method: what buttons do, and what
 * nodes say of themselves.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';

import { RealDemo } from './support/real-demo.ts';

let demo: RealDemo;

beforeAll(async () => {
  demo = await RealDemo.start();
}, 30_000);

afterAll(async () => {
  await demo.dispose();
});

const putKey = async (value: string): Promise<number> => {
  const leader = await demo.leader();
  const body = JSON.stringify({ value });
  const headers = { 'content-type': 'application/json' };
  const { status } = await demo.ask(leader, '/v1/config/k', { method: 'PUT', body, headers });
  return status;
};

test('a full disk makes one node refuse entries, and the others go on', async () => {
  const leader = await demo.leader();
  const follower = demo.nodes.find(({ id }) => id !== leader.id) ?? leader;
  const view = await demo.act(`nodes/${follower.id}/machine`, { isDiskFull: true });
  const machine = { isDiskFull: true, syncDelayMs: 0, clockSkewMs: 0 };
  expect(view.machines).toEqual({ [follower.id]: machine });
  // Segments have room ahead: it is felt once that is used up.
  await expect
    .poll(
      async () => {
        expect(await putKey('x'.repeat(60_000))).toBeLessThan(300);
        return (await demo.status(follower))?.raft.isDiskFull;
      },
      { timeout: 30_000, interval: 1 },
    )
    .toBe(true);
  expect((await demo.act('heal')).machines).toEqual({});
  await demo.converge();
}, 60_000);

test('a wall clock that is ahead shows in all timestamps, and no leader is lost', async () => {
  const terms = (await demo.converge()).map(({ raft }) => raft.term);
  await demo.act('nodes/n2/machine', { clockSkewMs: 5_000 });
  const [, skewed = demo.nodes[0]] = demo.nodes;
  const others = demo.nodes.filter(({ id }) => id !== 'n2');
  await expect
    .poll(async () => (await Promise.all(others.map((node) => demo.status(node)))).map(aheadMs))
    .toSatisfy((ahead: number[]) => ahead.every((ms) => ms > 4_000));
  expect(aheadMs(skewed && (await demo.status(skewed)))).toBe(0);
  expect(await putKey('later')).toBeLessThan(300);
  await demo.act('nodes/n2/machine', { clockSkewMs: 0 });
  expect((await demo.converge()).map(({ raft }) => raft.term)).toEqual(terms);
}, 60_000);

test('a node that starts anew is on the same machine', async () => {
  await demo.act('nodes/n3/machine', { clockSkewMs: -2_000, syncDelayMs: 20 });
  const view = await demo.act('nodes/n3/restart');
  expect(view.machines).toEqual({
    n3: { isDiskFull: false, syncDelayMs: 20, clockSkewMs: -2_000 },
  });
  const n3 = demo.nodes.find(({ id }) => id === 'n3');
  await expect
    .poll(async () => aheadMs(n3 && (await demo.status(n3))), { timeout: 10_000 })
    .toBeGreaterThan(1_000);
  await demo.act('heal');
});

function aheadMs(status: { readonly hybridAheadMs: number } | undefined): number {
  return status?.hybridAheadMs ?? 0;
}
