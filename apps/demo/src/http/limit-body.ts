import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';

import { problem } from './problem.ts';

/**
 * Refuses bodies that are too large. One that says its size is not touched: whoever reads it may
 * take it from the connection as it is, without a stream of streams around it.
 */
export function limitBody(bytesMax: number): MiddlewareHandler {
  const detail = `body: expected at most ${bytesMax} bytes`;
  const onError = (): Response => problem('too_large', { field: 'body', detail });
  const limitByReading = bodyLimit({ maxSize: bytesMax, onError });
  return async (context, next) => {
    const { headers } = context.req.raw;
    const sizeBytes = Number(headers.get('content-length') ?? Number.NaN);
    const isKnown = Number.isInteger(sizeBytes) && !headers.has('transfer-encoding');
    // A server reads as many bytes as that, and no more.
    if (isKnown && sizeBytes <= bytesMax) {
      await next();
      return undefined;
    }
    return limitByReading(context, next);
  };
}
