import { describe, expect, test } from 'vitest';

import { parseLink, type RunPlan } from '../../src/sim/run-link.ts';
import { SimSupervisor } from '../../src/sim/sim-supervisor.ts';
import type { PageEvent } from '../../src/supervisor/cluster-view.ts';

const plan: RunPlan = { seed: 1, scenario: undefined, atMs: 3_000, inputs: [] };

/** Pumps until the run stands still, or is at `atMs`. */
async function pumpTo(demo: SimSupervisor, atMs: number): Promise<void> {
  while (demo.isBusy && (demo.state.isSeeking || demo.state.nowMs < atMs)) {
    await demo.pump(50, () => true);
  }
}

/** At 3 s, with a leader. */
async function started(): Promise<SimSupervisor> {
  const demo = new SimSupervisor(plan);
  await pumpTo(demo, 0);
  return demo;
}

/** Back at `atMs`, and all that came after it forgotten. */
async function forked(demo: SimSupervisor, atMs: number): Promise<void> {
  const arrived = demo.fork(atMs);
  await pumpTo(demo, 0);
  await arrived;
}

const processes = (demo: SimSupervisor): unknown =>
  Object.fromEntries(demo.view().nodes.map(({ id, process }) => [id, process]));

describe('a simulated cluster', () => {
  test('has a leader, and another one when that is killed', async () => {
    const demo = await started();
    const first = demo.view().leaderId ?? '';
    expect(first).toMatch(/^n[1-5]$/);
    await demo.kill(first);
    await pumpTo(demo, 8_000);
    const { leaderId, nodes } = demo.view();
    expect(leaderId).toMatch(/^n[1-5]$/);
    expect(leaderId).not.toBe(first);
    expect(nodes.find(({ id }) => id === first)).toMatchObject({
      process: 'stopped',
      status: null,
    });
    await expect(demo.kill(first)).rejects.toThrow(`${first} is already stopped`);
    await demo.restart(first);
    await pumpTo(demo, 9_000);
    expect(new Set(Object.values(processes(demo) as object))).toEqual(new Set(['running']));
  });

  test('is cut and healed, paused and resumed', async () => {
    const demo = await started();
    const leader = demo.view().leaderId ?? '';
    const others = ['n1', 'n2', 'n3', 'n4', 'n5'].filter((id) => id !== leader);
    await demo.partition([[leader], others]);
    expect(demo.view().groups).toEqual([[leader], others]);
    await pumpTo(demo, 7_000);
    expect(demo.view().leaderId).not.toBe(leader);
    await demo.heal();
    expect(demo.view().groups).toEqual([]);
    await demo.pause('n1');
    await pumpTo(demo, 8_000);
    expect(processes(demo)).toMatchObject({ n1: 'paused', n2: 'running' });
    expect(demo.view().nodes[0]?.status?.id).toBe('n1');
    await demo.resume();
    expect(processes(demo)).toMatchObject({ n1: 'running' });
    await expect(demo.resume('n1')).rejects.toThrow('n1 is running');
    await expect(demo.pause('n6')).rejects.toThrow('there is no node n6');
    await expect(demo.partition([['n1'], ['n7']])).rejects.toThrow('there is no node n7');
  });

  test('has full disks, slow disks and wrong wall clocks, until healed', async () => {
    const demo = await started();
    await demo.changeMachine('n1', { isDiskFull: true });
    await demo.changeMachine('n2', { clockSkewMs: 5_000, syncDelayMs: 35 });
    await demo.changeMachine('n2', { clockSkewMs: 3_000 });
    const sound = { isDiskFull: false, syncDelayMs: 0, clockSkewMs: 0 };
    expect(demo.view().machines).toEqual({
      n1: { ...sound, isDiskFull: true },
      n2: { ...sound, syncDelayMs: 35, clockSkewMs: 3_000 },
    });
    await pumpTo(demo, 5_000);
    const ahead = demo.view().nodes.map(({ status }) => status?.hybridAheadMs ?? 0);
    expect(ahead[1]).toBe(0);
    expect(ahead[2]).toBeGreaterThan(2_000);
    await demo.heal();
    expect(demo.view().machines).toEqual({});
    await expect(demo.changeMachine('n7', { isDiskFull: true })).rejects.toThrow('no node n7');
    const parsed = parseLink(`cluster?${demo.state.link}`);
    expect(parsed.kind === 'plan' ? parsed.plan.inputs.length : parsed).toBe(8);
  });

  test('is asked for what the mix says, and as before where it says nothing', async () => {
    const demo = await started();
    await demo.setLoad(40, { edit: 1, read: 2, config: 1 });
    await demo.setLoad(80);
    expect(demo.view().load).toMatchObject({
      ratePerSecond: 80,
      mix: { edit: 20, read: 40, config: 20 },
    });
    await demo.setLoad(0);
    expect(demo.view().load.mix).toBeUndefined();
    await demo.setLoad(10);
    expect(demo.view().load.mix).toEqual({ edit: 5, read: 0, config: 5 });
    const many = { edit: 0, read: 1, config: 0 };
    await expect(demo.setLoad(1_001, many)).rejects.toThrow('at most 1000 requests/s of each kind');
  });

  test('is under a load that is checked', async () => {
    const demo = await started();
    await demo.setLoad(60);
    const events: PageEvent[] = [];
    demo.pageEvents.subscribe((event) => events.push(event));
    await pumpTo(demo, 6_000);
    const { ratePerSecond, totals } = demo.view().load;
    expect(ratePerSecond).toBe(60);
    expect(totals.acknowledgedCount).toBeGreaterThan(100);
    expect(totals.checkedCount).toBeGreaterThan(30);
    expect(totals.violationCount).toBe(0);
    const kinds = new Set(events.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['messages', 'view', 'point']));
    await expect(demo.setLoad(2_001)).rejects.toThrow('at most 1000');
  });

  test('answers for keys while it stands still, in virtual time', async () => {
    const demo = await started();
    demo.setPlaying('standing');
    const ask = async (method: string, path: string, body?: string): Promise<Response> => {
      const headers = { 'content-type': 'application/json' };
      const asked = demo.askNode('n2', {
        method,
        path,
        headers,
        ...(body !== undefined && { body }),
      });
      await pumpTo(demo, 60_000);
      return asked;
    };
    expect((await ask('PUT', '/v1/config/a', '{"value":"b"}')).status).toBe(201);
    expect(await (await ask('GET', '/v1/config/a')).json()).toMatchObject({ value: 'b' });
    expect(demo.state.nowMs).toBeLessThan(4_000);
    await demo.pause('n2');
    await expect(ask('GET', '/v1/config/a')).rejects.toThrow('n2 is down, or stands still');
    await expect(ask('PATCH', '/v1/config/a')).rejects.toThrow('takes no such request');
  });
});

describe('a run', () => {
  test('is made again by its link, with what was done by hand', async () => {
    const demo = await started();
    await demo.kill('n1');
    await pumpTo(demo, 4_000);
    await demo.restart('n1');
    await demo.setLoad(20, { edit: 1, read: 2, config: 1 });
    await pumpTo(demo, 6_000);
    const { link, hash, nowMs } = demo.state;
    const parsed = parseLink(`cluster?${link}`);
    if (parsed.kind !== 'plan') throw new Error(link);
    const again = new SimSupervisor(parsed.plan);
    while (again.state.isSeeking) await again.pump(1, () => false);
    expect(again.state).toMatchObject({ hash, nowMs, link });
  });

  test('is wound back, and forks where something else is done', async () => {
    const demo = await started();
    await pumpTo(demo, 4_000);
    await demo.kill('n1');
    const { hash, nowMs } = demo.state;
    await pumpTo(demo, 6_000);
    const later = demo.state;
    await demo.seek(nowMs);
    await pumpTo(demo, 0);
    expect(demo.state).toMatchObject({ hash, horizonMs: later.nowMs, inputCount: 1 });
    await demo.seek(later.nowMs);
    await pumpTo(demo, 0);
    expect(demo.state.hash).toBe(later.hash);
    await demo.seek(nowMs - 500);
    await pumpTo(demo, 0);
    await demo.pause('n2');
    expect(demo.state).toMatchObject({ horizonMs: nowMs - 500, inputCount: 1 });
    await pumpTo(demo, later.nowMs);
    expect(demo.state.hash).not.toBe(later.hash);
  });

  test('is the same whether somebody watches or not', async () => {
    const demo = await started();
    const alone = await started();
    const leaving = new AbortController();
    const heard: unknown[] = [];
    demo.pageEvents.subscribe((event) => heard.push(event));
    for (const { id } of demo.view().nodes) {
      for (const path of ['/admin/trace', '/admin/events']) {
        const { body } = await demo.openStream(id, path, leaving.signal);
        void body?.pipeTo(new WritableStream({ write: (chunk) => void heard.push(chunk) }));
      }
    }
    await pumpTo(demo, 5_000);
    await alone.seek(demo.state.nowMs);
    await pumpTo(alone, 0);
    expect(heard.length).toBeGreaterThan(50);
    expect(alone.state).toMatchObject({ nowMs: demo.state.nowMs, hash: demo.state.hash });
  });

  test('stands still after the next message, at the end of its instant', async () => {
    const demo = await started();
    const { nowMs } = demo.state;
    for (const what of ['event', 'message'] as const) {
      await demo.stepTo(what);
      await pumpTo(demo, 0);
    }
    const later = demo.state;
    expect(later.isPlaying).toBe(false);
    expect(later.nowMs).toBeGreaterThan(nowMs);
    expect(later.nowMs).toBeLessThan(nowMs + 100);
    await demo.seek(1_000);
    await demo.seek(later.nowMs);
    await pumpTo(demo, 0);
    expect(demo.state.hash).toBe(later.hash);
  });

  test('goes on from the past by way of runs behind it', async () => {
    const demo = new SimSupervisor({ ...plan, atMs: 12_000 }, { hasTrail: true });
    await pumpTo(demo, 0);
    await demo.kill('n1');
    await demo.seek(26_000);
    await pumpTo(demo, 0);
    const { hash } = demo.state;
    // Both runs behind have come so far, and one knows of the kill.
    await demo.pump(0, () => true);
    await demo.seek(21_000);
    expect(demo.state.nowMs).toBe(20_000);
    await demo.seek(26_000);
    await pumpTo(demo, 0);
    expect(demo.state.hash).toBe(hash);
    await forked(demo, 13_000);
    expect(demo.state).toMatchObject({ horizonMs: 13_000, nowMs: 13_000, inputCount: 1 });
    await forked(demo, 12_000);
    expect(demo.view().nodes[0]?.process).toBe('stopped');
    await forked(demo, 11_000);
    expect(demo.state).toMatchObject({ nowMs: 11_000, inputCount: 0 });
  });

  test.each(['flaky', 'radioactive'] as const)('%s: things go wrong by seed', async (faults) => {
    const demo = new SimSupervisor({ ...plan, faults, atMs: 20_000 });
    await pumpTo(demo, 0);
    const { history } = demo.charts;
    const marks = history.kind === 'history' ? history.marks : [];
    expect(marks.filter(({ kind }) => kind === 'fault').length).toBeGreaterThan(1);
    const parsed = parseLink(`?${demo.state.link}`);
    expect(parsed).toMatchObject({ kind: 'plan', plan: { faults, atMs: 20_000 } });
    const calm = new SimSupervisor({ ...plan, atMs: 20_000 });
    await pumpTo(calm, 0);
    expect(calm.state.hash).not.toBe(demo.state.hash);
  });

  test('takes as much by hand as a link can hold', async () => {
    const demo = await started();
    for (let count = 0; count < 1_000; count += 1) await demo.heal();
    expect(parseLink(`?${demo.state.link}`).kind).toBe('plan');
    await expect(demo.heal()).rejects.toThrow('at most 1000 actions');
  });

  test('of a scenario ends with what became of its claims', async () => {
    const demo = new SimSupervisor({ ...plan, scenario: 'leader-killed', atMs: 60_000 });
    await pumpTo(demo, 60_000);
    const { judgements, nowMs } = demo.state;
    expect(nowMs).toBe(40_000);
    expect(judgements.map(({ claim }) => claim)).toContain('newLeader');
    expect(judgements.filter(({ holds }) => !holds)).toEqual([]);
    expect(demo.isBusy).toBe(false);
    const marks = demo.charts.history.kind === 'history' ? demo.charts.history.marks : [];
    expect(marks.map(({ text }) => text).join()).toContain('kill n');
  });
});
