import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';

/**
 * Refuses bodies that are too large. One that says its size is not touched: whoever reads it may
 * take it from the connection as it is, without a stream of streams around it.
 */
export function limitBody(options: Parameters<typeof bodyLimit>[0]): MiddlewareHandler {
  const limitByReading = bodyLimit(options);
  return async (context, next) => {
    const { headers } = context.req.raw;
    const sizeBytes = Number(headers.get('content-length') ?? Number.NaN);
    const isKnown = Number.isInteger(sizeBytes) && !headers.has('transfer-encoding');
    // A server reads as many bytes as that, and no more.
    if (isKnown && sizeBytes <= options.maxSize) {
      await next();
      return undefined;
    }
    return limitByReading(context, next);
  };
}
