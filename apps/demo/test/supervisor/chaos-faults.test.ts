/** Which faults are allowed, and what is measured, on a cluster that only says what it is told. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { FaultRunner } from '../../src/supervisor/chaos-faults.ts';
import type { Episode } from '../../src/supervisor/chaos-plan.ts';
import { PhaseFigures } from '../../src/supervisor/phase-figures.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

const loss: Episode = {
  faults: [{ kind: 'lose', node: 'n1', links: [{ kind: 'cut', from: 'n1', to: 'n2' }] }],
  ...{ lastsMs: 2_000, calmMs: 1_000 },
};

/** Plays one loss on two nodes, of which one lacks `missing` boards. */
async function play(missing: number): Promise<{ done: string[]; runner: FaultRunner }> {
  const done: string[] = [];
  const raft = { leaderId: 'n1', commitIndex: 5, lastApplied: 5 };
  const nodes = ['n1', 'n2'].map((id, index) => ({
    ...{ id, process: 'running', statusAgeMs: 0 },
    status: { raft, boards: { underReplicatedCount: index * missing } },
  }));
  const note = (what: string): Promise<void> => Promise.resolve(void done.push(what));
  const runner = new FaultRunner({
    supervisor: {
      view: () => ({ nodes, leaderId: 'n1' }) as never,
      setLinks: () => note('cut off'),
      loseBoards: (id: string) => note(`lose ${id}`),
      resume: () => undefined,
      heal: () => note('heal'),
      restart: () => note('restart'),
      kill: () => note('kill'),
      pause: () => undefined,
      partition: () => note('partition'),
      changeMachine: () => note('machine'),
    },
    plan: { next: () => loss },
    figures: new PhaseFigures(),
    watch: { leaderlessMs: 0 },
    whileBoardsRest: async (action) => {
      await note('rest');
      const outcome = await action();
      await note('go on');
      return outcome;
    },
    onFault: (text) => done.push(text),
    onProblem: (text) => done.push(text),
  });
  const running = runner.runUntil(performance.now() + 3_500);
  await vi.advanceTimersByTimeAsync(200_000);
  await running;
  return { done, runner };
}

test('a machine is lost after it was cut off, once all boards are whole', async () => {
  const { done, runner } = await play(0);
  expect(done).toEqual(['rest', 'go on', 'lose n1', 'cut off', 'lose n1', 'heal']);
  expect(runner.rows).toMatchObject([{ fault: 'lose', count: 1, recoveryMaxMs: 0 }]);
  const spans = runner.spans.map(({ label, fromTime, toTime }) => [label, toTime - fromTime]);
  expect(spans).toEqual([['lose n1', 2_000]]);
});

test('while a board lacks a copy no machine is lost, for that may be one too many', async () => {
  const { done, runner } = await play(1);
  expect(done).not.toContain('lose n1');
  expect(done).toContain('boards lacked copies long after all was repaired');
  expect(runner.rows).toEqual([]);
});
