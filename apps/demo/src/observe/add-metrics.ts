import type { Hono } from 'hono';

import { plain, serve } from '../http/endpoint.ts';
import { type MetricsSources, nodeMetrics } from './node-metrics.ts';
import { openMetricsType } from './open-metrics.ts';

/** A node, as far as its figures are asked for. */
export interface CountedNode {
  readonly app: Hono;
  readonly counts: () => MetricsSources;
}

const endpoint = { ...plain, method: 'GET', path: '/metrics' } as const;

/** Adds `/metrics` to the API of a node: nobody asks those for it that live in a page. */
export function addMetrics({ app, counts }: CountedNode): void {
  serve(app, endpoint, () => {
    const headers = { 'content-type': openMetricsType };
    return new Response(nodeMetrics(counts()), { headers });
  });
}
