import { viewedMs } from '../time/viewed.ts';
import type { PageRequest, PageSource } from './page-source.ts';

/** Goes on from a time in the past, where that can be: what happened later is forgotten. */
export type Fork = (source: PageSource, atMs: number) => Promise<void>;

/**
 * A source that changes nothing while the past is looked at: an action is refused, or done in the
 * past, from where all goes on anew.
 *
 * @param fork - Goes back there; undefined if nobody can.
 */
export function guardPast(source: PageSource, fork: Fork | undefined): PageSource {
  return {
    events: (path, listener) => source.events(path, listener),
    request: async (path, request) => {
      const atMs = viewedMs.peek();
      if (atMs === undefined || !isAction(path, request)) return source.request(path, request);
      if (fork === undefined) {
        const detail = 'The past cannot be changed. Press Esc to come back to now.';
        return Response.json({ detail }, { status: 409 });
      }
      await fork(source, atMs);
      return source.request(path, request);
    },
  };
}

/** Clients of boards live in the page, and always now; so does what plays the run. */
function isAction(path: string, { method }: PageRequest): boolean {
  return method !== 'GET' && !path.startsWith('/api/node/') && path !== '/api/sim';
}

/** Goes back in a simulated run. */
export const forkRun: Fork = async (source, atMs) => {
  const body = JSON.stringify({ kind: 'fork', atMs });
  await source.request('/api/sim', { method: 'POST', body });
  viewedMs.value = undefined;
};
