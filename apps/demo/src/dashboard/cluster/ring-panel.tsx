import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import type { ClusterView } from '../../supervisor/cluster-view.ts';
import { RunLinks } from '../coach/run-links.tsx';
import { view } from '../feed.ts';
import { count } from '../format.ts';
import { LinkMark } from './link-mark.tsx';
import { drawMessages, prefersStillness, type Shown } from './message-layer.ts';
import { NodeMark } from './node-mark.tsx';
import { RingLegend } from './ring-legend.tsx';
import { placeOf } from './ring-geometry.ts';
import { shape } from './ring-shape.ts';
import { ScenarioMenu } from './scenario-menu.tsx';
import { armed } from './tools/armed.ts';
import { whyUnbreakable } from './tools/breakable.ts';
import { cursorOf } from './tools/cursor.ts';
import { FaultChips } from './tools/fault-chips.tsx';
import { beginStroke, stroke } from './tools/stroke.ts';
import { ToolPalette } from './tools/tool-palette.tsx';
import { ToolStrip } from './tools/tool-strip.tsx';

const shown = signal<Shown>({ shownPerSecond: 0, totalPerSecond: 0 });

/** The cluster as a ring: nodes, links, messages on their way, and the tools that break it. */
export function RingPanel() {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (!canvas.current) return undefined;
    return drawMessages(canvas.current, (next) => {
      shown.value = next;
    });
  }, []);
  const cluster = view.value;
  const tool = armed.value;
  const { width, height } = shape.value;
  return (
    <section class="panel ring-panel" aria-labelledby="ring-title">
      <div class="panel-head">
        <h2 id="ring-title">Nodes and links</h2>
        <ScenarioMenu />
      </div>
      <Tools />
      <div
        class={`ring${tool === undefined ? '' : ` armed takes-${tool.takes}`}`}
        style={{ aspectRatio: `${width} / ${height}`, cursor: cursorOf(tool) }}
      >
        {cluster ? <Ring cluster={cluster} /> : <p class="empty">Waiting for the nodes …</p>}
        <canvas ref={canvas} aria-hidden="true" />
      </div>
      <p class="hint ring-note">
        <MessageRate />
      </p>
      <RunLinks />
      <RingLegend />
    </section>
  );
}

/** The tools and what they are about to do, or why there are none. */
function Tools() {
  const tool = armed.value;
  const why = whyUnbreakable(view.value);
  if (why !== undefined) {
    return (
      <div class="tool-zone">
        <p class="hint">{why}</p>
      </div>
    );
  }
  return (
    <>
      <ToolPalette />
      <div class="tool-zone">{tool === undefined ? <FaultChips /> : <ToolStrip tool={tool} />}</div>
    </>
  );
}

/** Apart from the ring, which need not be drawn anew for it. */
function MessageRate() {
  return <>{shownText(shown.value)}</>;
}

function shownText({ shownPerSecond, totalPerSecond }: Shown): string {
  const total = `${count(totalPerSecond)} messages/s`;
  if (prefersStillness.matches) return `${total}, not drawn: your system asks for less motion`;
  if (totalPerSecond === 0) return 'Each dot is one real message, its flight slowed down.';
  if (shownPerSecond >= totalPerSecond) return `Each dot is one of the ${total}, slowed down.`;
  return `A sample: ${count(shownPerSecond)} of ${total}, each a real one, slowed down.`;
}

function Ring({ cluster }: { readonly cluster: ClusterView }) {
  const { nodes, links = [] } = cluster;
  const { width, height } = shape.value;
  const ends = nodes.map((node, index) => ({
    node,
    at: placeOf(index, nodes.length, shape.value),
  }));
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="group" onPointerDown={beginStroke}>
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
              faults={links.filter(
                (link) =>
                  [link.from, link.to].includes(from.node.id) &&
                  [link.from, link.to].includes(to.node.id),
              )}
            />
          )),
      )}
      {ends.map((end) => (
        <NodeMark key={end.node.id} {...end} others={ends.filter((other) => other !== end)} />
      ))}
      <Stroke />
    </svg>
  );
}

/** What is being drawn. */
function Stroke() {
  const points = stroke.value.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`);
  return points.length < 2 ? null : <polyline class="stroke" points={points.join(' ')} />;
}

function isCut({ groups }: ClusterView, left: string, right: string): boolean {
  const groupOf = (id: string): number => groups.findIndex((group) => group.includes(id));
  const [one, other] = [groupOf(left), groupOf(right)];
  return one >= 0 && other >= 0 && one !== other;
}
