import { useEffect, useRef } from 'preact/hooks';

import { prefersStillness } from '../cluster/message-layer.ts';
import { theme } from '../theme.ts';
import { type DiagramView, eventAt, paintDiagram } from './diagram.ts';
import { currentLog, endMs, filterText, freeze, hasHeartbeats, hidden } from './trace-state.ts';
import {
  isLive,
  isShown,
  laneIds,
  motif,
  selected,
  shownTime,
  spanMs,
  version,
  zoom,
} from './trace-state.ts';
import { eventsOf } from './motifs.ts';
import { diagramSvg } from './diagram-svg.ts';
import { onDiagramKey } from './diagram-keys.ts';
import type { TraceEvent } from './trace-log.ts';

/** The trace is drawn so much later than it happens, as nodes tell it in windows of time. */
const behindMs = 250;
/** Moving pictures need not be smoother than that, in ms. */
const frameMs = 40;

/** The diagram itself. */
export function DiagramPanel() {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => (canvas.current ? drive(canvas.current) : undefined), []);
  return (
    <canvas
      ref={canvas}
      class={isLive.value ? 'diagram' : 'diagram still'}
      tabindex={0}
      role="img"
      aria-label="Messages between nodes over time. Arrow keys go from event to event."
      onKeyDown={onDiagramKey}
    />
  );
}

let drawing: () => string = () => '';

/** What is in sight, as an SVG document. */
export function svgOfDiagram(): string {
  return drawing();
}

/** Draws on `canvas`, and lets it be dragged and clicked, until the returned function is called. */
function drive(canvas: HTMLCanvasElement): () => void {
  let rightMs = 0;
  let dragged: { readonly x: number; readonly endMs: number; isMoved: boolean } | undefined;
  const current = (): DiagramView => ({
    width: canvas.clientWidth,
    height: canvas.clientHeight,
    ids: laneIds.value,
    endMs: isLive.value ? rightMs : endMs.value,
    spanMs: spanMs.value,
    latestMs: currentLog().latestMs,
    isShown,
    timeOf: shownTime,
    highlighted: highlighted(),
    hasHeartbeats: hasHeartbeats.value,
    selected: selected.value,
  });
  drawing = () => diagramSvg(current(), eventsIn(current()), coloursOf(canvas));
  const stopDrawing = repaint(() => {
    const targetMs = currentLog().latestMs - behindMs;
    // What the clocks of windows say comes in steps: glide over them.
    const isFar = Math.abs(targetMs - rightMs) > 2_000 || prefersStillness.matches;
    rightMs = isFar ? targetMs : rightMs + (targetMs - rightMs) * 0.2;
    paintOn(canvas, current());
  });
  const down = (event: PointerEvent): void => {
    freeze(rightMs);
    dragged = { x: event.offsetX, endMs: endMs.value, isMoved: false };
    canvas.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent): void => {
    if (!dragged) return;
    const movedPx = event.offsetX - dragged.x;
    dragged.isMoved ||= Math.abs(movedPx) > 4;
    if (dragged.isMoved)
      endMs.value = dragged.endMs - (movedPx / canvas.clientWidth) * spanMs.value;
  };
  const up = (event: PointerEvent): void => {
    const at = { x: event.offsetX, y: event.offsetY };
    if (dragged && !dragged.isMoved) selected.value = eventAt(current(), eventsIn(current()), at);
    dragged = undefined;
  };
  const wheel = (event: WheelEvent): void => {
    if (event.ctrlKey || event.metaKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      freeze(rightMs);
      if (event.ctrlKey || event.metaKey) zoom(event.deltaY > 0 ? 1 : -1);
      else endMs.value += (event.deltaX / canvas.clientWidth) * spanMs.value;
    }
  };
  canvas.addEventListener('wheel', wheel, { passive: false });
  canvas.addEventListener('pointerdown', down);
  canvas.addEventListener('pointermove', move);
  canvas.addEventListener('pointerup', up);
  return () => {
    stopDrawing();
    canvas.removeEventListener('wheel', wheel);
    canvas.removeEventListener('pointerdown', down);
    canvas.removeEventListener('pointermove', move);
    canvas.removeEventListener('pointerup', up);
  };
}

/** All that can be in the picture; most of a long trace cannot. */
function eventsIn({ endMs: toMs, spanMs: forMs }: DiagramView): readonly TraceEvent[] {
  return currentLog().between(toMs - forMs, toMs);
}

let found: { readonly key: string; readonly events: ReadonlySet<TraceEvent> } | undefined;

/** What belongs to the shape that is looked for, around the picture; looked for once. */
function highlighted(): ReadonlySet<TraceEvent> | undefined {
  if (motif.value === undefined) return undefined;
  const key = [motif.value, version.value, endMs.value, spanMs.value].join();
  if (found?.key !== key) {
    const events = currentLog().between(endMs.value - spanMs.value, endMs.value);
    found = { key, events: eventsOf(motif.value, events, laneIds.value.length) };
  }
  return found.events;
}

/** Calls `paint` while the trace moves, and whenever what it shows changes. */
function repaint(paint: () => void): () => void {
  let isDue = true;
  let lastMs = 0;
  const due = (): void => {
    isDue = true;
  };
  const filters = [hidden, hasHeartbeats, filterText, motif];
  const watched = [version, endMs, spanMs, ...filters, selected, theme];
  const stops = watched.map((each) => each.subscribe(due));
  const systemTheme = matchMedia('(prefers-color-scheme: dark)');
  systemTheme.addEventListener('change', due);
  addEventListener('resize', due);
  let frame = requestAnimationFrame(function next(nowMs) {
    const pauseMs = prefersStillness.matches ? 1_000 : frameMs;
    if ((isDue || isLive.value) && nowMs - lastMs >= (isLive.value ? pauseMs : 0)) {
      isDue = false;
      lastMs = nowMs;
      paint();
    }
    frame = requestAnimationFrame(next);
  });
  return () => {
    for (const stop of stops) stop();
    systemTheme.removeEventListener('change', due);
    removeEventListener('resize', due);
    cancelAnimationFrame(frame);
  };
}

function paintOn(canvas: HTMLCanvasElement, view: DiagramView): void {
  const scale = devicePixelRatio;
  const [width, height] = [Math.round(view.width * scale), Math.round(view.height * scale)];
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext('2d');
  if (!context) return;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  paintDiagram(context, view, eventsIn(view), coloursOf(canvas));
}

/** Colours of the page by the names of their variables, looked up once each. */
function coloursOf(element: Element): (name: string) => string {
  const styles = getComputedStyle(element);
  const known = new Map<string, string>();
  return (name) => {
    const colour = known.get(name) ?? styles.getPropertyValue(name).trim();
    known.set(name, colour);
    return colour;
  };
}
