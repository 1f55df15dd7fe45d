/**
 * Draws messages on their way, and how long nodes wait for a leader. Every dot is one message that
 * a node sent; only its flight is slower than the real one, which takes a fraction of a millisecond
 * and could not be seen.
 */
import { type MessageWindow, onMessages, view } from '../feed.ts';
import { ElectionWaits } from './election-waits.ts';
import { lookOf, type MessageLook } from './message-kinds.ts';
import { MessageSampler } from './message-sampler.ts';
import { type Palette, paintCross, paintShape, paintWait, readPalette } from './paint.ts';
import { placeOf, type Point, wayPoint } from './ring-geometry.ts';
import { shape } from './ring-shape.ts';

const flightMs = 550;

interface Dot {
  readonly from: Point;
  readonly to: Point;
  readonly look: MessageLook;
  readonly startAtMs: number;
  readonly fate: 'sent' | 'blocked' | 'refused';
}

/** Whether the reader asked the system for less motion: then messages are only counted. */
export const prefersStillness: MediaQueryList = matchMedia('(prefers-reduced-motion: reduce)');

/** How many messages there were and how many were drawn, in the last second. */
export interface Shown {
  readonly shownPerSecond: number;
  readonly totalPerSecond: number;
}

/** Draws on `canvas` until the returned function is called. */
export function drawMessages(
  canvas: HTMLCanvasElement,
  onShown: (shown: Shown) => void,
): () => void {
  const context = canvas.getContext('2d');
  if (context === null) return () => undefined;
  const waits = new ElectionWaits();
  const sampler = new MessageSampler(performance.now());
  let dots: Dot[] = [];
  let palette = readPalette(canvas);
  let counted = { shown: 0, total: 0, sinceMs: performance.now() };
  const stopListening = onMessages((window) => {
    counted.total += window.sent.reduce((sum, { count }) => sum + count, 0);
    if (prefersStillness.matches || document.hidden) return;
    const nowMs = performance.now();
    const windowsPerSecond = ((view.value?.nodes.length ?? 1) * 1_000) / window.windowMs;
    const drawn = sampler.take(dotsOf(window, nowMs), windowsPerSecond, nowMs);
    counted.shown += drawn.length;
    dots.push(...drawn);
  });
  const stopViews = view.subscribe((cluster) => {
    if (cluster !== undefined) waits.learn(cluster.nodes, performance.now());
  });
  const report = setInterval(() => {
    // A change of theme shows within a second.
    palette = readPalette(canvas);
    const seconds = (performance.now() - counted.sinceMs) / 1_000;
    onShown({
      shownPerSecond: Math.round(counted.shown / seconds),
      totalPerSecond: Math.round(counted.total / seconds),
    });
    counted = { shown: 0, total: 0, sinceMs: performance.now() };
    if (prefersStillness.matches) begin();
  }, 1_000);
  const size = new CanvasSize(canvas);

  let frame = 0;
  const draw = (nowMs: number): void => {
    dots = dots.filter(({ startAtMs }) => nowMs < startAtMs + flightMs);
    size.fit(context);
    paintWaits(context, palette, waits, nowMs);
    for (const dot of dots) paintDot(context, palette, dot, (nowMs - dot.startAtMs) / flightMs);
    // Who asks for less motion gets a picture a second, of which nothing moves.
    cancelAnimationFrame(frame);
    if (!prefersStillness.matches) frame = requestAnimationFrame(draw);
  };
  const begin = (): void => draw(performance.now());
  prefersStillness.addEventListener('change', begin);
  begin();
  return () => {
    prefersStillness.removeEventListener('change', begin);
    stopListening();
    stopViews();
    size.close();
    clearInterval(report);
    cancelAnimationFrame(frame);
  };
}

/** Keeps a canvas as fine as the screen, without asking for its layout in every frame. */
class CanvasSize {
  readonly #canvas: HTMLCanvasElement;
  readonly #observer: ResizeObserver;
  #width = 0;
  #height = 0;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#observer = new ResizeObserver(([entry]) => {
      const { width = 0, height = 0 } = entry?.contentRect ?? {};
      this.#width = Math.round(width * devicePixelRatio);
      this.#height = Math.round(height * devicePixelRatio);
    });
    this.#observer.observe(canvas);
  }

  /** Clears it, and sets the units of the ring: the same fit as that of the SVG below. */
  fit(context: CanvasRenderingContext2D): void {
    const [width, height] = [this.#width, this.#height];
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    const box = shape.value;
    const fit = Math.min(width / box.width, height / box.height);
    const [left, top] = [(width - box.width * fit) / 2, (height - box.height * fit) / 2];
    context.setTransform(fit, 0, 0, fit, left, top);
  }

  close(): void {
    this.#observer.disconnect();
  }
}

function dotsOf(window: MessageWindow, nowMs: number): readonly Dot[] {
  const ids = view.value?.nodes.map(({ id }) => id) ?? [];
  return window.samples.flatMap(({ to, type, offsetMs, fate }): readonly Dot[] => {
    const [source, target] = [ids.indexOf(window.from), ids.indexOf(to)];
    if (source < 0 || target < 0 || source === target) return [];
    return [
      {
        from: placeOf(source, ids.length, shape.value),
        to: placeOf(target, ids.length, shape.value),
        look: lookOf(type),
        startAtMs: nowMs + offsetMs,
        fate,
      },
    ];
  });
}

function paintWaits(
  context: CanvasRenderingContext2D,
  palette: Palette,
  waits: ElectionWaits,
  nowMs: number,
): void {
  const nodes = view.value?.nodes ?? [];
  for (const [index, { id }] of nodes.entries()) {
    const wait = waits.of(id, nowMs);
    if (wait === undefined) continue;
    paintWait(context, palette, placeOf(index, nodes.length, shape.value), wait);
  }
}

function paintDot(
  context: CanvasRenderingContext2D,
  palette: Palette,
  dot: Dot,
  progress: number,
): void {
  if (progress < 0) return;
  // What a fault swallowed gets no further than the cut.
  const reach = dot.fate === 'sent' ? 1 : dot.fate === 'blocked' ? 0.3 : 0.12;
  const at = wayPoint(dot.from, dot.to, Math.min(progress, reach));
  context.globalAlpha = progress > reach ? Math.max(0, 1 - (progress - reach) * 3) : 1;
  if (progress > reach) paintCross(context, palette('--bad'), at);
  else paintShape(context, dot.look.shape, palette(dot.look.colour), at);
  context.globalAlpha = 1;
}
