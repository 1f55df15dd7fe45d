/**
 * Elsewhere: the server hangs; decisions wait half a minute in the client's queue and then become
 * refusals that are none, late answers reject promises that nobody holds, and what waited is
 * charged in one go when the server is back.
 *
 * Protection: a caller's signal ends its waiting, calls without an answer are bounded, and without
 * a connection nothing is queued (`script-runner.ts`, `redis-client.ts`).
 */
import { describe, expect, test } from 'vitest';

import { gcra } from '../../src/policy.ts';
import { RedisStore } from '../../src/redis/redis-store.ts';
import { clientKinds } from '../support/redis-clients.ts';
import { redisScene } from '../support/redis-scene.ts';
import { redisIsMissing } from '../support/redis-server.ts';

const policy = gcra({ limit: 1_000, windowMs: 3_600_000 });
const check = { key: 'k', policy, cost: 1 };

describe.skipIf(redisIsMissing).each(Object.entries(clientKinds))('%s', (_kind, connect) => {
  const scene = redisScene();

  test('a server that hangs holds up nobody beyond its signal', async () => {
    const { client, end } = await connect(scene.server.port);
    const store = new RedisStore({ client, pendingMax: 100 });
    await store.take([check]);
    scene.server.pause();
    const controller = new AbortController();
    const waiting = Array.from({ length: 100 }, () =>
      store.take([check], { signal: controller.signal }),
    );
    const settled = Promise.allSettled(waiting);
    controller.abort(new Error('deadline'));
    for (const result of await settled) {
      expect(result).toMatchObject({ status: 'rejected', reason: { message: 'deadline' } });
    }
    // Nobody waits any more, but the server has not answered: the next is not even sent.
    expect(store.pendingCount).toBe(100);
    await expect(store.take([check])).rejects.toMatchObject({ definite: true });
    scene.server.resume();
    // The late answers come in and are dropped; an unhandled rejection would fail the run.
    while (store.pendingCount > 0) await new Promise(setImmediate);
    const { decisions } = await store.take([check]);
    expect(decisions[0]).toMatchObject({ kind: 'admitted', remaining: 1_000 - 102 });
    await end();
  });

  test('without a connection nothing waits, and nothing is charged later', async () => {
    const { client, end } = await connect(scene.server.port);
    const store = new RedisStore({ client });
    await store.take([check]);
    await scene.server.kill();
    let failure: unknown;
    // Until the client has seen the end of the connection, a call may have been on its way.
    while (!isDefinite(failure)) {
      failure = await store.take([check]).catch((error: unknown) => error);
      await new Promise(setImmediate);
    }
    const more = await Promise.allSettled(Array.from({ length: 500 }, () => store.take([check])));
    expect(more.every(({ status }) => status === 'rejected')).toBe(true);
    expect(store.pendingCount).toBe(0);
    await scene.server.run();
    let left: number | undefined;
    while (left === undefined) {
      const verdict = await store.take([{ ...check, cost: 0 }]).catch(() => undefined);
      left = verdict?.decisions[0]?.remaining;
      await new Promise(setImmediate);
    }
    expect(left).toBe(1_000);
    await end();
  });
});

function isDefinite(failure: unknown): boolean {
  return failure instanceof Error && 'definite' in failure && failure.definite === true;
}
