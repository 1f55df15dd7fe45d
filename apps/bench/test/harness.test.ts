import { describe, expect, test } from 'vitest';

import type { BenchResult, RunOptions } from '../src/harness.ts';
import { median, runSuite } from '../src/harness.ts';
import type { BenchCase, Contender, Suite } from '../src/suite.ts';
import { CannotRun, constantPeer } from '../src/suite.ts';

const throughput = { name: 'throughput', unit: 'ops/s', better: 'higher' } as const;
const latency = { name: 'latency', unit: 'us', better: 'lower' } as const;

function suiteOf(...cases: readonly Partial<BenchCase>[]): Suite {
  return {
    name: 'sample',
    description: 'A suite for these tests.',
    cases: cases.map((benchCase) => ({
      name: 'a case',
      metrics: [throughput],
      ours: constantPeer('ours', { throughput: 1, latency: 1 }),
      peers: [],
      warmUpRuns: 0,
      ...benchCase,
    })),
  };
}

async function resultsOf(suite: Suite, options?: RunOptions): Promise<readonly BenchResult[]> {
  const results: BenchResult[] = [];
  for await (const result of runSuite(suite, options)) results.push(result);
  return results;
}

/** A contender that writes down each of its calls and yields `figures` in turn. */
function recorded(name: string, calls: string[], figures: readonly number[]): Contender {
  let runCount = 0;
  return {
    name,
    setUp: () => void calls.push(`${name} setUp`),
    run: () => {
      calls.push(name);
      runCount += 1;
      return { throughput: figures[(runCount - 1) % figures.length] ?? 0 };
    },
    tearDown: () => void calls.push(`${name} tearDown`),
  };
}

describe('runSuite', () => {
  test('interleaves the runs of ours and the peers', async () => {
    const calls: string[] = [];
    const [ours, left, right] = ['A', 'B', 'C'].map((name) => recorded(name, calls, [1]));
    if (!ours || !left || !right) throw new Error('three contenders');

    await resultsOf(suiteOf({ ours, peers: [left, right], runs: 2 }));

    expect(calls.join(' ')).toBe(
      'A setUp B setUp C setUp A B C A B C A tearDown B tearDown C tearDown',
    );
  });

  test('takes the median of the measured runs and leaves the warm-up out', async () => {
    const ours = recorded('ours', [], [1_000_000, 30, 10, 20]);
    const peer = recorded('peer', [], [1, 5, 5, 5]);

    const [result] = await resultsOf(suiteOf({ ours, peers: [peer], runs: 3, warmUpRuns: 1 }));

    expect(result).toEqual({
      suite: 'sample',
      case: 'a case',
      metric: 'throughput',
      unit: 'ops/s',
      ours: 20,
      peer: 5,
      peerName: 'peer',
      ratio: 4,
    });
  });

  test('inverts the ratio of a metric where lower is better', async () => {
    const ours = constantPeer('ours', { throughput: 100, latency: 5 });
    const peer = constantPeer('peer', { throughput: 50, latency: 20 });

    const results = await resultsOf(
      suiteOf({ metrics: [throughput, latency], ours, peers: [peer] }),
    );

    expect(results.map(({ metric, ratio }) => [metric, ratio])).toEqual([
      ['throughput', 2],
      ['latency', 4],
    ]);
  });

  test('says why a peer cannot run and measures the others all the same', async () => {
    const absent: Contender = {
      name: 'etcd',
      setUp: () => {
        throw new CannotRun('not installed');
      },
      run: () => ({ throughput: 1 }),
    };
    const present = constantPeer('present', { throughput: 2 });

    const results = await resultsOf(suiteOf({ peers: [absent, present] }));

    expect(results.map(({ peerName, ratio, note }) => ({ peerName, ratio, note }))).toEqual([
      { peerName: 'etcd', ratio: null, note: 'etcd: not installed' },
      { peerName: 'present', ratio: 0.5, note: undefined },
    ]);
    expect(results.some((result) => result.failed)).toBe(false);
  });

  test('marks a contender that breaks as failed and tears it down', async () => {
    const calls: string[] = [];
    const broken: Contender = {
      ...recorded('broken', calls, [1]),
      run: () => Promise.reject(new Error('connection reset')),
    };

    const [result] = await resultsOf(suiteOf({ peers: [broken] }));

    expect(result).toMatchObject({ peer: null, note: 'broken: connection reset', failed: true });
    expect(calls).toEqual(['broken setUp', 'broken tearDown']);
  });

  test.each([Number.NaN, Infinity, 0, -1])('refuses %d as a figure', async (figure) => {
    const ours = constantPeer('ours', { throughput: figure });

    const [result] = await resultsOf(suiteOf({ ours }));

    expect(result).toMatchObject({ ours: null, failed: true });
  });

  test('reports a case without a peer', async () => {
    expect(await resultsOf(suiteOf({}))).toMatchObject([{ ours: 1, peerName: null, ratio: null }]);
  });

  test('runs only the cases whose name contains the filter', async () => {
    const suite = suiteOf({ name: 'echo' }, { name: 'flood' });

    const results = await resultsOf(suite, { caseFilter: 'flo', runs: 1 });

    expect(results.map((result) => result.case)).toEqual(['flood']);
  });

  test.each([0, 1.5, Number.NaN])('refuses %d runs', async (runs) => {
    await expect(resultsOf(suiteOf({}), { runs })).rejects.toThrow(/^runs: expected a whole/);
  });
});

describe('median', () => {
  test.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[7], 7],
  ])('of %j is %d', (figures, middle) => {
    expect(median(figures)).toBe(middle);
  });

  test('of nothing is refused', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});
