/** Nodes that come and go, and how long it takes until they have. */
import { setTimeout as delay } from 'node:timers/promises';

import type { ClusterView } from '../supervisor/cluster-view.ts';
import { DemoClient, type DemoRequest, say } from './demo-client.ts';
import { type ExitCode, Failure, type Shell } from './shell.ts';
import { viewText } from './view-text.ts';

/** A change of the members. */
export interface MemberAction {
  readonly control: string | undefined;
  readonly request: DemoRequest;
  /** Who is to be gone then, if it is somebody. */
  readonly leavingId?: string;
  /** How long to wait until it is done, in ms; undefined if it is enough that it is wanted. */
  readonly waitMs: number | undefined;
}

/** While nobody leads the demo asks again for so long, in ms. */
const timeoutMs = 120_000;
const lookMs = 250;

/** Asks for it, waits for it if that is wanted, and prints the cluster. */
export async function changeMembers(action: MemberAction, shell: Shell): Promise<ExitCode> {
  const demo = new DemoClient(action.control);
  try {
    let answer = await demo.request({ timeoutMs, ...action.request });
    if (answer.status < 300 && action.waitMs !== undefined) {
      await settled(demo, { ...action, waitMs: action.waitMs }, shell);
      answer = await demo.request({ path: '/api/view' });
    }
    return say(answer, shell, (body) => viewText(JSON.parse(body) as ClusterView));
  } finally {
    demo.close();
  }
}

/** Settles once all nodes are members, only they are there, and who leaves is gone. */
async function settled(
  demo: Pick<DemoClient, 'view'>,
  { waitMs, leavingId }: { readonly waitMs: number; readonly leavingId?: string },
  { progress, interrupted }: Pick<Shell, 'progress' | 'interrupted'>,
): Promise<void> {
  const deadlineMs = performance.now() + waitMs;
  for (;;) {
    const steps = stepsOf(await demo.view(), leavingId);
    if (steps?.length === 0) return;
    const text = steps?.join(', ') ?? 'nobody leads';
    progress.show(text);
    if (performance.now() >= deadlineMs) throw new Failure(`not done in time: ${text}`);
    await delay(lookMs, undefined, { signal: interrupted }).catch(() => undefined);
    if (interrupted.aborted) throw new Failure(`given up waiting: ${text}`);
  }
}

/**
 * Nodes that are on their way, and how far they are; undefined while nobody leads, who alone knows.
 */
export function stepsOf(
  { nodes, leaderId }: ClusterView,
  leavingId?: string,
): readonly string[] | undefined {
  const members = nodes.find(({ id }) => id === leaderId)?.status?.members;
  if (members === undefined) return undefined;
  const moving = members.filter(({ id, step }) => step !== 'member' || id === leavingId);
  const strangers = nodes.filter(({ id }) => !members.some((member) => member.id === id));
  return [
    ...moving.map(({ id, step }) => `${id} ${step}`),
    ...strangers.map(({ id }) => `${id} not listed`),
  ];
}
