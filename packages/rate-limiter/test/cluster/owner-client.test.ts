import { nodeId, type Requester } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { noCounts } from '../../src/cluster/cluster-counters.ts';
import { clusterSettings } from '../../src/cluster/cluster-options.ts';
import { clusterReplyCodec } from '../../src/cluster/codec.ts';
import type { ClusterReply } from '../../src/cluster/messages.ts';
import { OwnerClient } from '../../src/cluster/owner-client.ts';
import { Ownership } from '../../src/cluster/ownership.ts';
import { rendezvousPlacement } from '../../src/cluster/placement.ts';
import { gcra } from '../../src/policy.ts';

const [us, owner] = [nodeId('us'), nodeId('owner')];
const policy = gcra({ name: 'p', limit: 100, windowMs: 1_000 });
const check = { key: 'k', policy, cost: 1 };
const granted: ClusterReply = {
  kind: 'granted',
  leaseId: 1,
  cost: 1,
  leaseMs: 1_000,
  remaining: 9,
  resetAfterMs: 10,
};

type Answer = (count: number) => Promise<Uint8Array>;

function scene(answer: Answer) {
  let nowMs = 0;
  let askedCount = 0;
  const requester: Requester = {
    request: () => {
      askedCount += 1;
      return answer(askedCount);
    },
    serve: () => () => undefined,
  };
  const clock = {
    nowMs: () => nowMs,
    wallTimeMs: () => nowMs,
    setTimer: () => ({ cancel: () => undefined }),
  };
  const placement = rendezvousPlacement([us, owner]);
  const settings = clusterSettings({ localId: us, requester, clock, placement, waitingMax: 3 });
  const counters = noCounts();
  const client = new OwnerClient(settings, new Ownership(us, placement, 0), counters);
  return {
    client,
    counters,
    askedCount: () => askedCount,
    pass: (byMs: number) => {
      nowMs += byMs;
    },
  };
}

const replies =
  (...given: readonly ClusterReply[]): Answer =>
  (count) =>
    Promise.resolve(clusterReplyCodec.encode(given[count - 1] ?? granted));
const fails: Answer = () => Promise.reject(new Error('unreachable'));

describe('a question to an owner', () => {
  test('is asked once for all who wait, and again for those who got nothing', async () => {
    const { client, askedCount } = scene(replies());
    const waiting = [1, 2, 3].map(async () => client.draw(check, owner, 0));
    expect(client.draw(check, owner, 0)).toBeUndefined();
    const draws = await Promise.all(waiting);
    expect(draws.map((draw) => draw?.decision.kind)).toEqual(['admitted', 'admitted', 'admitted']);
    expect(askedCount()).toBe(3);
  });

  test('that fails at once is not asked again and again by those who wait', async () => {
    const { client, askedCount, counters, pass } = scene(fails);
    const waiting = [1, 2, 3].map(async () => client.draw(check, owner, 0));
    expect(await Promise.all(waiting)).toEqual([undefined, undefined, undefined]);
    expect([askedCount(), counters.unanswered]).toEqual([1, 1]);
    expect(client.draw(check, owner, 999)).toBeUndefined();
    pass(1_000);
    expect(await client.draw(check, owner, 1_000)).toBeUndefined();
    expect(askedCount()).toBe(2);
  });

  test('answered with bytes that are none is a failure like any other', async () => {
    const { client, counters } = scene(() => Promise.resolve(Uint8Array.of(1, 99)));
    expect(await client.draw(check, owner, 0)).toBeUndefined();
    expect(counters.unanswered).toBe(1);
    await expect(client.tell({ kind: 'reset', key: 'k', policy })).rejects.toThrow('owner');
  });

  test('answered after the lease it grants has ended gives nothing to spend', async () => {
    const { client, pass } = scene(async () => {
      pass(1_500);
      return clusterReplyCodec.encode(granted);
    });
    expect(await client.draw(check, owner, 0)).toBeUndefined();
  });

  test('to one who does not own the key is not asked again for a while', async () => {
    const { client, askedCount, pass } = scene(replies({ kind: 'notOwner' }));
    expect(await client.draw(check, owner, 0)).toBeUndefined();
    expect(client.draw(check, owner, 500)).toBeUndefined();
    pass(1_000);
    expect((await client.draw(check, owner, 1_000))?.decision.kind).toBe('admitted');
    expect(askedCount()).toBe(2);
  });

  test('is answered to nobody who waits for a store that was closed', async () => {
    const { client } = scene(replies());
    const waiting = client.draw(check, owner, 0);
    client.close();
    expect(await waiting).toBeUndefined();
  });

  test('once all is forgotten, is asked anew', async () => {
    const { client, askedCount } = scene(fails);
    await client.draw(check, owner, 0);
    client.clear();
    await client.draw(check, owner, 0);
    expect(askedCount()).toBe(2);
  });
});
