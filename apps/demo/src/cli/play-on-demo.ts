/** `demo chaos play`: the steps of a scenario, done to real processes at their times. */
import { setTimeout as delay } from 'node:timers/promises';

import { scenarios } from '../scenarios/index.ts';
import type { Scenario, ScenarioStep } from '../scenarios/scenario.ts';
import { isPlayable, requestsOf as stepRequestsOf } from '../scenarios/step-requests.ts';
import type { ClusterView } from '../supervisor/cluster-view.ts';
import { nodePath } from './control-action.ts';
import { DemoClient, type DemoRequest, problemText } from './demo-client.ts';
import { type ExitCode, Failure, type Shell } from './shell.ts';

/**
 * What one step asks of the demo, as it is at that moment.
 *
 * @throws Failure if the demo has no way to do it.
 */
export function requestsOf(step: ScenarioStep, view: ClusterView): readonly DemoRequest[] {
  if (!isPlayable([step])) {
    throw new Failure(
      `${step.kind}: expected what processes can do; ` +
        'play this one in virtual time, with `demo scenario`',
    );
  }
  return stepRequestsOf(step, view).map(({ path, body, method, headers }) => ({
    path,
    method: method ?? 'POST',
    ...(headers && { headers: { ...headers, 'content-type': 'application/json' } }),
    ...(body !== undefined && { document: body }),
  }));
}

/** What brings a cluster back to health. */
export function repairsOf(view: ClusterView): readonly DemoRequest[] {
  const post = (path: string, document?: unknown): DemoRequest => ({
    ...{ path, method: 'POST' },
    ...(document !== undefined && { document }),
  });
  const sound = { isDiskFull: false, syncDelayMs: 0, clockSkewMs: 0 };
  return [
    post('/api/resume'),
    post('/api/heal'),
    ...Object.keys(view.machines ?? {}).map((id) => post(nodePath(id, 'machine'), sound)),
    ...view.nodes
      .filter(({ process }) => process === 'stopped')
      .map(({ id }) => post(nodePath(id, 'restart'))),
  ];
}

/** Plays it. @returns 1 if the load saw a broken promise. */
export async function playOnDemo(
  name: string,
  control: string | undefined,
  shell: Shell,
): Promise<ExitCode> {
  const scenario = scenarios.find((one) => one.name === name);
  if (scenario === undefined) {
    const names = scenarios.map((one) => one.name).join(', ');
    shell.note(`demo: <scenario>: expected one of ${names}, got ${name}`);
    return 2;
  }
  const demo = new DemoClient(control);
  try {
    const before = await demo.view();
    // All of them, before anything is broken: a story that cannot be told is not begun.
    for (const step of scenario.steps) requestsOf(step, before);
    await tell(demo, scenario, shell);
    const { load } = await demo.view();
    const broken = load.totals.violationCount - before.load.totals.violationCount;
    const checked = load.totals.checkedCount - before.load.totals.checkedCount;
    const isInterrupted = shell.interrupted.aborted;
    const verdict = { scenario: name, checked, violations: broken, isInterrupted };
    if (shell.isJson) shell.print(JSON.stringify(verdict));
    else shell.print(`${name}: ${checked} answers checked, ${broken} violations`);
    return broken > 0 ? 1 : isInterrupted ? 130 : 0;
  } finally {
    demo.close();
  }
}

async function tell(demo: DemoClient, scenario: Scenario, shell: Shell): Promise<void> {
  const { ratePerSecond, mix } = (await demo.view()).load;
  const { edits, config } = scenario.load;
  const start = { atMs: 0, kind: 'load', edits, config } as const;
  const end = { atMs: scenario.durationMs, kind: 'calm' } as const;
  const startedAtMs = performance.now();
  try {
    for (const step of [start, ...scenario.steps.toSorted((a, b) => a.atMs - b.atMs), end]) {
      const waitMs = Math.max(0, startedAtMs + step.atMs - performance.now());
      await delay(waitMs, undefined, { signal: shell.interrupted }).catch(() => undefined);
      if (shell.interrupted.aborted) return;
      shell.note(`${(step.atMs / 1_000).toFixed(1).padStart(5)} s  ${stepText(step)}`);
      await carryOut(demo, requestsOf(step, await demo.view()), shell);
    }
  } finally {
    await carryOut(demo, repairsOf(await demo.view()), shell);
    await demo.request({ path: '/api/load', method: 'POST', document: { ratePerSecond, mix } });
  }
}

/** What cannot be done now is said, and the story goes on: processes have a will of their own. */
async function carryOut(
  demo: DemoClient,
  requests: readonly DemoRequest[],
  shell: Shell,
): Promise<void> {
  for (const request of requests) {
    const { status, body } = await demo.request(request);
    if (status >= 300) shell.note(`         ${problemText(body)}`);
  }
}

function stepText({ kind, atMs: _, ...step }: ScenarioStep): string {
  const fields = Object.entries(step).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return [kind, ...fields].join(' ').replaceAll('"', '');
}
