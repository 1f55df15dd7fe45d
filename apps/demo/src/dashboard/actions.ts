/** What the page asks of the supervisor. */
import { signal } from '@preact/signals';

import { source } from './source/source.ts';

/** The last action that was refused, to be shown; `undefined` if the last one was not. */
export const refusal = signal<string | undefined>(undefined);

/** An answer about a key, as the node gave it. */
export interface KeyAnswer {
  readonly status: number;
  readonly elapsedMs: number;
  readonly askedNode: string;
  readonly servedBy: string;
  readonly document: Readonly<Record<string, unknown>>;
}

/**
 * Does one thing to the cluster; what is refused is shown, not thrown.
 *
 * @returns The answer as JSON; undefined if it is none, or a refusal.
 */
export async function act(
  path: string,
  body?: unknown,
  method = 'POST',
  headers: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  try {
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await source.request(path, {
      ...{ method, headers: { ...headers, ...type } },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    refusal.value = response.ok ? undefined : await detailOf(response);
    return response.ok ? await documentIn(response) : undefined;
  } catch {
    refusal.value = 'The demo does not answer. Is it still running?';
    return undefined;
  }
}

/** Reads or changes one key through one node. */
export async function askForKey(request: {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly key: string;
  readonly query: Readonly<Record<string, string>>;
  readonly value?: string;
  readonly ifMatch?: string;
}): Promise<KeyAnswer> {
  const { method, key, query, value, ifMatch } = request;
  const startedAtMs = performance.now();
  const path = `/api/config/${encodeURIComponent(key)}?${new URLSearchParams(query).toString()}`;
  const response = await source.request(path, {
    method,
    headers: ifMatch === undefined ? {} : { 'if-match': ifMatch },
    ...(value === undefined ? {} : { body: JSON.stringify({ value }) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    elapsedMs: performance.now() - startedAtMs,
    askedNode: response.headers.get('x-asked-node') ?? '',
    servedBy: response.headers.get('x-served-by') ?? '',
    document: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

/** Asks one node where a board belongs. @throws Error with a sentence to show. */
export async function askForOwners(
  nodeId: string,
  board: string,
): Promise<{ readonly epoch: number; readonly owners: readonly string[] }> {
  const path = `/api/node/${nodeId}/admin/ring?${new URLSearchParams({ key: board }).toString()}`;
  const response = await source.request(path, { method: 'GET' });
  if (!response.ok) throw new Error(await detailOf(response));
  return (await response.json()) as { readonly epoch: number; readonly owners: readonly string[] };
}

async function documentIn(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

async function detailOf(response: Response): Promise<string> {
  const { detail } = ((await documentIn(response)) ?? {}) as { readonly detail?: unknown };
  return typeof detail === 'string' ? detail : response.statusText;
}
