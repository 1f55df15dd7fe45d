import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import type { ClusterView, NodeView } from '../../supervisor/cluster-view.ts';
import { selectedId, view } from '../feed.ts';
import { count, roleOf } from '../format.ts';
import { legend, type MessageLook } from './message-kinds.ts';
import { drawMessages, prefersStillness, type Shown } from './message-layer.ts';
import { labelOffset, placeOf, type Point, ring } from './ring-geometry.ts';

const shown = signal<Shown>({ shownPerSecond: 0, totalPerSecond: 0 });

/** The cluster as a ring: nodes, links, cuts, and messages on their way. */
export function RingPanel() {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (!canvas.current) return undefined;
    return drawMessages(canvas.current, (next) => {
      shown.value = next;
    });
  }, []);
  const cluster = view.value;
  return (
    <section class="panel" aria-labelledby="ring-title">
      <div class="panel-head">
        <h2 id="ring-title">Cluster</h2>
        <p class="hint">{shownText(shown.value)}</p>
      </div>
      <div class="ring">
        {cluster ? <Ring cluster={cluster} /> : <p class="empty">Waiting for the nodes …</p>}
        <canvas ref={canvas} aria-hidden="true" />
      </div>
      <ul class="legend">
        {legend.map((look) => (
          <li key={look.label}>
            <Swatch look={look} /> {look.label}
          </li>
        ))}
        <li>
          <span class="cross">✕</span> not delivered: partition, or nobody there
        </li>
      </ul>
    </section>
  );
}

function shownText({ shownPerSecond, totalPerSecond }: Shown): string {
  const total = `${count(totalPerSecond)} messages/s`;
  if (prefersStillness.matches) return `${total}, not drawn: your system asks for less motion`;
  if (totalPerSecond === 0) return 'each dot is one real message, its flight slowed down';
  if (shownPerSecond >= totalPerSecond) return `each dot is one of the ${total}, slowed down`;
  return `sample: ${count(shownPerSecond)} of ${total} drawn, each a real one, slowed down`;
}

function Ring({ cluster }: { readonly cluster: ClusterView }) {
  const places = cluster.nodes.map((_, index) => placeOf(index, cluster.nodes.length));
  return (
    <svg viewBox={`0 0 ${ring.width} ${ring.height}`} role="group">
      <title>
        Nodes and the links between them; the table at the end of the page says the same
      </title>
      {linksOf(cluster).map(({ from, to, isCut }) => (
        <Link
          key={`${from}-${to}`}
          from={places[from] ?? { x: 0, y: 0 }}
          to={places[to] ?? { x: 0, y: 0 }}
          isCut={isCut}
        />
      ))}
      {cluster.nodes.map((node, index) => (
        <NodeMark key={node.id} node={node} at={places[index] ?? { x: 0, y: 0 }} />
      ))}
    </svg>
  );
}

function linksOf(
  cluster: ClusterView,
): readonly { readonly from: number; readonly to: number; readonly isCut: boolean }[] {
  const groupOf = (id: string): number => cluster.groups.findIndex((group) => group.includes(id));
  return cluster.nodes.flatMap((left, from) =>
    cluster.nodes.slice(from + 1).map((right, offset) => {
      const [one, other] = [groupOf(left.id), groupOf(right.id)];
      return { from, to: from + 1 + offset, isCut: one >= 0 && other >= 0 && one !== other };
    }),
  );
}

function Link(props: { readonly from: Point; readonly to: Point; readonly isCut: boolean }) {
  const { from, to, isCut } = props;
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const angle = (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
  return (
    <g class={isCut ? 'link cut' : 'link'}>
      <line x1={from.x} y1={from.y} x2={to.x} y2={to.y} />
      {isCut ? (
        <g transform={`translate(${middle.x} ${middle.y}) rotate(${angle})`}>
          <rect x="-9" y="-16" width="18" height="32" class="gap" />
          <path d="M -6 -16 L -2 -5 L -8 5 L -4 16 M 5 -16 L 9 -5 L 3 5 L 7 16" />
        </g>
      ) : undefined}
    </g>
  );
}

function NodeMark({ node, at }: { readonly node: NodeView; readonly at: Point }) {
  const role = roleOf(node);
  const raft = node.status?.raft;
  const isSelected = node.id === selectedId.value;
  const select = (): void => {
    selectedId.value = node.id;
  };
  const label = `${node.id}, ${role}${raft ? `, term ${raft.term}` : ''}`;
  return (
    <g
      class={`node ${role}${isSelected ? ' selected' : ''}`}
      transform={`translate(${at.x} ${at.y})`}
      role="button"
      tabindex={0}
      aria-pressed={isSelected}
      aria-label={label}
      onClick={select}
      onKeyDown={(event: KeyboardEvent) => {
        if (event.key === 'Enter' || event.key === ' ') select();
      }}
    >
      <circle class="halo" r={ring.nodeRadius + 7} />
      <circle class="body" r={ring.nodeRadius} />
      {role === 'leader' ? (
        <path class="crown" d="M-17 -43 l-5 -21 l13 9 l9 -15 l9 15 l13 -9 l-5 21 z" />
      ) : undefined}
      <text class="name" y="-4">
        {node.id}
      </text>
      <text class="role" y="14">
        {role}
      </text>
      <NodeSign role={role} />
      <text class="below" y={labelOffset(at, role === 'leader')}>
        {raft ? `term ${raft.term} · committed ${count(raft.commitIndex)}` : ''}
      </text>
    </g>
  );
}

/** A shape for each state that is no role, so that colour is not needed to tell them. */
function NodeSign({ role }: { readonly role: string }) {
  if (role === 'paused') return <path class="sign" d="M-7 20 h5 v11 h-5 z M2 20 h5 v11 h-5 z" />;
  if (role === 'stopped' || role === 'failed')
    return <path class="sign-line" d="M-6 20 L6 31 M6 20 L-6 31" />;
  return null;
}

function Swatch({ look }: { readonly look: MessageLook }) {
  const fill = `var(${look.colour})`;
  return (
    <svg viewBox="-8 -8 16 16" width="14" height="14" aria-hidden="true">
      {look.shape === 'disc' ? <circle r="5.5" fill={fill} /> : undefined}
      {look.shape === 'dot' ? <circle r="3" fill={fill} /> : undefined}
      {look.shape === 'ring' ? (
        <circle r="4" fill="none" stroke={fill} stroke-width="2" />
      ) : undefined}
      {look.shape === 'square' ? (
        <rect x="-4.5" y="-4.5" width="9" height="9" fill={fill} />
      ) : undefined}
      {look.shape === 'diamond' ? <path d="M0 -7 L7 0 L0 7 L-7 0 Z" fill={fill} /> : undefined}
    </svg>
  );
}
