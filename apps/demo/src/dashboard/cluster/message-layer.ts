/**
 * Draws messages on their way. Every dot is one message that a node sent; only its flight is slower
 * than the real one, which takes a fraction of a millisecond and could not be seen.
 */
import { type MessageWindow, onMessages, view } from '../feed.ts';
import { lookOf, type MessageLook } from './message-kinds.ts';
import { placeOf, type Point, wayPoint } from './ring-geometry.ts';
import { shape } from './ring-shape.ts';

const flightMs = 550;
/** More dots than this are noise: the others are counted, and the page says so. */
const shownPerSecondMax = 240;

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
  let dots: Dot[] = [];
  let counted = { shown: 0, total: 0, sinceMs: performance.now() };
  const stopListening = onMessages((window) => {
    counted.total += window.sent.reduce((sum, { count }) => sum + count, 0);
    if (prefersStillness.matches) return;
    const drawn = thinned(dotsOf(window, performance.now()), shareOf(window));
    counted.shown += drawn.length;
    dots.push(...drawn);
  });
  const report = setInterval(() => {
    const seconds = (performance.now() - counted.sinceMs) / 1_000;
    onShown({
      shownPerSecond: Math.round(counted.shown / seconds),
      totalPerSecond: Math.round(counted.total / seconds),
    });
    counted = { shown: 0, total: 0, sinceMs: performance.now() };
  }, 1_000);

  let frame = requestAnimationFrame(function draw(nowMs) {
    dots = dots.filter(({ startAtMs }) => nowMs < startAtMs + flightMs);
    paint(canvas, dots, nowMs);
    frame = requestAnimationFrame(draw);
  });
  return () => {
    stopListening();
    clearInterval(report);
    cancelAnimationFrame(frame);
  };
}

/** How many dots of one window of one node may be drawn. */
function shareOf({ windowMs }: MessageWindow): number {
  const windowsPerSecond = ((view.value?.nodes.length ?? 1) * 1_000) / windowMs;
  return Math.ceil(shownPerSecondMax / windowsPerSecond);
}

/** At most `count` of `items`, evenly spread. */
function thinned<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (items.length <= count) return items;
  const step = items.length / count;
  return items.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
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

function paint(canvas: HTMLCanvasElement, dots: readonly Dot[], nowMs: number): void {
  const { clientWidth, clientHeight } = canvas;
  const scale = devicePixelRatio;
  const [width, height] = [Math.round(clientWidth * scale), Math.round(clientHeight * scale)];
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext('2d');
  if (!context) return;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  // The same fit as the SVG below: the whole view box, centred.
  const box = shape.value;
  const fit = Math.min(width / box.width, height / box.height);
  context.setTransform(
    fit,
    0,
    0,
    fit,
    (width - box.width * fit) / 2,
    (height - box.height * fit) / 2,
  );
  const colours = getComputedStyle(canvas);
  for (const dot of dots) paintDot(context, colours, dot, (nowMs - dot.startAtMs) / flightMs);
}

function paintDot(
  context: CanvasRenderingContext2D,
  colours: CSSStyleDeclaration,
  dot: Dot,
  progress: number,
): void {
  if (progress < 0) return;
  // What a fault swallowed gets no further than the cut.
  const reach = dot.fate === 'sent' ? 1 : dot.fate === 'blocked' ? 0.5 : 0.12;
  const at = wayPoint(dot.from, dot.to, Math.min(progress, reach));
  const colour = colours.getPropertyValue(dot.look.colour);
  context.globalAlpha = progress > reach ? Math.max(0, 1 - (progress - reach) * 3) : 1;
  if (progress > reach) {
    paintCross(context, colours.getPropertyValue('--bad'), at);
    return;
  }
  paintShape(context, dot.look.shape, colour, at);
}

function paintShape(
  context: CanvasRenderingContext2D,
  shape: MessageLook['shape'],
  colour: string,
  { x, y }: Point,
): void {
  context.fillStyle = colour;
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  switch (shape) {
    case 'disc':
      context.arc(x, y, 5.5, 0, 2 * Math.PI);
      context.fill();
      break;
    case 'dot':
      context.arc(x, y, 3, 0, 2 * Math.PI);
      context.fill();
      break;
    case 'ring':
      context.arc(x, y, 4, 0, 2 * Math.PI);
      context.stroke();
      break;
    case 'square':
      context.rect(x - 4.5, y - 4.5, 9, 9);
      context.fill();
      break;
    case 'diamond':
      context.moveTo(x, y - 7);
      context.lineTo(x + 7, y);
      context.lineTo(x, y + 7);
      context.lineTo(x - 7, y);
      context.closePath();
      context.fill();
      break;
  }
}

function paintCross(context: CanvasRenderingContext2D, colour: string, { x, y }: Point): void {
  context.strokeStyle = colour;
  context.lineWidth = 2.5;
  context.beginPath();
  context.moveTo(x - 5, y - 5);
  context.lineTo(x + 5, y + 5);
  context.moveTo(x + 5, y - 5);
  context.lineTo(x - 5, y + 5);
  context.stroke();
}
