/**
 * A call of the service as an HTTP request, and the response as what the client may conclude.
 *
 * Everything hangs on the last: who takes silence for failure, or a promise for a doubt, records a
 * history of something else. So a refusal counts as definite only if its problem says so, and what
 * it says is then held against it: a write that happened all the same is a value nobody wrote.
 */
import { utf8Bytes } from '../config/config-limits.ts';
import type { ReadMode } from '../config/read-mode.ts';
import type { ConfigInput, ConfigOutput } from './config-model.ts';

/** A request, whatever carries it. */
export interface ConfigRequest {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A response, read to its end. */
export interface ConfigResponse {
  readonly status: number;
  readonly etag: string | undefined;
  readonly body: string;
}

/** What a client learnt. */
export type Learnt =
  | { readonly kind: 'answer'; readonly output: ConfigOutput }
  | { readonly kind: 'noAnswer'; readonly error: NoAnswer };

/** No answer. The recorder goes by `definite`. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  /** Whether the operation certainly did not and will not happen. */
  readonly definite: boolean;

  constructor(kind: 'definite' | 'indefinite', why: string) {
    super(why);
    this.definite = kind === 'definite';
  }
}

/** The request that asks `input`. */
export function requestOf(input: ConfigInput, mode: ReadMode): ConfigRequest {
  const path = `/v1/config/${input.key}`;
  if (input.kind === 'get') return { method: 'GET', path: `${path}?read=${mode}`, headers: {} };
  const condition = conditionHeaders(input);
  if (input.kind === 'delete') return { method: 'DELETE', path, headers: condition };
  const body = JSON.stringify({ value: input.value });
  // A length, as clients send it: without one the body counts as a stream.
  const length = { 'content-length': String(utf8Bytes(body)) };
  const headers = { ...condition, ...length, 'content-type': 'application/json' };
  return { method: 'PUT', path, headers, body };
}

function conditionHeaders({
  condition,
}: Exclude<ConfigInput, { readonly kind: 'get' }>): Readonly<Record<string, string>> {
  switch (condition.kind) {
    case 'none':
      return {};
    case 'absent':
      return { 'if-none-match': '*' };
    case 'present':
      return { 'if-match': '*' };
    case 'revision':
      return { 'if-match': `"${condition.revision}"` };
  }
}

/**
 * What `response` tells who asked `input`.
 *
 * @throws UnpromisedResponse if it is none that the service promises to give to `input`.
 */
export function learntFrom(input: ConfigInput, response: ConfigResponse): Learnt {
  const output = outputOf(input, response);
  return output ? { kind: 'answer', output } : { kind: 'noAnswer', error: refusalOf(response) };
}

/** A response that the service promises never to give. A fault of its own, whatever the history. */
export class UnpromisedResponse extends Error {
  override readonly name = 'UnpromisedResponse';

  constructor(input: ConfigInput, { status, etag, body }: ConfigResponse) {
    super(`${JSON.stringify(input)} answered with ${status}, ETag ${etag ?? 'none'}: ${body}`);
  }
}

function outputOf(input: ConfigInput, response: ConfigResponse): ConfigOutput | undefined {
  const { status } = response;
  switch (status) {
    case 200:
    case 201: {
      const { key, value, revision } = fieldsOf(response);
      const isOurs = key === input.key && response.etag === `"${String(revision)}"`;
      if (!isOurs || typeof revision !== 'number') break;
      if (input.kind === 'put') return { kind: 'written', revision, isNew: status === 201 };
      if (input.kind !== 'get' || status !== 200 || typeof value !== 'string') break;
      return { kind: 'value', value, revision };
    }
    case 204:
      if (input.kind === 'delete') return { kind: 'deleted' };
      break;
    case 404:
      if (input.kind === 'put' || fieldsOf(response)['code'] !== 'key_not_found') break;
      return { kind: 'absent' };
    case 412: {
      const { currentRevision } = fieldsOf(response);
      if (input.kind === 'get' || input.condition.kind === 'none') break;
      if (typeof currentRevision !== 'number' && currentRevision !== null) break;
      return { kind: 'mismatch', currentRevision };
    }
    case 503:
    case 504:
    case 507:
      return undefined;
  }
  throw new UnpromisedResponse(input, response);
}

function refusalOf(response: ConfigResponse): NoAnswer {
  const { code, detail, indefinite } = fieldsOf(response);
  const why = `${response.status} ${String(code)}: ${String(detail)}`;
  return new NoAnswer(indefinite === false ? 'definite' : 'indefinite', why);
}

/** The body as JSON, with nothing in it if it is none. */
function fieldsOf({ body }: ConfigResponse): Readonly<Record<string, unknown>> {
  try {
    return Object.fromEntries(Object.entries(JSON.parse(body) as object));
  } catch {
    return {};
  }
}
