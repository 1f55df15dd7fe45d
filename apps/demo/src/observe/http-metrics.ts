import type { Clock } from '@quorate/transport';
import type { MiddlewareHandler } from 'hono';

import { BucketHistogram, type OpenMetricsText, secondsBounds } from './open-metrics.ts';

interface Series {
  readonly labels: { readonly method: string; readonly route: string; readonly status: string };
  readonly histogram: BucketHistogram;
}

/** Methods that get a label of their own: a client must not be able to make up new series. */
const methods: readonly string[] = ['GET', 'HEAD', 'PUT', 'DELETE', 'POST'];

/** Durations of HTTP requests, by method, route and status. */
export class HttpMetrics {
  readonly #series = new Map<string, Series>();

  /** Measures every request that passes. Event streams, which have no end, are left out. */
  middleware(clock: Clock): MiddlewareHandler {
    return async (context, next) => {
      const startedAtMs = clock.nowMs();
      await next();
      const route = routeOf(context.req.path);
      if (route === '/admin/events') return;
      const method = methods.includes(context.req.method) ? context.req.method : 'other';
      const seconds = (clock.nowMs() - startedAtMs) / 1_000;
      this.#record({ method, route, status: String(context.res.status) }, seconds);
    };
  }

  write(text: OpenMetricsText): void {
    const help = 'Time from request to response.';
    text.histogram('http_request_duration_seconds', help, [...this.#series.values()]);
  }

  #record(labels: Series['labels'], seconds: number): void {
    const name = `${labels.method} ${labels.route} ${labels.status}`;
    const series = this.#series.get(name) ?? {
      labels,
      histogram: new BucketHistogram(secondsBounds),
    };
    series.histogram.record(seconds);
    this.#series.set(name, series);
  }
}

function routeOf(path: string): string {
  if (path.startsWith('/v1/config/')) return '/v1/config/:key';
  const fixed = [
    '/healthz',
    '/readyz',
    '/metrics',
    '/admin/raft',
    '/admin/events',
    '/admin/faults',
  ];
  return fixed.includes(path) ? path : 'other';
}
