import type { ClosableRequester } from '@quorate/transport';
import type { MiddlewareHandler } from 'hono';

/**
 * Tells whoever collects spans what a request does on its way: over HTTP, between nodes, in Raft.
 *
 * A span is begun only for what belongs to a span that is open. So a node that looks after boards
 * by itself, or goes on after the answer, tells nothing and adds to no trace that is over.
 */
export interface Telemetry {
  /** How traces go on from node to node. */
  readonly messages: MessageContext;
  /** A span for each HTTP request; of the trace that its headers name, if they name one. */
  middleware(): MiddlewareHandler;
  /** `inner`, with a span at both ends of each request. */
  requester(inner: ClosableRequester): ClosableRequester;
  /** A span around `action`, with what `describe` says of its outcome. */
  around<Result>(
    name: string,
    action: () => Promise<Result>,
    describe: (result: Result) => Readonly<Record<string, string>>,
  ): Promise<Result>;
  /** Hands over what is collected, before the process ends. */
  flush(): Promise<void>;
}

/** The headers of a trace, as lines of text: `traceparent: 00-…`. */
export interface MessageContext {
  /** Those of the span in whose name a message leaves now; undefined if there is none. */
  current(): string | undefined;
  /** Runs `action` in the name of another node's span. Lines that say nothing change nothing. */
  within(headers: string, action: () => void): void;
}
