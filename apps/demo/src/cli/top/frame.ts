/** `demo top` as lines of text: a pure function of what is known and of the terminal's size. */
import { answered, isLive, underReplicated } from '../../dashboard/cluster/figures.ts';
import { clockTime, count, milliseconds, phiText, roleOf, share } from '../../dashboard/format.ts';
import { machineText } from '../../machine-faults.ts';
import type { ChartPoint, ClusterView, NodeView } from '../../supervisor/cluster-view.ts';
import { textOf } from '../../supervisor/link-faults.ts';
import type { Tone } from '../colours.ts';
import { safeLine } from '../terminal/safe-text.ts';
import { fit, widthOf } from '../terminal/text-width.ts';
import { sparkline } from './sparkline.ts';
import type { TopView } from './top-view.ts';

/** Of a terminal. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** A line of one tone. */
export interface Line {
  readonly text: string;
  readonly tone?: Tone;
}

const keys = 'k kill/restart  z pause/resume  x cut off  h heal  +/- load  ↑↓ choose  q quit';
const spanMs = 10_000;

/** At most as many lines as there are rows, each of exactly as many columns as there are. */
export function frame(view: TopView, { columns, rows }: Size): readonly Line[] {
  const body = view.cluster === undefined ? [] : clusterLines(view, view.cluster, columns);
  const foot = [
    { text: view.message, tone: 'warn' as const },
    { text: keys, tone: 'dim' as const },
  ];
  const room = Math.max(0, rows - foot.length);
  const marks = view.marks.slice(-Math.max(0, room - body.length)).map(({ atMs, kind, text }) => ({
    text: `${clockTime(atMs)}  ${text}`,
    tone: kind === 'fault' ? ('bad' as const) : ('dim' as const),
  }));
  const filled = [...body, ...(room > body.length ? marks : [])].slice(0, room);
  const blank = Array.from({ length: Math.max(0, room - filled.length) }, () => ({ text: '' }));
  return [...filled, ...blank, ...foot]
    .slice(0, rows)
    .map(({ text, ...line }) => ({ ...line, text: fit(safeLine(text), columns) }));
}

/** The state in one line, for where there is no terminal. */
export function summary({ cluster, points }: TopView): string {
  if (cluster === undefined) return 'no news yet';
  const { okShare, p99Ms } = answered(points, spanMs);
  const risk = underReplicated(cluster.nodes);
  const term = Math.max(0, ...cluster.nodes.map(({ status }) => status?.raft.term ?? 0));
  return [
    `${cluster.nodes.filter(isLive).length}/${cluster.nodes.length} live`,
    `${cluster.leaderId ?? 'nobody'} leads term ${term}`,
    `${risk.isAtLeast ? '≥ ' : ''}${count(risk.count)} of ${count(risk.boardCount)} boards at risk`,
    okShare === undefined ? 'no load' : `${share(okShare)} ok, p99 ${milliseconds(p99Ms)}`,
    verdictOf(cluster).text,
  ].join(' · ');
}

function clusterLines(view: TopView, cluster: ClusterView, columns: number): readonly Line[] {
  const faults = faultLines(cluster);
  return [
    { text: summary(view), tone: verdictOf(cluster).tone },
    { text: '' },
    ...nodeTable(cluster, view.chosen),
    { text: '' },
    ...chartLines(view.points, columns),
    ...faults.map((text) => ({ text, tone: 'warn' as const })),
    { text: '' },
  ];
}

function nodeTable({ nodes, leaderId }: ClusterView, chosen: string | undefined): readonly Line[] {
  const ids = nodes.map(({ id }) => id);
  const head = ['', 'node', 'role', 'term', 'commit', 'log', 'boards', 'loop'];
  const rows = nodes.map((node) => nodeCells(node, leaderId, chosen, ids));
  const all = [[...head, ...ids.map((id) => `φ ${id}`), 'breakers'], ...rows].map((row) =>
    row.map(safeLine),
  );
  const widths = (all[0] ?? []).map((_, column) =>
    Math.max(...all.map((row) => widthOf(row[column] ?? ''))),
  );
  const text = (row: readonly string[]): string =>
    row.map((cell, column) => fit(cell, widths[column] ?? 0)).join('  ');
  const tones = nodes.map((node) =>
    isLive(node) ? (node.id === leaderId ? 'accent' : 'good') : 'bad',
  );
  return all.map((row, index) => ({ text: text(row), tone: tones[index - 1] ?? 'bold' }));
}

function nodeCells(
  node: NodeView,
  leaderId: string | null,
  chosen: string | undefined,
  ids: readonly string[],
): readonly string[] {
  const { id, status } = node;
  const head = [id === chosen ? '>' : ' ', id, `${roleOf(node)}${id === leaderId ? ' *' : ''}`];
  if (status === null) return head;
  const { raft, boards, peers, loopDelayMs } = status;
  const phis = ids.map((other) => {
    const health = peers.find(({ peer }) => peer === other);
    return health === undefined ? '·' : `${phiText(health.phi)}${health.isSuspected ? '!' : ''}`;
  });
  const open = peers.flatMap(({ peer, breakers }) =>
    Object.entries(breakers).flatMap(([method, state]) =>
      state === 'closed' ? [] : [`${peer} ${method} ${state}`],
    ),
  );
  return [
    ...head,
    ...[String(raft.term), count(raft.commitIndex), count(raft.lastLogIndex)],
    ...[count(boards.copyCount), milliseconds(loopDelayMs), ...phis],
    open.length === 0 ? 'closed' : open.join(', '),
  ];
}

function chartLines(points: readonly ChartPoint[], columns: number): readonly Line[] {
  const newest = points.at(-1);
  const width = Math.max(0, Math.min(60, columns - 40));
  const rates = points.map(({ okPerSecond }) => okPerSecond);
  const p99s = points.map(({ p99Ms }) => p99Ms);
  const failed = (newest?.failedPerSecond ?? 0) + (newest?.unknownPerSecond ?? 0);
  const rate = `${count(newest?.okPerSecond ?? 0)} done, ${count(failed)} not`;
  return [
    { text: `req/s  ${sparkline(rates, width)}  ${rate}` },
    { text: `p99    ${sparkline(p99s, width)}  ${milliseconds(newest?.p99Ms ?? 0)}` },
  ];
}

function faultLines({ groups, links = [], machines = {} }: ClusterView): readonly string[] {
  return [
    ...(groups.length === 0
      ? []
      : [`partition: ${groups.map((group) => group.join(',')).join(' | ')}`]),
    ...(links.length === 0 ? [] : [`links: ${textOf(links)}`]),
    ...Object.entries(machines).map(([id, machine]) => `${id}: ${machineText(machine)}`),
  ];
}

function verdictOf({ load: { totals } }: ClusterView): Line & { readonly tone: Tone } {
  const { violationCount, checkedCount } = totals;
  if (violationCount > 0) return { tone: 'bad', text: `✗ ${count(violationCount)} violations` };
  if (checkedCount === 0) return { tone: 'bold', text: '○ not checked yet' };
  return { tone: 'good', text: `✓ nothing lost or stale, ${count(checkedCount)} answers` };
}
