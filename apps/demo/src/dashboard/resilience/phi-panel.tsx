import { effect, signal, untracked } from '@preact/signals';
import type UPlot from 'uplot';

import { TimeChart } from '../charts/time-chart.tsx';
import { phiSuspected } from '../cluster/links.ts';
import { view } from '../feed.ts';
import { phiText } from '../format.ts';
import { nodeLine } from '../node-colours.ts';
import { type PhiPoint, withPoint } from './phi-history.ts';

const history = signal<readonly PhiPoint[]>([]);
/** Higher values leave the plot: beyond the threshold it does not matter how far. */
const phiShownMax = 16;

effect(() => {
  const nodes = view.value?.nodes ?? [];
  history.value = untracked(() => withPoint(history.value, nodes, Date.now()));
});

/** How suspicion of each node went in the last minute, one line for each node that watches it. */
export function PhiPanel() {
  const nodes = view.value?.nodes ?? [];
  return (
    <section class="panel full" aria-labelledby="phi-title">
      <div class="panel-head">
        <h2 id="phi-title">Suspicion of each node</h2>
        <p class="hint">
          φ = −log₁₀ of how likely such a silence is; from {phiSuspected} on the node is suspected
        </p>
      </div>
      <div class="plots">
        {nodes.map(({ id }) => (
          <PhiChart key={id} id={id} ids={nodes.map((node) => node.id)} />
        ))}
      </div>
    </section>
  );
}

function PhiChart({ id, ids }: { readonly id: string; readonly ids: readonly string[] }) {
  const observers = ids.filter((other) => other !== id);
  return (
    <TimeChart
      title={`About ${id}`}
      lines={observers.map((other) => nodeLine(other, ids.indexOf(other)))}
      data={() => {
        const shown = history.value;
        const phiOf = (from: string): (number | null)[] =>
          shown.map(({ phi }) => {
            const value = phi.get(from)?.get(id);
            return value === undefined ? null : Math.min(value, phiShownMax);
          });
        return [shown.map(({ atMs }) => atMs / 1_000), ...observers.map(phiOf)];
      }}
      unit={(value) => (value >= phiShownMax ? `${phiShownMax}+` : phiText(value))}
      heightPx={132}
      spanSeconds={60}
      top={(highest) => Math.max(phiSuspected + 2, highest)}
      over={drawThreshold}
    />
  );
}

function drawThreshold(plot: UPlot, colour: (name: string) => string): void {
  const { ctx, bbox } = plot;
  const y = plot.valToPos(phiSuspected, 'y', true);
  ctx.save();
  ctx.strokeStyle = colour('--bad');
  ctx.fillStyle = colour('--bad');
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.textAlign = 'left';
  ctx.font = `${11 * devicePixelRatio}px system-ui`;
  ctx.fillText('suspected', bbox.left + 6 * devicePixelRatio, y - 4 * devicePixelRatio);
  ctx.restore();
}
