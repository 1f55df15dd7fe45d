import { describe, expect, test } from 'vitest';

import { toBase64 } from '../../src/base64.ts';
import { openBoard, perform } from '../../src/board/board.ts';
import { judge } from '../../src/scenarios/claims.ts';
import { scenarios } from '../../src/scenarios/index.ts';
import { ScenarioRun } from '../../src/scenarios/run-scenario.ts';

const [partition] = scenarios;
const hotKey = scenarios.find(({ name }) => name === 'hot-key');

/** A short run in which all went well, to be spoilt. */
async function shortRun(): Promise<ScenarioRun> {
  const run = new ScenarioRun({ ...partition!, steps: [], durationMs: 6_000 }, 1);
  await run.finish();
  return run;
}

const whole = { fromMs: 3_000, untilMs: 6_000, shareMin: 0.9, shareMax: 1 };

describe('a claim', () => {
  test('holds where all went well', async () => {
    const run = await shortRun();
    expect(judge({ kind: 'nothingLost' }, run).holds).toBe(true);
    expect(judge({ kind: 'converged' }, run).holds).toBe(true);
    expect(judge({ kind: 'threeCopies' }, run).holds).toBe(true);
    expect(judge({ kind: 'linearizable' }, run).holds).toBe(true);
    expect(judge({ kind: 'answered', of: 'edits', ...whole }, run).holds).toBe(true);
    expect(judge({ kind: 'answered', of: 'config', ...whole }, run).holds).toBe(true);
  });

  test('that nothing is lost breaks if one edit is missing in one copy', async () => {
    const run = await shortRun();
    const { boardId, atMs } = run.edits[0]!;
    run.edits.push({ boardId, atMs, itemId: 'never made', isConfirmed: true });
    const { holds, detail } = judge({ kind: 'nothingLost' }, run);
    expect([holds, detail]).toEqual([false, `1 of ${run.edits.length} are missing`]);
  });

  test('about nothing breaks: a run without edits shows nothing', () => {
    const run = new ScenarioRun(partition!, 1);
    expect(judge({ kind: 'nothingLost' }, run).holds).toBe(false);
    expect(judge({ kind: 'converged' }, run).holds).toBe(false);
    expect(judge({ kind: 'threeCopies' }, run).holds).toBe(false);
    expect(judge({ kind: 'answered', of: 'edits', ...whole }, run).holds).toBe(false);
    expect(judge({ kind: 'newLeader', fromMs: 0, withinMs: 1_000 }, run).holds).toBe(false);
  });

  test('that no effect comes before its cause breaks with one that did, or without reads', () => {
    const run = new ScenarioRun(partition!, 1);
    expect(judge({ kind: 'causal' }, run).holds).toBe(false);
    run.reader.take('b-1', []);
    expect(judge({ kind: 'causal' }, run).holds).toBe(true);
    const board = openBoard('writer');
    perform(board, { kind: 'setTitle', title: 'cause' });
    const known = board.encodeVersion();
    perform(board, { kind: 'setTitle', title: 'effect' });
    run.reader.take('b-1', board.updatesSince(known).map(toBase64));
    expect(judge({ kind: 'causal' }, run).holds).toBe(false);
  });

  test('that a vote was lost breaks if the next term has a leader', () => {
    const run = new ScenarioRun(partition!, 1);
    const claim = { kind: 'lostVote', fromMs: 100 } as const;
    expect(judge(claim, run).holds).toBe(false);
    run.leaderships.push({ atMs: 50, node: 'n1', term: 1 }, { atMs: 200, node: 'n2', term: 2 });
    expect(judge(claim, run)).toMatchObject({ holds: false, detail: 'term 1, then 2' });
    run.leaderships[1] = { atMs: 200, node: 'n2', term: 3 };
    expect(judge(claim, run).holds).toBe(true);
  });

  test('that breakers open and close breaks if one node goes on asking, or refuses later', () => {
    const run = new ScenarioRun(partition!, 1);
    const claim = { kind: 'breakers', about: 'n3', fromMs: 100, untilMs: 200 } as const;
    expect(judge(claim, run).holds).toBe(false);
    run.avoidances.push({ atMs: 150, about: 'n3', count: 3 }, { atMs: 250, about: 'n2', count: 4 });
    expect(judge(claim, run).holds).toBe(false);
    run.avoidances.push({ atMs: 160, about: 'n3', count: 4 });
    expect(judge(claim, run).holds).toBe(true);
    run.avoidances.push({ atMs: 200, about: 'n3', count: 1 });
    expect(judge(claim, run).holds).toBe(false);
  });

  test('about statuses breaks if one copy has others, or if nobody set them', () => {
    const run = new ScenarioRun(partition!, 1);
    const statuses = ['identified', 'monitoring'] as const;
    const claim = { kind: 'statuses', atMs: 100, statuses: [...statuses] } as const;
    const look = (...copies: readonly (readonly string[])[]): boolean => {
      run.statusLooks.set(100, new Map([['b-1', { set: [...statuses].toReversed(), copies }]]));
      return judge({ ...claim, statuses: [...statuses] }, run).holds;
    };
    expect(judge({ ...claim, statuses: [...statuses] }, run).holds).toBe(false);
    expect(look(['monitoring', 'identified'], ['identified', 'monitoring'])).toBe(true);
    expect(look(['monitoring', 'identified'], ['monitoring'])).toBe(false);
    expect(look(['monitoring', 'identified', 'resolved'])).toBe(false);
    expect(look()).toBe(false);
    run.statusLooks.set(100, new Map([['b-1', { set: ['resolved'], copies: [['resolved']] }]]));
    expect(judge({ ...claim, statuses: [...statuses] }, run).holds).toBe(false);
  });

  test('that no owner gets more than its share breaks where the first one gets all', async () => {
    const run = new ScenarioRun({ ...hotKey!, loadFactor: 1_000 }, 1);
    expect(judge({ kind: 'boundedLoad' }, run).holds).toBe(false);
    await run.runTo(7_000);
    const { holds, detail } = judge({ kind: 'boundedLoad' }, run);
    expect([holds, detail]).toEqual([false, expect.stringMatching(/^[1-9]\d* of .* 0 strayed$/)]);
  });

  test('about retries breaks if one node made more than it may, or nobody made any', () => {
    const run = new ScenarioRun(partition!, 1);
    const counts = { requestCount: 50, strayedCount: 0, overloadCount: 0, deniedRetryCount: 0 };
    const holds = (...retryCounts: readonly number[]): boolean => {
      const value = retryCounts.map((retryCount) => ({ ...counts, retryCount, uptimeMs: 2_000 }));
      Object.defineProperty(run, 'requests', { value, configurable: true });
      return judge({ kind: 'boundedRetries' }, run).holds;
    };
    // A burst of 10, a fifth of 50, and one in each of 2 s.
    expect([holds(0, 22), holds(0, 23), holds(22, 22), holds(0, 0)]).toEqual([
      ...[true, false, true, false],
    ]);
  });

  test('that copies agree breaks when one of them went on alone', async () => {
    const run = await shortRun();
    const { boardId } = run.edits[0]!;
    const owner = run.cluster.ids.find((id) => run.cluster.node(id)?.boardIds().includes(boardId));
    const others = run.cluster.ids.filter((id) => id !== owner);
    const partitioned = { kind: 'partition', left: [owner!], right: others } as const;
    void run.cluster.act({ kind: 'fault', fault: partitioned });
    const operations = [{ kind: 'addAffected', amount: 1 }];
    void run.cluster.act({
      kind: 'request',
      request: {
        node: owner!,
        method: 'POST',
        path: `/v1/boards/${boardId}/ops`,
        headers: { 'content-type': 'application/json', 'idempotency-key': 'alone' },
        body: JSON.stringify({ operations }),
      },
    });
    await run.cluster.runTo(run.cluster.nowMs + 5_000);
    expect(judge({ kind: 'converged' }, run).holds).toBe(false);
  });
});
