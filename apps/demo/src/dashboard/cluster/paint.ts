/** The marks that move, on a canvas, in the units of the ring. */
import type { Wait } from './election-waits.ts';
import type { MessageLook } from './message-kinds.ts';
import { type Point, ring } from './ring-geometry.ts';

type Brush = CanvasRenderingContext2D;

/** The colour behind a CSS variable of the page. */
export type Palette = (name: string) => string;

/** The colours of `element`, each looked up once: to ask for a style costs more than a dot. */
export function readPalette(element: Element): Palette {
  const styles = getComputedStyle(element);
  const known = new Map<string, string>();
  return (name) => {
    let colour = known.get(name);
    if (colour === undefined) {
      colour = styles.getPropertyValue(name).trim();
      known.set(name, colour);
    }
    return colour;
  };
}

/** Draws a message. */
export function paintShape(
  brush: Brush,
  shape: MessageLook['shape'],
  colour: string,
  { x, y }: Point,
): void {
  brush.fillStyle = colour;
  brush.strokeStyle = colour;
  brush.lineWidth = 2;
  brush.beginPath();
  switch (shape) {
    case 'disc':
      brush.arc(x, y, 5.5, 0, 2 * Math.PI);
      brush.fill();
      break;
    case 'dot':
      brush.arc(x, y, 3, 0, 2 * Math.PI);
      brush.fill();
      break;
    case 'ring':
      brush.arc(x, y, 4, 0, 2 * Math.PI);
      brush.stroke();
      break;
    case 'square':
      brush.rect(x - 4, y - 4, 8, 8);
      brush.fill();
      break;
    case 'triangle':
      brush.moveTo(x, y - 6);
      brush.lineTo(x + 6.5, y + 5);
      brush.lineTo(x - 6.5, y + 5);
      brush.closePath();
      brush.fill();
      break;
    case 'diamond':
      brush.moveTo(x, y - 7);
      brush.lineTo(x + 7, y);
      brush.lineTo(x, y + 7);
      brush.lineTo(x - 7, y);
      brush.closePath();
      brush.fill();
      break;
  }
}

/** Draws that a message got no further. */
export function paintCross(brush: Brush, colour: string, { x, y }: Point): void {
  brush.strokeStyle = colour;
  brush.lineWidth = 2.5;
  brush.beginPath();
  brush.moveTo(x - 4.5, y - 4.5);
  brush.lineTo(x + 4.5, y + 4.5);
  brush.moveTo(x + 4.5, y - 4.5);
  brush.lineTo(x - 4.5, y + 4.5);
  brush.stroke();
}

/** Draws on the rim of a node how much is left of its wait for a leader. */
export function paintWait(brush: Brush, palette: Palette, { x, y }: Point, wait: Wait): void {
  const top = -Math.PI / 2;
  brush.strokeStyle = palette(wait.isCandidate ? '--candidate' : '--follower');
  brush.lineWidth = 3.5;
  brush.lineCap = 'round';
  brush.beginPath();
  brush.arc(x, y, ring.nodeRadius, top, top + wait.leftShare * 2 * Math.PI);
  brush.stroke();
  brush.lineCap = 'butt';
}
