import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { ClusterWatch } from '../../src/supervisor/cluster-watch.ts';
import type { ClusterView } from '../../src/supervisor/cluster-view.ts';
import { usageOf } from '../../src/supervisor/process-usage.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

test('the time without a leader is counted, and what processes cost', () => {
  let leaderId: string | null = 'n1';
  const nodes = [{ id: 'n1', pid: process.pid }];
  const watch = new ClusterWatch(() => ({ leaderId, nodes }) as unknown as ClusterView);
  vi.advanceTimersByTime(1_000);
  expect(watch.leaderlessMs).toBe(0);
  leaderId = null;
  vi.advanceTimersByTime(400);
  leaderId = 'n1';
  vi.advanceTimersByTime(600);
  expect(watch.leaderlessMs).toBe(400);
  const told = process.platform === 'linux' ? ['n1'] : [];
  expect(watch.costs.map(({ node }) => node)).toEqual(told);
  for (const { cpuShare, residentBytesMax } of watch.costs) {
    expect(cpuShare).toBeGreaterThan(0);
    expect(residentBytesMax).toBeGreaterThan(10_000_000);
  }
  watch.close();
});

test('a process that is gone costs nothing that can be told', () => {
  expect(usageOf(2 ** 30)).toBeUndefined();
});
