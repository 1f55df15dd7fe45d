import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { SimulatedCluster } from '../../support/simulated-cluster.ts';

const digest = (secret: string): string => createHash('sha256').update(secret).digest('hex');
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

const apiKeys = JSON.stringify([
  { name: 'ann', sha256: digest('ann-secret'), role: 'client' },
  { name: 'root', sha256: digest('root-secret'), role: 'admin' },
]);

async function guarded(): Promise<SimulatedCluster> {
  const cluster = new SimulatedCluster({ nodeCount: 3 });
  const leader = await cluster.elect();
  expect((await cluster.put(leader, 'cluster/api-keys', apiKeys)).status).toBe(201);
  await cluster.simulation.run(500);
  return cluster;
}

describe('API keys', () => {
  test('keep strangers out of everything below /v1, on every node', async () => {
    const cluster = await guarded();
    for (const id of cluster.ids) {
      for (const headers of [{}, bearer('wrong'), { authorization: 'Basic ann-secret' }]) {
        const { status } = await cluster.request(id, '/v1/config/a', { headers });
        expect(status).toBe(401);
      }
      const known = await cluster.request(id, '/v1/config/a', { headers: bearer('ann-secret') });
      expect(known.status).toBe(404);
    }
  });

  test.each(['cluster/members', 'cluster%2Fmembers', '%63luster/members'])(
    'let only an admin write %s',
    async (path) => {
      const cluster = await guarded();
      const [id] = cluster.ids;
      const members = JSON.stringify([{ id: 'n1' }, { id: 'n2' }]);
      const client = await cluster.put(id!, path, members, bearer('ann-secret'));
      expect(client.status).toBe(403);
      const admin = await cluster.put(id!, path, members, bearer('root-secret'));
      expect(admin.status).toBe(201);
    },
  );
});

describe('what the cluster reads itself', () => {
  test.each([
    ['cluster/members', '[]'],
    ['cluster/members', '[{"id":"n1"},{"id":"n1"}]'],
    ['cluster/members', '[{"id":"n1","weight":-1}]'],
    ['cluster/members', 'not JSON'],
    ['cluster/api-keys', '[{"name":"ann","sha256":"plain","role":"client"}]'],
    ['cluster/quotas', '{"*":{"limit":0,"windowMs":1000}}'],
    ['cluster/quotas', '[]'],
    ['cluster/other', '{}'],
  ])('is refused before it is written: %s = %s', async (key, value) => {
    const cluster = new SimulatedCluster({ nodeCount: 1 });
    const leader = await cluster.elect();
    const answer = await cluster.put(leader, key, value);
    expect([answer.status, answer.document]).toMatchObject([400, { code: 'bad_field' }]);
    expect((await cluster.get(leader, key)).status).toBe(404);
  });
});

describe('quotas', () => {
  test('hold for all nodes together, and say when to come back', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 3 });
    const leader = await cluster.elect();
    const quotas = JSON.stringify({ '*': { limit: 10, windowMs: 3_600_000 } });
    await cluster.put(leader, 'cluster/quotas', quotas);
    await cluster.simulation.run(500);
    const answers = [];
    for (let turn = 0; turn < 40; turn += 1) {
      answers.push(await cluster.get(cluster.ids[turn % 3]!, 'a', 'stale'));
    }
    const admitted = answers.filter(({ status }) => status === 404);
    const limited = answers.filter(({ status }) => status === 429);
    expect(admitted.length + limited.length).toBe(40);
    expect(admitted.length).toBeGreaterThanOrEqual(8);
    expect(admitted.length).toBeLessThanOrEqual(10);
    expect(Number(limited.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(admitted[0]?.headers.get('ratelimit')).toContain('"api"');
  });
});

describe('what a caller may ask about itself', () => {
  test('is its name, its rights and its quota', async () => {
    const cluster = await guarded();
    const leader = await cluster.elect();
    const quotas = JSON.stringify({ ann: { limit: 7, windowMs: 60_000 } });
    expect(
      (await cluster.put(leader, 'cluster/quotas', quotas, bearer('root-secret'))).status,
    ).toBe(201);
    await cluster.simulation.run(500);
    const ask = (secret: string) =>
      cluster.request(cluster.ids[1]!, '/v1/whoami', { headers: bearer(secret) });
    expect((await ask('ann-secret')).document).toEqual({
      ...{ name: 'ann', role: 'client', rights: ['boards', 'config'] },
      quota: { limit: 7, windowMs: 60_000 },
    });
    expect((await ask('root-secret')).document).toMatchObject({
      ...{ name: 'root', role: 'admin', rights: ['boards', 'config', 'cluster'] },
    });
    expect((await ask('wrong')).status).toBe(401);
  });

  test('is what is left, who counts, and that a node on its own has a share', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 3 });
    const leader = await cluster.elect();
    const quotas = JSON.stringify({ '*': { limit: 90, windowMs: 3_600_000 } });
    await cluster.put(leader, 'cluster/quotas', quotas);
    await cluster.simulation.run(500);
    const usage = async (id: (typeof cluster.ids)[number]) => {
      const { document, text } = await cluster.request(id, '/v1/limits');
      expect(document, text).toMatchObject({ name: 'api', limit: 90, windowMs: 3_600_000 });
      return document as { remaining: number; countedBy: string; source: string };
    };
    const first = await usage(cluster.ids[0]!);
    const owner = cluster.ids.find((id) => id === first.countedBy)!;
    const [other, third] = cluster.ids.filter((id) => id !== owner);
    expect((await usage(owner)).source).toBe('owned');
    expect((await usage(owner)).remaining).toBeLessThan(90);
    expect((await usage(other!)).source).toBe('lease');

    cluster.simulation.partition([other!], [owner, third!]);
    await cluster.simulation.run(60_000);
    const alone = await usage(other!);
    expect([alone.source, alone.countedBy]).toEqual(['localShare', owner]);
    expect(alone.remaining).toBeLessThanOrEqual(30);
  });
});
