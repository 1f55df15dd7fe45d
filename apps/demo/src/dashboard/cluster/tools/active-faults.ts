/** What is wrong with the cluster by somebody's hand, one by one, and how each is taken back. */
import type { ClusterView } from '../../../supervisor/cluster-view.ts';
import type { LinkFault } from '../../../supervisor/link-faults.ts';

/** One thing that is wrong. */
export interface ActiveFault {
  /** What it is, in a few words; no two are the same. */
  readonly text: string;
  /** What ends it. */
  readonly end: { readonly path: string; readonly body?: unknown; readonly method?: 'DELETE' };
}

/** All that is wrong, in the order of the palette. */
export function activeFaults(view: ClusterView): readonly ActiveFault[] {
  const { nodes, groups, links = [], machines = {} } = view;
  const stopped = nodes.filter(({ process }) => process === 'stopped');
  const paused = nodes.filter(({ process }) => process === 'paused');
  return [
    ...stopped.map(({ id }) => ({ text: `${id} down`, end: { path: `/api/nodes/${id}/restart` } })),
    ...paused.map(({ id }) => ({ text: `${id} paused`, end: { path: `/api/nodes/${id}/resume` } })),
    ...(groups.length === 0 ? [] : [partition(groups)]),
    ...linkFaults(links),
    ...Object.entries(machines).flatMap(([id, machine]) => machineFaults(id, machine)),
  ];
}

function partition(groups: ClusterView['groups']): ActiveFault {
  const text = groups.map((group) => group.join(' ')).join(' | ');
  return { text, end: { path: '/api/partition', method: 'DELETE' } };
}

type Machine = NonNullable<ClusterView['machines']>[string];

function machineFaults(
  id: string,
  { isDiskFull, syncDelayMs, clockSkewMs }: Machine,
): readonly ActiveFault[] {
  const fault = (text: string, body: unknown): ActiveFault => ({
    text: `${id} ${text}`,
    end: { path: `/api/nodes/${id}/machine`, body },
  });
  const sign = clockSkewMs > 0 ? '+' : '−';
  return [
    ...(isDiskFull ? [fault('disk full', { isDiskFull: false })] : []),
    ...(syncDelayMs > 0 ? [fault(`syncs +${syncDelayMs} ms`, { syncDelayMs: 0 })] : []),
    ...(clockSkewMs === 0
      ? []
      : [fault(`clock ${sign}${Math.abs(clockSkewMs)} ms`, { clockSkewMs: 0 })]),
  ];
}

/** Faults of links, those of the same kind and measure between the same nodes together. */
function linkFaults(links: readonly LinkFault[]): readonly ActiveFault[] {
  const bundles = new Map<string, LinkFault[]>();
  for (const link of links) {
    const key = bundleOf(link, links);
    bundles.set(key, [...(bundles.get(key) ?? []), link]);
  }
  return [...bundles].map(([text, bundle]) => ({
    text,
    end: { path: '/api/links', body: { links: links.filter((link) => !bundle.includes(link)) } },
  }));
}

/** The words for a fault and all that belong to it. */
function bundleOf(link: LinkFault, links: readonly LinkFault[]): string {
  const { from, to } = link;
  if (link.kind === 'cut') {
    const targets = targetsOf(from, links);
    const sources = [...new Set(links.map((each) => each.from))].filter(
      (source) => targetsOf(source, links).join() === targets.join(),
    );
    return `cut ${sources.join(' ')} → ${targets.join(' ')}`;
  }
  const measure = measureOf(link);
  const isBack = (each: LinkFault): boolean =>
    each.from === to && each.to === from && measureOf(each) === measure;
  const [left, right] = [from, to].toSorted();
  return links.some(isBack) ? `${measure} ${left} ↔ ${right}` : `${measure} ${from} → ${to}`;
}

function targetsOf(source: string, links: readonly LinkFault[]): readonly string[] {
  const cuts = links.filter(({ kind, from }) => kind === 'cut' && from === source);
  return cuts.map(({ to }) => to).toSorted();
}

function measureOf(link: LinkFault): string {
  switch (link.kind) {
    case 'slow':
      return `slow ${link.latencyMs}–${link.latencyMs + link.jitterMs} ms`;
    case 'drop':
      return `drop ${Math.round(link.share * 100)} %`;
    case 'duplicate':
      return `double ${Math.round(link.share * 100)} %`;
    case 'cut':
      return 'cut';
  }
}
