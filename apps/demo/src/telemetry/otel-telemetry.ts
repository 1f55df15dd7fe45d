/**
 * Spans by OpenTelemetry: whatever SDK the process has loaded gets them. The names of attributes
 * are those of its semantic conventions, where they have some.
 */
import {
  type Attributes,
  context,
  type Context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import type {
  ClosableRequester,
  NodeId,
  RequestContext,
  RequestHandler,
  RequestOptions,
} from '@quorate/transport';
import type { Context as HonoContext, MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';

import type { MessageContext, Telemetry } from './telemetry.ts';

/** What is handed over at the end may take so long, in ms. */
const FLUSH_MS_MAX = 1_000;

/**
 * Whether spans reach `registered`, which is what an SDK has registered. They do not if that came
 * with an older API than the one that is loaded here.
 */
export function isReachable(registered: unknown): boolean {
  return trace.getTracerProvider() === registered;
}

/** Tells OpenTelemetry what one node does. */
export class OtelTelemetry implements Telemetry {
  readonly messages: MessageContext = { current: headersOfNow, within: continueFrom };
  readonly #tracer: Tracer = trace.getTracer('corkboard');
  readonly #node: Attributes;

  /** @param node - Its id. */
  constructor(node: string) {
    this.#node = { 'corkboard.node': node };
  }

  middleware(): MiddlewareHandler {
    return async (request, next) => {
      const active = context.active();
      // Somebody may have begun a span for it already, such as an instrumentation of HTTP.
      const parent =
        trace.getSpan(active) === undefined
          ? propagation.extract(active, Object.fromEntries(request.req.raw.headers))
          : active;
      const { method, path } = request.req;
      const attributes = { 'http.request.method': method, 'url.path': path };
      await this.#within(
        parent,
        { name: method, kind: SpanKind.SERVER, attributes },
        async (span) => {
          await next();
          noteResponse(span, request);
        },
      );
    };
  }

  requester(inner: ClosableRequester): ClosableRequester {
    return {
      get counters() {
        return inner.counters;
      },
      close: () => inner.close(),
      request: (to, method, payload, options) =>
        this.#request(to, method, options, () => inner.request(to, method, payload, options)),
      serve: (method, handler) =>
        inner.serve(method, (payload, request) => this.#serve(method, handler, payload, request)),
    };
  }

  around<Result>(
    name: string,
    action: () => Promise<Result>,
    describe: (result: Result) => Readonly<Record<string, string>>,
  ): Promise<Result> {
    if (openSpan() === undefined) return action();
    const kind = SpanKind.INTERNAL;
    return this.#within(context.active(), { name, kind, attributes: {} }, async (span) => {
      const result = await action();
      span.setAttributes(describe(result));
      return result;
    });
  }

  async flush(): Promise<void> {
    // Providers of SDKs have it, though it is no part of the API.
    const provider: object = trace.getTracerProvider();
    const delegate = 'getDelegate' in provider ? call(provider, 'getDelegate') : provider;
    const flushed = call(delegate, 'forceFlush');
    const late = new Promise((resolve) => setTimeout(resolve, FLUSH_MS_MAX));
    await Promise.race([flushed, late]).catch(() => undefined);
  }

  #request(
    to: NodeId,
    method: string,
    { timeoutMs }: RequestOptions,
    send: () => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    if (openSpan() === undefined) return send();
    const attributes = {
      ...rpc(method),
      'server.address': to,
      'corkboard.timeout_ms': timeoutMs,
    };
    const kind = SpanKind.CLIENT;
    return this.#within(context.active(), { name: method, kind, attributes }, send);
  }

  #serve(
    method: string,
    handler: RequestHandler,
    payload: Uint8Array,
    request: RequestContext,
  ): Uint8Array | Promise<Uint8Array> {
    const parent = trace.getSpan(context.active());
    if (parent?.spanContext().isRemote !== true) return handler(payload, request);
    const attributes = { ...rpc(method), 'client.address': request.from };
    const kind = SpanKind.SERVER;
    return this.#within(context.active(), { name: method, kind, attributes }, async () =>
      handler(payload, request),
    );
  }

  /** Begins a span, runs `action` in it at once, and ends it with whatever came of that. */
  async #within<Result>(
    parent: Context,
    { name, kind, attributes }: { name: string; kind: SpanKind; attributes: Attributes },
    action: (span: Span) => Promise<Result>,
  ): Promise<Result> {
    const options = { kind, attributes: { ...this.#node, ...attributes } };
    const span = this.#tracer.startSpan(name, options, parent);
    try {
      return await context.with(trace.setSpan(parent, span), () => action(span));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      span.setStatus({ code: SpanStatusCode.ERROR, message });
      throw error;
    } finally {
      span.end();
    }
  }
}

/** The span that is active, if it has not ended and is collected. */
function openSpan(): Span | undefined {
  const span = trace.getActiveSpan();
  return span?.isRecording() === true ? span : undefined;
}

function headersOfNow(): string | undefined {
  if (openSpan() === undefined) return undefined;
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return lines.length === 0 ? undefined : lines.join('\n');
}

function continueFrom(text: string, action: () => void): void {
  const headers = text.split('\n').map((line) => {
    const [, name = '', value = ''] = /^([^:]+): (.*)$/.exec(line) ?? [];
    return [name, value] as const;
  });
  context.with(propagation.extract(context.active(), Object.fromEntries(headers)), action);
}

function noteResponse(span: Span, request: HonoContext): void {
  const route = matchedRoutes(request).at(-1)?.path ?? request.req.path;
  const { status } = request.res;
  span.updateName(`${request.req.method} ${route}`);
  span.setAttributes({ 'http.route': route, 'http.response.status_code': status });
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
}

function rpc(method: string): Attributes {
  return { 'rpc.system': 'quorate', 'rpc.method': method };
}

/** What `target[name]()` answers, if that is a function. */
function call(target: unknown, name: string): unknown {
  if (typeof target !== 'object' || target === null) return undefined;
  const method: unknown = Reflect.get(target, name);
  return typeof method === 'function' ? Reflect.apply(method, target, []) : undefined;
}
