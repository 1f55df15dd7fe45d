import { computed, signal } from '@preact/signals';
import type UPlot from 'uplot';

import { TimeChart } from '../charts/time-chart.tsx';
import { phiSuspected } from '../cluster/links.ts';
import { follow, shownMs, view } from '../feed.ts';
import { phiText } from '../format.ts';
import { nodeLine } from '../node-colours.ts';
import { type PhiPoint, pointsUntil, suspicionCount, withPoint } from './phi-history.ts';

const spanSeconds = 60;
const all = signal<readonly PhiPoint[]>([]);
/** The minute before the time that is shown. */
const history = computed(() => pointsUntil(all.value, shownMs.value, spanSeconds * 1_000));
/** Where somebody tries to put the line; the nodes keep theirs. */
const threshold = signal(phiSuspected);
/** Higher values leave the plot: beyond the threshold it does not matter how far. */
const phiShownMax = 16;

follow({
  onView: (atMs, { nodes }) => {
    all.value = withPoint(all.peek(), nodes, atMs);
  },
  onForget: (fromMs) => {
    all.value = pointsUntil(all.peek(), fromMs - 1);
  },
});

/** How suspicion of each node went in the last minute, one line for each node that watches it. */
export function PhiPanel() {
  const nodes = view.value?.nodes ?? [];
  const line = threshold.value;
  return (
    <section class="panel full" aria-labelledby="phi-title">
      <div class="panel-head">
        <h2 id="phi-title">Suspicion of each node</h2>
        <p class="hint">
          φ = −log₁₀ of how likely such a silence is; from {phiSuspected} on the node is suspected
        </p>
      </div>
      <label class="threshold">
        <span>
          What if it were <b>{line.toFixed(1)}</b>?
        </span>
        <input
          type="range"
          min="0.5"
          max={phiShownMax - 0.5}
          step="0.5"
          value={line}
          onInput={(event: Event) => {
            if (event.target instanceof HTMLInputElement) moveTo(Number(event.target.value));
          }}
        />
        <small>drag it here, or the line in any plot</small>
      </label>
      <div class="plots">
        {nodes.map(({ id }) => (
          <div key={id}>
            <PhiChart id={id} ids={nodes.map((node) => node.id)} />
            <p class="hint">
              {suspicionCount(history.value, id, line)} suspicions of {id} in this minute at{' '}
              {line.toFixed(1)}; {suspicionCount(history.value, id, phiSuspected)} at {phiSuspected}
            </p>
          </div>
        ))}
      </div>
    </section>
  );
}

function moveTo(phi: number): void {
  threshold.value = Math.min(phiShownMax - 0.5, Math.max(0.5, Math.round(phi * 2) / 2));
}

function PhiChart({ id, ids }: { readonly id: string; readonly ids: readonly string[] }) {
  const observers = ids.filter((other) => other !== id);
  return (
    <TimeChart
      title={`About ${id}`}
      lines={observers.map((other) => nodeLine(other, ids.indexOf(other)))}
      data={() => {
        // The line is drawn anew with the data.
        const [shown] = [history.value, threshold.value];
        const phiOf = (from: string): (number | null)[] =>
          shown.map(({ phi }) => {
            const value = phi.get(from)?.get(id);
            return value === undefined ? null : Math.min(value, phiShownMax);
          });
        return [shown.map(({ atMs }) => atMs / 1_000), ...observers.map(phiOf)];
      }}
      unit={(value) => (value >= phiShownMax ? `${phiShownMax}+` : phiText(value))}
      heightPx={132}
      spanSeconds={spanSeconds}
      top={(highest) => Math.max(threshold.value + 2, phiSuspected + 2, highest)}
      over={drawThreshold}
    />
  );
}

const draggable = new WeakSet<UPlot>();

/** Lets a pointer move the line by its height over the plot. */
function followPointer(plot: UPlot): void {
  if (draggable.has(plot)) return;
  draggable.add(plot);
  const { over } = plot;
  const follow = ({ clientY }: PointerEvent): void => {
    moveTo(plot.posToVal(clientY - over.getBoundingClientRect().top, 'y'));
  };
  over.addEventListener('pointerdown', (event) => {
    const lineY = plot.valToPos(threshold.value, 'y');
    const pointerY = event.clientY - over.getBoundingClientRect().top;
    if (Math.abs(pointerY - lineY) > 12) return;
    over.setPointerCapture(event.pointerId);
    over.addEventListener('pointermove', follow);
    over.addEventListener(
      'lostpointercapture',
      () => {
        over.removeEventListener('pointermove', follow);
      },
      { once: true },
    );
  });
}

function drawThreshold(plot: UPlot, colour: (name: string) => string): void {
  followPointer(plot);
  const { ctx, bbox } = plot;
  const line = threshold.value;
  const y = plot.valToPos(line, 'y', true);
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
  const text = line === phiSuspected ? 'suspected' : `suspected at ${line.toFixed(1)}`;
  ctx.fillText(text, bbox.left + 6 * devicePixelRatio, y - 4 * devicePixelRatio);
  ctx.restore();
}
