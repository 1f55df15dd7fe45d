import { Hono } from 'hono';
import { expect, test } from 'vitest';

import type { FromWorker, ToWorker } from '../../src/dashboard/source/worker-messages.ts';
import { WorkerSource } from '../../src/dashboard/source/worker-source.ts';
import { eventStream } from '../../src/event-stream.ts';
import { servePort } from '../../src/sim/serve-port.ts';
import { createSimApi } from '../../src/sim/sim-routes.ts';
import { SimSupervisor } from '../../src/sim/sim-supervisor.ts';

/** A page's source, and behind it `api` as a worker would serve it. */
function sourceOf(api: Pick<Hono, 'request'>): WorkerSource {
  let hear: (message: FromWorker) => void = () => undefined;
  const take = servePort(api, (message) => {
    hear(structuredClone(message));
  });
  return new WorkerSource({
    postMessage: (message: ToWorker) => void take(structuredClone(message)),
    listen: (listener) => {
      hear = listener;
    },
  });
}

test('answers come back as they were given, those without a body too', async () => {
  const api = new Hono();
  api.post('/echo', async (context) => {
    context.header('x-key', context.req.header('if-match') ?? '');
    return context.json({ got: await context.req.json<unknown>() }, 201);
  });
  api.delete('/echo', (context) => context.body(null, 204));
  const source = sourceOf(api);
  const headers = { 'if-match': '"7"' };
  const [made, gone, missing] = await Promise.all([
    source.request('/echo', { method: 'POST', headers, body: '[1]' }),
    source.request('/echo', { method: 'DELETE' }),
    source.request('/nothing', { method: 'GET' }),
  ]);
  expect([made.status, gone.status, missing.status]).toEqual([201, 204, 404]);
  expect(made.headers.get('x-key')).toBe('"7"');
  expect(await made.json()).toEqual({ got: [1] });
});

test('a stream opens, brings events whole, and ends when it is left', async () => {
  const api = new Hono();
  let leave: () => void = () => undefined;
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  api.get('/events', (context) =>
    eventStream(context.req.raw.signal, (send) => {
      send({ text: 'a\n\nb' });
      send(2);
      return leave;
    }),
  );
  const told: string[] = [];
  const two = Promise.withResolvers<undefined>();
  const stop = sourceOf(api).events('/events', {
    opened: () => told.push('opened'),
    event: (data) => {
      told.push(data);
      if (told.length === 3) two.resolve(undefined);
    },
    lost: () => told.push('lost'),
  });
  await two.promise;
  expect(told).toEqual(['opened', '{"text":"a\\n\\nb"}', '2']);
  stop();
  await left;
});

test('a stream that is refused is lost', async () => {
  const lost = Promise.withResolvers<undefined>();
  sourceOf(new Hono()).events('/nothing', {
    opened: () => undefined,
    event: () => undefined,
    lost: () => {
      lost.resolve(undefined);
    },
  });
  await lost.promise;
});

test('a run is played, wound, and opened by a link', async () => {
  const demo = new SimSupervisor({ seed: 1, scenario: undefined, atMs: 0, inputs: [] });
  const source = sourceOf(createSimApi(demo));
  const tell = async (command: unknown): Promise<unknown> => {
    const body = JSON.stringify(command);
    const answer = await source.request('/api/sim', { method: 'POST', body });
    return { status: answer.status, ...Object(await answer.json()) };
  };
  expect(await tell({ kind: 'stand' })).toMatchObject({ status: 200, isPlaying: false });
  expect(await tell({ kind: 'play' })).toMatchObject({ isPlaying: true });
  expect(await tell({ kind: 'speed', factor: 0.5 })).toMatchObject({ speed: 0.5 });
  expect(await tell({ kind: 'speed', factor: 1_001 })).toMatchObject({ status: 409 });
  expect(await tell({ kind: 'step', byMs: 100 })).toMatchObject({ isSeeking: true });
  await demo.pump(1, () => true);
  expect(demo.state).toMatchObject({ nowMs: 100, isPlaying: false });
  expect(await tell({ kind: 'open', link: '?seed=7&t=50' })).toMatchObject({ seed: 7, nowMs: 0 });
  expect(await tell({ kind: 'open', link: '?seed=x' })).toMatchObject({ status: 400 });
  expect(await tell({ kind: 'seek', atMs: -1 })).toMatchObject({ status: 400 });
  expect(await tell({ kind: 'burn' })).toMatchObject({ status: 400 });
});
