/** Answers requests that come as messages, as a server answers those that come by HTTP. */
import type { Hono } from 'hono';

import { readEvents } from '../event-stream.ts';
import type { FromWorker, ToWorker } from '../dashboard/source/worker-messages.ts';

/** @returns Takes one message; what is to be said comes to `post`, sooner or later. */
export function servePort(
  api: Pick<Hono, 'request'>,
  post: (message: FromWorker) => void,
): (message: ToWorker) => Promise<void> {
  const open = new Map<number, AbortController>();
  const follow = async (id: number, path: string): Promise<void> => {
    const closing = new AbortController();
    open.set(id, closing);
    const { ok, body } = await api.request(path, { signal: closing.signal });
    if (ok && body !== null) {
      post({ kind: 'opened', id });
      await readEvents(body, (data) => {
        post({ kind: 'event', id, data });
      });
    }
    post({ kind: 'lost', id });
  };
  return async (message) => {
    const { id } = message;
    switch (message.kind) {
      case 'ask': {
        const { method, headers, body } = message.request;
        const type = { 'content-type': 'application/json' };
        const init = { method, headers: { ...type, ...headers } };
        const response = await api.request(
          message.path,
          body === undefined ? init : { ...init, body },
        );
        const { status } = response;
        const text = await response.text();
        post({ kind: 'answer', id, status, headers: [...response.headers], body: text });
        break;
      }
      case 'open':
        await follow(id, message.path);
        break;
      case 'close':
        open.get(id)?.abort();
        open.delete(id);
        break;
    }
  };
}
