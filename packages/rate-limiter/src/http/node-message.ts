import type { RefusedRequest, ResponseOutcome } from './http-rate-limit.ts';
import type { HttpRequest } from './http-request.ts';
import type { HeaderField } from './rate-limit-fields.ts';

/** What is used of Node's `IncomingMessage`. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** What a router that shortens `url` keeps of it. */
  readonly originalUrl?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** What is used of Node's `ServerResponse`. */
export interface NodeResponse {
  statusCode: number;
  readonly headersSent: boolean;
  readonly writableEnded: boolean;
  readonly writableFinished: boolean;
  readonly destroyed: boolean;
  /** What a header is to be. */
  getHeader(name: string): number | string | readonly string[] | undefined;
  /** Sets a header. */
  setHeader(name: string, value: string): unknown;
  /** Sends the response. */
  end(body: string): unknown;
  /** 'finish': all of it is out. 'close': nothing more will happen. */
  once(event: 'finish' | 'close', listener: () => void): unknown;
}

/** Gets one outcome, once. */
export type OutcomeListener = (outcome: ResponseOutcome) => void;

/** A request of Node's server, as a limit sees it. */
export function httpRequestOfNode(request: NodeRequest): HttpRequest {
  const { method = 'GET', url = '/', originalUrl = url, headers, socket } = request;
  return {
    method,
    url: originalUrl,
    headers: { get: (name) => joined(headers[name.toLowerCase()]) },
    peerAddress: socket.remoteAddress,
  };
}

/**
 * Watches how `response` ends, from now on: a client may hang up before anyone asks.
 *
 * @returns Takes the one who is to be told. If it has ended, it is told at once.
 */
export function responseEnd(response: NodeResponse): (listener: OutcomeListener) => void {
  let outcome: ResponseOutcome | undefined = response.destroyed ? { kind: 'aborted' } : undefined;
  let told: OutcomeListener | undefined;
  const end = (is: 'whole' | 'cut'): void => {
    if (outcome !== undefined) return;
    const { statusCode: status } = response;
    outcome = is === 'whole' ? { kind: 'answered', status } : { kind: 'aborted' };
    told?.(outcome);
  };
  response.once('finish', () => end('whole'));
  response.once('close', () => end(response.writableFinished ? 'whole' : 'cut'));
  return (listener) => {
    told = listener;
    if (outcome !== undefined) listener(outcome);
  };
}

/** Puts `fields` on `response`, unless its headers have left. */
export function putFields(response: NodeResponse, fields: readonly HeaderField[]): void {
  if (response.headersSent) return;
  for (const { name, value, mode } of fields) {
    const before = mode === 'append' ? joined(response.getHeader(name)) : null;
    response.setHeader(name, before === null ? value : `${before}, ${value}`);
  }
}

/** Answers a request that was refused, unless somebody has answered it. */
export function refuse(response: NodeResponse, { status, fields, body }: RefusedRequest): void {
  if (response.headersSent || response.writableEnded) return;
  response.statusCode = status;
  putFields(response, fields);
  response.end(body);
}

/** The members of a header's list, as one text. */
export function joined(value: number | string | readonly string[] | undefined): string | null {
  if (value === undefined) return null;
  return typeof value === 'object' ? value.join(', ') : String(value);
}
