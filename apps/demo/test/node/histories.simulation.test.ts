import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import {
  checkSync,
  formatJsonLines,
  type History,
  type Outcome,
  parseJsonLines,
} from '@quorate/linearizability';
import { huntSeeds, seeds, shrink } from '@quorate/simulation';
import { afterAll, describe, expect, test } from 'vitest';

import { type ConfigInput, configModel, type ConfigOutput } from '../../src/check/config-model.ts';
import { configWorkload } from '../support/config-workload.ts';
import { expectLinearizable } from '../support/expect-linearizable.ts';
import { recordRun, recordStorm } from '../support/record-run.ts';
import { workloads } from '../support/workloads.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'histories-'));
afterAll(() => rmSync(directory, { recursive: true }));

function countOf(
  history: History<ConfigInput, ConfigOutput>,
  kind: Outcome<ConfigOutput>['kind'],
): number {
  return history.filter(({ outcome }) => outcome.kind === kind).length;
}

describe('what clients of the HTTP API see under faults', () => {
  // Goal: reads by index and conditional writes are linearizable, and a refusal that calls itself
  // definite is. Method: eight clients on three keys, through all nodes; nodes are cut off by
  // turns, crash, pause, lose messages, drift and have slow disks; afterwards every node tells the
  // end of every key. The checker gets what the clients saw, and nothing else.
  test.each(seeds(process.env['SEED'], 16))(
    'is linearizable with reads by index (SEED=%i)',
    async (seed) => {
      const { history, lane, result } = await recordStorm('index', seed);
      expectLinearizable(history, lane);
      expect(result.failure).toBeUndefined();
      // A storm that nobody felt would prove nothing, nor one that nobody got through.
      expect(countOf(history, 'ok')).toBeGreaterThan(300);
      expect(countOf(history, 'info')).toBeGreaterThan(20);
    },
  );

  test.each(seeds(process.env['SEED'], 4))(
    'is linearizable with reads by a lease, while clocks are well (SEED=%i)',
    async (seed) => {
      const { history, lane, result } = await recordStorm('lease', seed);
      expectLinearizable(history, lane);
      expect(result.failure).toBeUndefined();
      expect(countOf(history, 'ok')).toBeGreaterThan(300);
    },
  );

  test('random swarms of all faults find nothing', async () => {
    for (const workload of workloads) {
      const { failure } = await huntSeeds(workload, seeds(process.env['SEED'], 10));
      expect(failure).toBeUndefined();
    }
  });

  test('two runs of one seed are the same', async () => {
    const [first, second] = [await recordStorm('index', 1), await recordStorm('index', 1)];
    expect(formatJsonLines(second.history)).toBe(formatJsonLines(first.history));
    expect(second.result.traceHash).toBe(first.result.traceHash);
  });
});

// Goal: what is recorded is enough to catch a read that is not linearizable, and to show it.
// Method: the same clients and faults, but reads that ask no majority, which promise less.
describe('the same with stale reads', () => {
  const seed = 2;

  test('is caught, with a counterexample of a handful of operations', async () => {
    const { history, result } = await recordStorm('stale', seed);
    expect(result.failure?.invariantId).toBe('not-linearizable');
    const { verdict, counterexample } = checkSync(configModel, history);
    expect(verdict).toBe('not-linearizable');
    expect(counterexample?.culprit.input.kind).toBe('get');
    expect(counterexample?.operations.length).toBeLessThanOrEqual(5);
  });

  test('shrinks to a write and a read', async () => {
    const { result } = await recordStorm('stale', seed);
    const workload = configWorkload({ read: 'stale' });
    const { failure } = await shrink(workload, result.failure!);
    const { history, scenario } = await recordRun('stale', failure.scenario);
    expect(scenario.faults.length + scenario.operations.length).toBeLessThanOrEqual(2);
    const { counterexample } = checkSync(configModel, history);
    expect(counterexample?.operations.map(({ input }) => input.kind)).toEqual(['put', 'get']);
  });

  test('leaves a page with the faults, and the operations as JSON lines', async () => {
    const { history, lane } = await recordStorm('stale', seed);
    expect(() => expectLinearizable(history, lane, directory)).toThrow(
      /← impossible\nreport: file:/,
    );
    const [page, lines] = readdirSync(directory).sort();
    const html = readFileSync(path.join(directory, page ?? ''), 'utf8');
    expect(html).toContain('<g class="span"><title>partition n');
    expect(html).toContain('<g class="span"><title>pause n');
    const operations = parseJsonLines(readFileSync(path.join(directory, lines ?? ''), 'utf8'));
    expect(operations).toEqual(history);
  });
});
