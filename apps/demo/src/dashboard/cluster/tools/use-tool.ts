/** What tools do: each is used once, and then put away. */
import type { ClusterView } from '../../../supervisor/cluster-view.ts';
import type { LinkFault } from '../../../supervisor/link-faults.ts';
import { act } from '../../actions.ts';
import { selectedId, view } from '../../feed.ts';
import { arm, armed, chosen, settings, toggleChosen } from './armed.ts';

/** A node was pointed at: it is selected, or the tool in hand is used on it. */
export function pointAtNode(id: string): void {
  switch (armed.value?.takes) {
    case undefined:
      selectedId.value = id;
      break;
    case 'node':
      useOnNode(id);
      break;
    case 'sides':
      toggleChosen(id);
      break;
    case 'link': {
      toggleChosen(id);
      const [from, to] = chosen.value;
      if (from !== undefined && to !== undefined) useOnLink(from, to);
      break;
    }
  }
}

/** Uses the tool on what is chosen, if that is enough. */
export function useOnChosen(): void {
  const ids = view.value?.nodes.map(({ id }) => id) ?? [];
  const isEnough = chosen.value.length > 0 && chosen.value.length < ids.length;
  if (armed.value?.takes === 'sides' && isEnough) cutOff(chosen.value);
}

/** Uses the tool in hand on the link between two nodes. */
export function useOnLink(from: string, to: string): void {
  const tool = armed.value?.id;
  const { isOneWay, latencyMs, jitterMs, dropPercent, duplicatePercent } = settings.value;
  const faultOf = (ends: { readonly from: string; readonly to: string }): LinkFault | undefined => {
    if (tool === 'slow') return { kind: 'slow', ...ends, latencyMs, jitterMs };
    if (tool === 'drop') return { kind: 'drop', ...ends, share: dropPercent / 100 };
    if (tool === 'duplicate') return { kind: 'duplicate', ...ends, share: duplicatePercent / 100 };
    return undefined;
  };
  const ends = [{ from, to }, ...(isOneWay ? [] : [{ from: to, to: from }])];
  const added = ends.flatMap((each) => faultOf(each) ?? []);
  arm(undefined);
  setLinks(added);
}

/** Parts `side` from the other nodes: for good, or in one direction only. */
export function cutOff(side: readonly string[]): void {
  const ids = view.value?.nodes.map(({ id }) => id) ?? [];
  const others = ids.filter((id) => !side.includes(id));
  const { isOneWay } = settings.value;
  arm(undefined);
  if (!isOneWay) {
    const own = ids.filter((id) => side.includes(id));
    void act('/api/partition', { groups: [own, others] });
    return;
  }
  setLinks(side.flatMap((from) => others.map((to) => ({ kind: 'cut', from, to }) as const)));
}

/** Takes back all that is wrong: faults, paused nodes, stopped nodes. */
export function healAll(): void {
  arm(undefined);
  void act('/api/heal');
  const nodes = view.value?.nodes ?? [];
  if (nodes.some(({ process }) => process === 'paused')) void act('/api/resume');
  for (const { id, process } of nodes) {
    if (process === 'stopped') void act(`/api/nodes/${id}/restart`);
  }
}

function useOnNode(id: string): void {
  const tool = armed.value?.id;
  const node = view.value?.nodes.find((each) => each.id === id);
  const { skewMs, disk, syncDelayMs } = settings.value;
  arm(undefined);
  selectedId.value = id;
  if (tool === 'kill') doTo(id, node?.process === 'stopped' ? 'restart' : 'kill');
  if (tool === 'pause') doTo(id, node?.process === 'paused' ? 'resume' : 'pause');
  if (tool === 'clock') doTo(id, 'machine', { clockSkewMs: skewMs });
  if (tool === 'disk')
    doTo(id, 'machine', disk === 'full' ? { isDiskFull: true } : { syncDelayMs });
}

function doTo(id: string, action: string, body?: unknown): void {
  void act(`/api/nodes/${id}/${action}`, body);
}

/** Adds faults of links; each takes the place of one of its kind. */
function setLinks(added: readonly LinkFault[]): void {
  const kept = (view.value?.links ?? []).filter((old) => !added.some((one) => isSame(old, one)));
  void act('/api/links', { links: [...kept, ...added] } satisfies Pick<ClusterView, 'links'>);
}

function isSame(left: LinkFault, right: LinkFault): boolean {
  return left.kind === right.kind && left.from === right.from && left.to === right.to;
}
