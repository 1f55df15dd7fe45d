/** What a pointer draws on the ring while a tool for links or sides is in hand. */
import { signal } from '@preact/signals';

import { view } from '../../feed.ts';
import { placeOf, type Point } from '../ring-geometry.ts';
import { shape } from '../ring-shape.ts';
import { armed } from './armed.ts';
import { sideOf } from './lasso.ts';
import { cutOff, useOnLink } from './use-tool.ts';

/** How far from its middle a node can be got hold of. */
const reach = 54;
/** The stroke that is being drawn; empty while none is. */
export const stroke = signal<readonly Point[]>([]);

/** Follows the pointer from here until it is let go, and then does what was drawn. */
export function beginStroke(event: PointerEvent): void {
  const { currentTarget } = event;
  const takes = armed.value?.takes;
  if (!(currentTarget instanceof SVGSVGElement) || takes === undefined || takes === 'node') return;
  const matrix = currentTarget.getScreenCTM()?.inverse();
  if (matrix === undefined || event.button !== 0) return;
  const pointOf = ({ clientX, clientY }: PointerEvent): Point => {
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(matrix);
    return { x, y };
  };
  const start = pointOf(event);
  const from = nodeAt(start);
  if (takes === 'link' && from === undefined) return;
  const move = (moved: PointerEvent): void => {
    const point = pointOf(moved);
    stroke.value = takes === 'link' ? [start, point] : [...stroke.value, point];
  };
  const ended = new AbortController();
  const until = { signal: ended.signal };
  addEventListener('pointermove', move, until);
  addEventListener(
    'pointercancel',
    () => {
      stroke.value = [];
      ended.abort();
    },
    until,
  );
  addEventListener(
    'pointerup',
    (up) => {
      ended.abort();
      const drawn = stroke.value;
      stroke.value = [];
      if (takes === 'sides') cutAlong(drawn);
      const to = nodeAt(pointOf(up));
      if (takes === 'link' && from !== undefined && to !== undefined && to !== from) {
        useOnLink(from, to);
      }
    },
    until,
  );
}

function cutAlong(drawn: readonly Point[]): void {
  const ids = nodeIds();
  const side = sideOf(drawn, places());
  if (side.length > 0) cutOff(ids.filter((_, index) => side.includes(index)));
}

function nodeAt({ x, y }: Point): string | undefined {
  const index = places().findIndex((at) => Math.hypot(at.x - x, at.y - y) < reach);
  return nodeIds()[index];
}

function nodeIds(): readonly string[] {
  return view.value?.nodes.map(({ id }) => id) ?? [];
}

function places(): readonly Point[] {
  const ids = nodeIds();
  return ids.map((_, index) => placeOf(index, ids.length, shape.value));
}
