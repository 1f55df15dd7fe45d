/** A trace as a picture: the diagram of the page, as wide as its time asks for. */
import { readFileSync } from 'node:fs';

import { diagramSvg } from '../../dashboard/trace/diagram-svg.ts';
import type { TraceEvent } from '../../dashboard/trace/trace-log.ts';

const pxPerSecond = 400;
const widthPxMin = 800;
const widthPxMax = 30_000;
const laneHeightPx = 80;

/** What is drawn. */
export interface TracePicture {
  /** In the order of time. */
  readonly events: readonly TraceEvent[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly hasHeartbeats: boolean;
}

/** An SVG document in the light colours of the page. */
export function traceSvg({ events, fromMs, toMs, hasHeartbeats }: TracePicture): string {
  const ids = [...new Set(events.map(({ entry }) => entry.node))].toSorted();
  const spanMs = Math.max(1, toMs - fromMs);
  const width = Math.round((spanMs / 1_000) * pxPerSecond);
  const view = {
    width: Math.min(widthPxMax, Math.max(widthPxMin, width)),
    height: laneHeightPx * Math.max(1, ids.length),
    ...{ ids, endMs: toMs, spanMs, latestMs: toMs, hasHeartbeats },
    timeOf: (atMs: number) => atMs,
    isShown: () => true,
    highlighted: undefined,
    selected: undefined,
  };
  return diagramSvg(view, events, pageColours());
}

/** The colours of the page by name: one place says what each means. */
function pageColours(): (name: string) => string {
  const url = new URL('../../dashboard/page.css', import.meta.url);
  const [, light = ''] = /:root \{([^}]*)\}/.exec(readFileSync(url, 'utf8')) ?? [];
  const found = new Map(
    [...light.matchAll(/(--[\w-]+): ([^;]+);/g)].map(([, name = '', value = '']) => [name, value]),
  );
  return (name) => found.get(name) ?? 'currentcolor';
}
