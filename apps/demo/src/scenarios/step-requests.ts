/** What a step of a scenario is on real processes, as requests to the supervisor. */
import type { ScenarioStep, StepNode } from './scenario.ts';
import type { ClusterView } from '../supervisor/cluster-view.ts';
import type { LinkFault } from '../supervisor/link-faults.ts';

/** One request. */
export interface StepRequest {
  readonly path: string;
  readonly body?: unknown;
  /** POST if left out. */
  readonly method?: 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
}

type Load = ScenarioStep & { readonly kind: 'load' };

/** What a sync takes in the simulator, in ms, which slows disks by a factor of it. */
const syncMs = 1.75;
const syncDelayMsMax = 60_000;
/** Boards of which a step sets the status. */
const BOARDS_MAX = 8;

/** Whether real processes can do what `steps` ask for: a disk that is wiped is lost for good. */
export function isPlayable(steps: readonly ScenarioStep[]): boolean {
  return steps.every(({ kind }) => kind !== 'wipe' && kind !== 'reads');
}

/** The requests for one step, as the cluster is now. */
export function requestsOf(step: ScenarioStep, view: ClusterView): readonly StepRequest[] {
  const ids = view.nodes.map(({ id }) => id);
  const named = (node: StepNode): string => nodeOf(node, view);
  switch (step.kind) {
    case 'restart': {
      const id = named(step.node);
      const isDown = view.nodes.some((node) => node.id === id && node.process === 'stopped');
      return isDown ? [{ path: `/api/nodes/${id}/restart` }] : [];
    }
    case 'kill':
    case 'pause':
    case 'resume':
      return [{ path: `/api/nodes/${named(step.node)}/${step.kind}` }];
    case 'wipe':
    case 'reads':
      return [];
    case 'partition': {
      const left = step.left.map(named);
      const others = ids.filter((id) => !left.includes(id));
      const right = step.right === 'others' ? others : step.right.map(named);
      if (!step.isOneWay) return [{ path: '/api/partition', body: { groups: [left, right] } }];
      const cuts = left.flatMap((from) => right.map((to) => ({ kind: 'cut' as const, from, to })));
      return withLinks(view, cuts);
    }
    case 'heal':
    case 'calm':
      return [{ path: '/api/heal' }];
    case 'slowDisk': {
      const syncDelayMs = Math.min(syncDelayMsMax, Math.round((step.factor - 1) * syncMs));
      return [{ path: `/api/nodes/${named(step.node)}/machine`, body: { syncDelayMs } }];
    }
    case 'diskFull': {
      const body = { isDiskFull: step.isFull };
      return [{ path: `/api/nodes/${named(step.node)}/machine`, body }];
    }
    case 'skew': {
      const id = named(step.node);
      const clockSkewMs = (view.machines?.[id]?.clockSkewMs ?? 0) + step.byMs;
      return [{ path: `/api/nodes/${id}/machine`, body: { clockSkewMs } }];
    }
    case 'lose':
      return everyLink(view, (ends) => ({ kind: 'drop', ...ends, share: step.share }));
    case 'duplicate':
      return everyLink(view, (ends) => ({ kind: 'duplicate', ...ends, share: step.share }));
    case 'delay':
      return everyLink(view, (ends) => {
        return { kind: 'slow', ...ends, latencyMs: step.medianMs, jitterMs: step.medianMs };
      });
    case 'join':
      return [{ path: '/api/nodes' }];
    case 'leave':
      return [{ path: `/api/nodes/${named(step.node)}`, method: 'DELETE' }];
    case 'links':
      return [{ path: '/api/links', body: { links: step.links } }];
    case 'load':
      return [{ path: '/api/load', body: loadOf(step) }];
    case 'status':
      return boardsOf(view).map((boardId) => ({
        path: `/api/node/${named(step.node)}/v1/boards/${boardId}/ops`,
        body: { operations: [{ kind: 'setStatus', status: step.status }] },
        headers: { 'idempotency-key': `${step.node}-${step.status}-${Date.now()}` },
      }));
  }
}

/** Some of the boards that there are: more would be edited one after the other for a while. */
function boardsOf({ nodes }: ClusterView): readonly string[] {
  const named = nodes.flatMap(({ status }) => Object.keys(status?.boards.digests ?? {}));
  return [...new Set(named)].slice(0, BOARDS_MAX);
}

/** As much of boards and keys as the story asks for; of nothing no mix. */
function loadOf({ edits: edit, reads: read = 0, config }: Load): object {
  const ratePerSecond = edit + read + config;
  return ratePerSecond === 0 ? { ratePerSecond } : { ratePerSecond, mix: { edit, read, config } };
}

/** A fault of every link, in the place of those of its kind. */
function everyLink(
  view: ClusterView,
  faultOf: (ends: { readonly from: string; readonly to: string }) => LinkFault,
): readonly StepRequest[] {
  const ids = view.nodes.map(({ id }) => id);
  const ends = ids.flatMap((from) => ids.map((to) => ({ from, to })));
  return withLinks(view, ends.filter(({ from, to }) => from !== to).map(faultOf));
}

/** Faults of one kind, in the place of those of that kind; what else is wrong stays. */
function withLinks(
  { links = [] }: ClusterView,
  added: readonly LinkFault[],
): readonly StepRequest[] {
  const kept = links.filter(({ kind }) => kind !== added[0]?.kind);
  return [{ path: '/api/links', body: { links: [...kept, ...added] } }];
}

/** A node by its part in the story. */
function nodeOf(node: StepNode, { nodes, leaderId }: ClusterView): string {
  const ids = nodes.map(({ id }) => id);
  const leader = leaderId ?? ids[0] ?? '';
  const followers = ids.filter((id) => id !== leader);
  if (node === 'leader') return leader;
  if (node === 'follower') return followers[0] ?? leader;
  if (node === 'otherFollower') return followers[1] ?? leader;
  return node;
}
