/** `demo chaos play`: the steps of a scenario, done to real processes at their times. */
import { setTimeout as delay } from 'node:timers/promises';

import { scenarios } from '../scenarios/index.ts';
import type { Scenario, ScenarioStep, StepNode } from '../scenarios/scenario.ts';
import type { ClusterView } from '../supervisor/cluster-view.ts';
import { nodePath } from './control-action.ts';
import { DemoClient, type DemoRequest, problemText } from './demo-client.ts';
import { endsOf, withFault } from './links.ts';
import { type ExitCode, Failure, type Shell } from './shell.ts';

/** What a disk whose syncs should take so many times longer is given, in ms. */
const syncMs = 1;
const syncDelayMsMax = 5_000;

/**
 * What one step asks of the demo, as it is at that moment.
 *
 * @throws Failure if the demo has no way to do it.
 */
export function requestsOf(step: ScenarioStep, view: ClusterView): readonly DemoRequest[] {
  const post = (path: string, document?: unknown): DemoRequest => ({
    ...{ path, method: 'POST' },
    ...(document !== undefined && { document }),
  });
  const ids = view.nodes.map(({ id }) => id);
  const nodeOf = (node: StepNode): string => nodeIn(view, node);
  const everywhere = (fault: Parameters<typeof withFault>[1]): readonly DemoRequest[] => [
    post('/api/links', { links: withFault(view.links ?? [], fault, endsOf('all', 'both', ids)) }),
  ];
  const machine = (node: StepNode, change: unknown): readonly DemoRequest[] => [
    post(nodePath(nodeOf(node), 'machine'), change),
  ];
  switch (step.kind) {
    case 'kill':
    case 'restart':
    case 'pause':
    case 'resume':
      return [post(nodePath(nodeOf(step.node), step.kind))];
    case 'partition': {
      const left = step.left.map(nodeOf);
      const others = ids.filter((id) => !left.includes(id));
      const right = step.right === 'others' ? others : step.right.map(nodeOf);
      if (!step.isOneWay) return [post('/api/partition', { groups: [left, right] })];
      const ends = left.flatMap((from) => right.map((to) => [from, to] as const));
      return [post('/api/links', { links: withFault(view.links ?? [], { kind: 'cut' }, ends) })];
    }
    case 'heal':
      return [post('/api/heal')];
    case 'slowDisk': {
      const syncDelayMs = Math.min(syncDelayMsMax, (step.factor - 1) * syncMs);
      return machine(step.node, { syncDelayMs });
    }
    case 'diskFull':
      return machine(step.node, { isDiskFull: step.isFull });
    case 'skew':
      return machine(step.node, { clockSkewMs: step.byMs });
    case 'lose':
    case 'duplicate': {
      const kind = step.kind === 'lose' ? 'drop' : 'duplicate';
      return everywhere({ kind, share: step.share });
    }
    case 'delay':
      return everywhere({ kind: 'slow', latencyMs: step.medianMs, jitterMs: step.medianMs });
    case 'load':
      return [post('/api/load', { ratePerSecond: step.edits + step.config })];
    case 'join':
      return [post('/api/nodes')];
    case 'leave':
      return [{ path: `/api/nodes/${encodeURIComponent(nodeOf(step.node))}`, method: 'DELETE' }];
    case 'calm':
      return repairsOf(view);
    default:
      throw new Failure(
        `${step.kind}: expected what processes can do; ` +
          'play this one in virtual time, with `demo scenario`',
      );
  }
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
  const { ratePerSecond } = (await demo.view()).load;
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
    await demo.request({ path: '/api/load', method: 'POST', document: { ratePerSecond } });
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

function nodeIn({ nodes, leaderId }: ClusterView, node: StepNode): string {
  const ids = nodes.map(({ id }) => id);
  const leader = leaderId ?? ids[0] ?? 'n1';
  const followers = ids.filter((id) => id !== leader);
  if (node === 'leader') return leader;
  if (node === 'follower') return followers[0] ?? leader;
  if (node === 'otherFollower') return followers[1] ?? leader;
  return node;
}
