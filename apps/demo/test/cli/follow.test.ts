import { expect, test } from 'vitest';

import { follow } from '../../src/cli/follow.ts';
import { Failure } from '../../src/cli/shell.ts';
import type { ClusterView } from '../../src/supervisor/cluster-view.ts';

type Stream = Parameters<typeof follow>[0]['stream'];

/** Follows a demo whose streams go as `streams` say, one after the other; the last one aborts. */
async function followed(...streams: Stream[]) {
  const abort = new AbortController();
  const [paths, data, gaps]: string[][] = [[], [], []];
  let cursor = 0;
  const view = () => Promise.resolve({} as ClusterView);
  const stream: Stream = (path, signal, onData) => {
    paths!.push(path);
    const next = streams.shift();
    if (next !== undefined) return next(path, signal, onData);
    abort.abort();
    return Promise.resolve(undefined);
  };
  await follow(
    { stream, view },
    {
      path: () => `/events?since=${cursor}`,
      signal: abort.signal,
      onData: (text) => {
        cursor += 1;
        data!.push(text);
      },
      onGap: (reason) => gaps!.push(reason),
    },
  );
  return { paths, data, gaps };
}

const problem = (status: number) =>
  Response.json({ code: 'x', detail: `it is ${status}` }, { status });

test('what breaks off is taken up from the cursor, whatever the break', async () => {
  const { paths, data, gaps } = await followed(
    async (_path, _signal, onData) => {
      onData('one');
      onData('two');
      throw new Failure('/events broke off: the node died');
    },
    async () => problem(504),
    async (_path, _signal, onData) => {
      onData('three');
      return undefined;
    },
  );
  expect(data).toEqual(['one', 'two', 'three']);
  expect(paths).toEqual([0, 2, 2, 3].map((since) => `/events?since=${since}`));
  expect(gaps).toEqual(['/events broke off: the node died', 'x: it is 504.', 'the stream ended']);
});

test('what is refused is not asked for again', async () => {
  await expect(followed(async () => problem(404))).rejects.toThrow('it is 404');
});
