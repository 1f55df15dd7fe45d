import { describe, expect, test } from 'vitest';

import { createSimApi } from '../../src/sim/sim-routes.ts';
import { parseLink } from '../../src/sim/run-link.ts';
import { SimSupervisor } from '../../src/sim/sim-supervisor.ts';
import type { CheckReport } from '../../src/check/check-report.ts';

async function pumpTo(demo: SimSupervisor, atMs: number): Promise<void> {
  while (demo.isBusy && (demo.state.isSeeking || demo.state.nowMs < atMs)) {
    await demo.pump(50, () => true);
  }
}

async function started(seed: number): Promise<SimSupervisor> {
  const demo = new SimSupervisor({ seed, scenario: undefined, atMs: 3_000, inputs: [] });
  await pumpTo(demo, 0);
  return demo;
}

describe('a simulated run', () => {
  test.each([1, 2, 3])('shows a broken rule within seconds, in red (seed %i)', async (seed) => {
    const demo = await started(seed);
    expect(demo.view().check).toMatchObject({ isRecording: true, isBroken: false });
    await demo.checks.breakRule('broken');
    expect(demo.view().check?.isBroken).toBe(true);
    await pumpTo(demo, 8_000);
    expect(demo.view().check?.verdict).toBe('not-linearizable');
    const report = await demo.checks.run('config');
    if (report.model !== 'config') throw new Error(report.model);
    expect(report.verdict).toBe('not-linearizable');
    const { bars = [] } = report.counterexample ?? {};
    expect(bars.length).toBeLessThanOrEqual(5);
    expect(bars.find(({ isCulprit }) => isCulprit)?.text).toMatch(/^get/);
    // The same run by its link shows the same.
    const parsed = parseLink(`check?${demo.state.link}`);
    if (parsed.kind !== 'plan') throw new Error(demo.state.link);
    const again = new SimSupervisor(parsed.plan);
    await pumpTo(again, 0);
    expect(await again.checks.run('config')).toEqual(report);
  });

  test('keeps the rule under the same load and cut', async () => {
    const demo = await started(1);
    await demo.checks.breakRule('broken');
    await demo.checks.breakRule('kept');
    expect(demo.view().check?.isBroken).toBe(false);
    await demo.setLoad(60);
    await demo.partition([['n5'], ['n1', 'n2', 'n3', 'n4']]);
    await pumpTo(demo, 8_000);
    expect((await demo.checks.run('config')) as unknown).toMatchObject({ verdict: 'linearizable' });
  });

  test('judges its boards, and waits for what is cut off', async () => {
    const demo = await started(1);
    await pumpTo(demo, 4_000);
    await demo.partition([
      ['n5', 'n4'],
      ['n1', 'n2', 'n3'],
    ]);
    await pumpTo(demo, 7_000);
    const cut = (await demo.checks.run('boards')) as CheckReport & { readonly model: 'boards' };
    expect(cut.verdict).toBe('pending');
    expect(cut.boards.flatMap(({ groups }) => groups).length).toBeGreaterThan(1);
    await demo.heal();
    await demo.setLoad(0);
    await pumpTo(demo, 12_000);
    expect(await demo.checks.run('boards')).toMatchObject({ verdict: 'kept', boards: [] });
  });
});

describe('its routes', () => {
  test('run a check, break a rule, and refuse what they do not know', async () => {
    const demo = await started(1);
    const api = createSimApi(demo);
    const ask = (body: unknown) =>
      api.request('/api/check', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const ran = await ask({ kind: 'run', model: 'config', key: 'k1.0' });
    expect(await ran.json()).toMatchObject({ model: 'config', picture: { key: 'k1.0' } });
    expect((await ask({ kind: 'rule', mode: 'broken' })).status).toBe(200);
    expect(await (await api.request('/api/check')).json()).toMatchObject({ isBroken: true });
    expect((await ask({ kind: 'record', mode: 'off' })).status).toBe(409);
    for (const body of [{ kind: 'run', model: 'x' }, { kind: 'rule' }, {}, 1]) {
      expect((await ask(body)).status).toBe(400);
    }
  });
});
