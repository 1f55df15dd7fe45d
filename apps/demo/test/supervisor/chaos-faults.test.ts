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

const joiningMs = 9_000;
const stepOf = (joinsAtMs: number): string =>
  performance.now() < joinsAtMs ? 'catchingUp' : 'member';

/** Plays one episode on two nodes, of which one lacks `missing` boards. */
async function play(
  missing: number,
  episode = loss,
  signal?: AbortSignal,
): Promise<{ done: string[]; runner: FaultRunner }> {
  const done: string[] = [];
  const raft = { leaderId: 'n1', commitIndex: 5, lastApplied: 5 };
  // How long n3 is on its way, once it was asked for.
  let joinsAtMs = Infinity;
  const members = () => [
    ...['n1', 'n2'].map((id) => ({ id, step: 'member' })),
    ...(joinsAtMs === Infinity ? [] : [{ id: 'n3', step: stepOf(joinsAtMs) }]),
  ];
  const nodesNow = () =>
    members().map(({ id }, index) => ({
      ...{ id, process: 'running', statusAgeMs: 0 },
      status: { raft, members: members(), boards: { underReplicatedCount: index * missing } },
    }));
  const note = (what: string): Promise<void> => Promise.resolve(void done.push(what));
  const runner = new FaultRunner({
    supervisor: {
      view: () => ({ nodes: nodesNow(), leaderId: 'n1' }) as never,
      addNode: async () => {
        await note('add a node');
        joinsAtMs = performance.now() + joiningMs;
        return 'n3';
      },
      removeNode: (id: string) => note(`send ${id} away`),
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
    plan: { next: () => episode },
    ...(signal && { signal }),
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

test('a node is added while another fault is on, and all waits until it takes part', async () => {
  const links = [{ kind: 'cut', from: 'n1', to: 'n2' }] as const;
  const faults = [{ kind: 'join' }, { kind: 'one-way', links }] as const;
  const { done, runner } = await play(0, { faults, lastsMs: 2_000, calmMs: 1_000 });
  expect(done).toEqual(['join', 'add a node', 'one-way n1→n2', 'cut off', 'heal']);
  const [join] = runner.rows;
  expect(join).toMatchObject({ fault: 'join', count: 1 });
  // It was asked for when the fault began, 2 s before the repair.
  expect(join?.recoveryMaxMs).toBeGreaterThan(joiningMs - 2_100);
});

test('who is sent away goes while the run goes on', async () => {
  const faults = [{ kind: 'leave', member: 'n2' }] as const;
  const { done } = await play(0, { faults, lastsMs: 2_000, calmMs: 1_000 });
  expect(done).toEqual(['leave n2', 'send n2 away', 'heal']);
});

test('a run that is ended early begins nothing more', async () => {
  const ending = new AbortController();
  ending.abort();
  const { done, runner } = await play(0, loss, ending.signal);
  expect([done, runner.rows]).toEqual([[], []]);
});
