import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import type { ClusterView } from '../../supervisor/cluster-view.ts';
import { view } from '../feed.ts';
import { count } from '../format.ts';
import { LinkMark } from './link-mark.tsx';
import { linkMeanings } from './links.ts';
import { legend, type MessageLook } from './message-kinds.ts';
import { drawMessages, prefersStillness, type Shown } from './message-layer.ts';
import { NodeMark } from './node-mark.tsx';
import { placeOf } from './ring-geometry.ts';
import { shape } from './ring-shape.ts';

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
  const { width, height } = shape.value;
  return (
    <section class="panel" aria-labelledby="ring-title">
      <div class="panel-head">
        <h2 id="ring-title">Nodes and links</h2>
        <p class="hint">{shownText(shown.value)}</p>
      </div>
      <div class="ring" style={{ aspectRatio: `${width} / ${height}` }}>
        {cluster ? <Ring cluster={cluster} /> : <p class="empty">Waiting for the nodes …</p>}
        <canvas ref={canvas} aria-hidden="true" />
      </div>
      <ul class="legend" aria-label="Messages">
        {legend.map((look) => (
          <li key={look.label}>
            <Swatch look={look} /> {look.label}
          </li>
        ))}
        <li>
          <span class="cross">✕</span> not delivered
        </li>
      </ul>
      <ul class="legend" aria-label="Links, each half as the node at its end sees the other">
        {(['well', 'trial', 'doubt', 'refused'] as const).map((look) => (
          <li key={look}>
            <svg viewBox="0 0 30 12" width="30" height="12" aria-hidden="true" class="link">
              <g class={`half ${look}`}>
                <line x1="0" y1="6" x2="30" y2="6" />
              </g>
            </svg>
            {linkMeanings[look]}
          </li>
        ))}
        <li>
          <svg viewBox="-8 -8 16 16" width="14" height="14" aria-hidden="true" class="node">
            <g class="phi" transform="rotate(-90)">
              <circle class="track" r="6" />
              <circle r="6" stroke-dasharray="14 40" />
            </g>
          </svg>
          φ: full is suspected
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
  const { nodes } = cluster;
  const { width, height } = shape.value;
  const ends = nodes.map((node, index) => ({
    node,
    at: placeOf(index, nodes.length, shape.value),
  }));
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="group">
      <title>Nodes and the links between them; the table of Resilience says the same</title>
      {ends.flatMap((from, index) =>
        ends
          .slice(index + 1)
          .map((to) => (
            <LinkMark
              key={`${from.node.id}-${to.node.id}`}
              from={from}
              to={to}
              isCut={isCut(cluster, from.node.id, to.node.id)}
            />
          )),
      )}
      {ends.map(({ node, at }) => (
        <NodeMark key={node.id} node={node} at={at} />
      ))}
    </svg>
  );
}

function isCut({ groups }: ClusterView, left: string, right: string): boolean {
  const groupOf = (id: string): number => groups.findIndex((group) => group.includes(id));
  const [one, other] = [groupOf(left), groupOf(right)];
  return one >= 0 && other >= 0 && one !== other;
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
