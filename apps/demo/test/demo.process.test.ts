/**
 * The demo as a user runs it: real processes, real TCP, a real disk. Goal: what was acknowledged
 * survives SIGKILL and SIGSTOP, and service goes on within two seconds. Method: clients that treat
 * unknown outcomes rightly write new keys all the time, while a generator loads the nodes and
 * checks its own answers; faults come one by one; in the end every node is asked for every key.
 */
import { afterEach, describe, expect, test } from 'vitest';

import { type Acknowledged, CarefulWriter } from './support/careful-writer.ts';
import { RealDemo } from './support/real-demo.ts';

const isWindows = process.platform === 'win32';
const writerCount = 8;
const pauseBetweenWritesMs = 15;

let demo: RealDemo | undefined;

afterEach(async () => {
  await demo?.dispose();
  demo = undefined;
});

describe.skipIf(isWindows)('acknowledged writes', () => {
  test(
    'survive a killed leader, a paused one, and a power cut; service resumes within 2 s',
    { timeout: 120_000 },
    async () => {
      demo = await RealDemo.start(undefined, '--load', '50');
      const writers = startWriters(demo);
      await wait(1_500);

      const first = await demo.leader();
      const killedAtMs = performance.now();
      await demo.act(`nodes/${first.id}/kill`);
      await wait(3_000);
      await demo.act(`nodes/${first.id}/restart`);
      await wait(1_500);

      const second = await demo.leader();
      const pausedAtMs = performance.now();
      await demo.act(`nodes/${second.id}/pause`);
      await wait(5_000);
      await demo.act(`nodes/${second.id}/resume`);
      await wait(1_500);

      const acknowledged = await writers.stop(1_000);
      const afterKillMs = longestGapMs(acknowledged, killedAtMs, killedAtMs + 3_000);
      const afterPauseMs = longestGapMs(acknowledged, pausedAtMs, pausedAtMs + 5_000);
      console.info(
        `${acknowledged.length} writes acknowledged, ${writers.unknownCount()} outcomes unknown ` +
          `at first; silence after SIGKILL of ${first.id}: ${afterKillMs.toFixed(0)} ms, after ` +
          `SIGSTOP of ${second.id}: ${afterPauseMs.toFixed(0)} ms`,
      );
      expect(second.id).not.toBe(first.id);
      expect(acknowledged.length).toBeGreaterThanOrEqual(1_000);
      expect(afterKillMs).toBeLessThan(2_000);
      expect(afterPauseMs).toBeLessThan(2_000);

      await demo.act('load', { ratePerSecond: 0 });
      await demo.converge();
      await expectEverywhere(demo, acknowledged);
      const { load, nodes } = await demo.view();
      expect(load.totals.checkedCount).toBeGreaterThan(200);
      expect(load.totals.violationCount).toBe(0);

      // A power cut: all at once, none of them warned.
      for (const { pid } of nodes) process.kill(pid ?? 0, 'SIGKILL');
      await demo.until('all nodes down', (view) =>
        view.nodes.every((node) => node.process === 'stopped'),
      );
      await restartAll(demo);
      await demo.converge();
      await expectEverywhere(demo, acknowledged);
    },
  );

  test('survive the death of the supervisor, and with it of all nodes', async () => {
    demo = await RealDemo.start();
    const { dataDirectory } = demo;
    const writers = startWriters(demo);
    await wait(1_000);
    const pids = demo.nodes.map(({ pid }) => pid);
    const acknowledged = await writers.stop();
    await demo.abandon();
    await gone(pids);

    demo = await RealDemo.start(dataDirectory);
    await demo.converge();
    await expectEverywhere(demo, acknowledged);
  });
});

async function restartAll(target: RealDemo): Promise<void> {
  await Promise.all(target.nodes.map(({ id }) => target.act(`nodes/${id}/restart`)));
}

function startWriters(target: RealDemo): {
  /** Ends them once at least `countMin` writes are acknowledged. */
  readonly stop: (countMin?: number) => Promise<readonly Acknowledged[]>;
  readonly unknownCount: () => number;
} {
  const apis = target.nodes.map(({ api }) => api);
  const writers = Array.from({ length: writerCount }, () => new CarefulWriter(target.client, apis));
  let isStopping = false;
  const finished = writers.map(async (writer, index) => {
    for (let sequence = 0; !isStopping; sequence += 1) {
      await writer.create(`kept/${index}/${sequence}`, `${index}.${sequence}`);
      await wait(pauseBetweenWritesMs);
    }
  });
  return {
    stop: async (countMin = 1) => {
      const count = (): number => writers.flatMap(({ acknowledged }) => acknowledged).length;
      while (count() < countMin) await wait(pauseBetweenWritesMs);
      isStopping = true;
      await Promise.all(finished);
      return writers.flatMap(({ acknowledged }) => acknowledged);
    },
    unknownCount: () => writers.reduce((sum, { unknownCount }) => sum + unknownCount, 0),
  };
}

/** The longest time without an acknowledgement between two instants. */
function longestGapMs(acknowledged: readonly Acknowledged[], fromMs: number, toMs: number): number {
  const times = acknowledged.map(({ atMs }) => atMs).filter((atMs) => atMs > fromMs && atMs < toMs);
  const sorted = [fromMs, ...times.toSorted((left, right) => left - right), toMs];
  return Math.max(...sorted.slice(1).map((atMs, index) => atMs - (sorted[index] ?? 0)));
}

/** Asks every node for every key, without asking any other. */
async function expectEverywhere(
  target: RealDemo,
  acknowledged: readonly Acknowledged[],
): Promise<void> {
  for (const node of target.nodes) {
    const wrong: string[] = [];
    const left = [...acknowledged];
    const readers = Array.from({ length: 16 }, async () => {
      for (let next = left.pop(); next; next = left.pop()) {
        const answer = await target.ask(node, `/v1/config/${next.key}?read=stale`);
        const { key, value, revision } = next;
        const expected = JSON.stringify({ key, value, revision });
        if (answer.body !== expected) wrong.push(`${expected}: ${answer.body}`);
      }
    });
    await Promise.all(readers);
    expect(wrong, `acknowledged, but not so on ${node.id}`).toEqual([]);
  }
}

function wait(forMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, forMs));
}

/** Waits until none of the processes is there. */
async function gone(pids: readonly number[]): Promise<void> {
  for (const pid of pids) {
    try {
      for (;;) {
        process.kill(pid, 0);
        await wait(20);
      }
    } catch {
      // It is gone.
    }
  }
}
