import type { NodeId } from '@quorate/transport';
import { beforeEach, describe, expect, test } from 'vitest';

import { addMetrics } from '../../src/observe/add-metrics.ts';
import { SimulatedCluster } from '../support/simulated-cluster.ts';

const adminToken = 'secret';
const admin = { authorization: `Bearer ${adminToken}` };
let cluster: SimulatedCluster;
let leaderId: NodeId;
let followerId: NodeId;

beforeEach(async () => {
  cluster = new SimulatedCluster({ tuning: { adminToken, allowsFaults: true } });
  leaderId = await cluster.elect();
  followerId = await cluster.follower();
});

describe('health', () => {
  test('a node lives as long as it answers, and is ready while it knows a leader', async () => {
    const alive = await cluster.request(followerId, '/healthz');
    expect(alive.status).toBe(200);
    expect(alive.document).toMatchObject({ isHealthy: true });
    expect((await cluster.request(followerId, '/readyz')).status).toBe(200);

    for (const id of cluster.ids) if (id !== followerId) cluster.simulation.crash(id);
    await cluster.simulation.run(10_000);
    const unready = await cluster.request(followerId, '/readyz');
    expect(unready.status).toBe(503);
    expect(unready.document).toEqual({ isReady: false, reasons: ['no leader is known'] });
    expect((await cluster.request(followerId, '/healthz')).status).toBe(200);
  });

  test('a full disk is a reason not to be ready', async () => {
    cluster.simulation.inject({ kind: 'diskFull', node: followerId, isFull: true });
    await cluster.put(leaderId, 'a', 'x'.repeat(60_000));
    await cluster.simulation.run(100);
    const { document } = await cluster.request(followerId, '/readyz');
    expect(document).toMatchObject({ reasons: ['the disk is full'] });
    expect(cluster.notices).toContainEqual(
      expect.stringContaining(`${followerId}: the disk is full`),
    );
  });
});

test('a node whose disk failed says so, and that it wants a restart', async () => {
  cluster.simulation.inject({ kind: 'failSyncs', node: followerId, count: 1 });
  await cluster.put(leaderId, 'a', '1');
  await cluster.simulation.run(1_000);
  const sick = await cluster.request(followerId, '/healthz');
  expect(sick.status).toBe(503);
  expect(sick.document).toHaveProperty('failure', expect.stringMatching(/sync/));
  expect((await cluster.request(followerId, '/readyz')).text).toContain('stopped for good');

  cluster.simulation.crash(followerId, 'process');
  cluster.simulation.restart(followerId);
  await cluster.simulation.run(5_000);
  expect((await cluster.request(followerId, '/healthz')).status).toBe(200);
  expect((await cluster.get(followerId, 'a', 'stale')).document).toMatchObject({ value: '1' });
});

describe('status', () => {
  test('tells what Raft and the store are at', async () => {
    await cluster.put(leaderId, 'a', '1');
    const { document } = await cluster.request(leaderId, '/admin/raft', { headers: admin });
    expect(document).toMatchObject({
      id: leaderId,
      raft: { role: 'leader', leaderId, voters: ['n1', 'n2', 'n3'], condition: 'running' },
      store: { keyCount: 1 },
      blockedPeers: [],
    });
    expect(document).toHaveProperty('store.digest', expect.stringMatching(/^[0-9a-f]{8}$/));
    expect(document).toHaveProperty(`raft.peers.${followerId}.matchIndex`);
  });

  test('streams itself and the messages that leave the node', async () => {
    const { app } = cluster.node(leaderId);
    const response = await app.request('/admin/events', { headers: admin });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    await cluster.simulation.run(1_000);
    const reader = response.body?.getReader();
    const decoder = new TextDecoder();
    let text = '';
    while (!(text.includes('"kind":"status"') && text.includes('"kind":"messages"'))) {
      const chunk = await reader?.read();
      text += decoder.decode(chunk?.value);
    }
    const blocks = text.split('\n\n').filter((block) => block.startsWith('data: {"kind":"mess'));
    const event: unknown = JSON.parse(blocks[0]?.slice('data: '.length) ?? '');
    expect(event).toHaveProperty('samples.0.type', expect.stringMatching(/heartbeat|append/));
    await reader?.cancel();

    // Nobody watches any more: the node stops preparing events.
    await cluster.simulation.run(1_000);
  });
});

describe('metrics', () => {
  test('are OpenMetrics text with figures of this node', async () => {
    addMetrics(cluster.node(leaderId));
    await cluster.put(followerId, 'a', '1');
    await cluster.put(leaderId, 'a', '2');
    await cluster.get(leaderId, 'nowhere');
    await cluster.request(leaderId, '/v1/config/a', { method: 'BREW' });
    const { text, headers } = await cluster.request(leaderId, '/metrics');
    expect(headers.get('content-type')).toContain('application/openmetrics-text');
    const samples = parseOpenMetrics(text);
    const { raft } = cluster.node(leaderId).status();
    expect(samples.get('raft_role{role="leader"}')).toBe(1);
    expect(samples.get('raft_term')).toBe(raft.term);
    expect(samples.get('raft_commit_index')).toBe(raft.commitIndex);
    expect(samples.get('raft_proposals_total{outcome="committed"}')).toBe(1);
    expect(samples.get('store_keys')).toBe(1);
    expect(samples.get('disk_sync_duration_seconds_count')).toBeGreaterThan(0);
    expect(samples.get(`transport_sent_messages_total{peer="${followerId}"}`)).toBeGreaterThan(0);
    const requests = (labels: string): number | undefined =>
      samples.get(`http_request_duration_seconds_count{${labels}}`);
    expect(requests('method="PUT",route="/v1/config/:key",status="200"')).toBe(1);
    expect(requests('method="GET",route="/v1/config/:key",status="404"')).toBe(1);
    expect(requests('method="other",route="/v1/config/:key",status="405"')).toBe(1);
  });
});

describe('faults', () => {
  const split = { groups: [['n1'], ['n2', 'n3']] };

  function inject(
    id: NodeId,
    body: unknown,
    token = adminToken,
  ): ReturnType<typeof cluster.request> {
    return cluster.request(id, '/admin/faults', {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    });
  }

  test('a partition holds until it is healed', async () => {
    for (const id of cluster.ids) expect((await inject(id, split)).status).toBe(200);
    await cluster.simulation.run(5_000);
    const [lonely, ...others] = cluster.ids;
    if (!lonely) throw new Error('expected three nodes');
    expect(cluster.node(lonely).status().blockedPeers).toEqual(['n2', 'n3']);
    expect((await cluster.put(lonely, 'a', '1')).status).toBe(503);
    expect((await cluster.put(others[0] ?? lonely, 'a', '1')).status).toBe(201);

    for (const id of cluster.ids) await inject(id, { groups: [] });
    await cluster.elect();
    expect((await cluster.get(lonely, 'a')).document).toMatchObject({ value: '1' });
  });

  test('need the token', async () => {
    const answer = await inject(leaderId, split, 'guessed');
    expect(answer.status).toBe(401);
    expect(cluster.node(leaderId).status().blockedPeers).toEqual([]);
  });

  test('need the flag, too: without it the token is no good for them', async () => {
    cluster = new SimulatedCluster({ tuning: { adminToken } });
    const id = await cluster.elect();
    expect((await inject(id, split)).status).toBe(404);
    expect(cluster.node(id).status().blockedPeers).toEqual([]);
    // For what admins do it is.
    const init = { method: 'POST', headers: admin };
    const snapshot = await cluster.request(id, '/admin/snapshot', init);
    expect(snapshot.status).toBeLessThan(300);
  });

  test('the flag alone is no good without a token', async () => {
    cluster = new SimulatedCluster({ tuning: { allowsFaults: true } });
    const id = await cluster.elect();
    for (const token of ['', 'undefined']) {
      expect((await inject(id, split, token)).status).toBe(401);
    }
  });

  test('cannot be injected at all into a node without a token', async () => {
    cluster = new SimulatedCluster();
    const id = await cluster.elect();
    expect((await inject(id, split, 'undefined')).status).toBe(401);
  });

  test('of links hold, one-way cuts too, until they are replaced', async () => {
    const [lonely = leaderId, ...others] = cluster.ids;
    const rules = others.map((peer) => ({ kind: 'cut', peer, direction: 'to' }));
    expect((await inject(lonely, { rules })).document).toMatchObject({ groups: [], rules });
    expect(cluster.node(lonely).status().blockedPeers).toEqual(others);
    await cluster.simulation.run(5_000);
    expect((await cluster.put(lonely, 'a', '1')).status).toBe(504);
    expect((await inject(lonely, { rules: [] })).status).toBe(200);
    await cluster.elect();
    expect((await cluster.put(lonely, 'a', '1')).status).toBe(201);
  });

  test.each([
    [null, 'body'],
    [{}, 'body'],
    [{ groups: [['n1']] }, 'groups'],
    [{ groups: 'n1' }, 'groups'],
    [{ groups: [['n1'], ['x'.repeat(65)]] }, 'groups.1.0'],
    [{ rules: [{ kind: 'drop', peer: 'n1', share: 1.5 }] }, 'rules.0.share'],
    [{ rules: [{ kind: 'explode', peer: 'n1' }] }, 'rules.0.kind'],
    [
      { rules: Array.from({ length: 65 }, () => ({ kind: 'drop', peer: 'n1', share: 0 })) },
      'rules',
    ],
    [{ rules: [], extra: 1 }, 'extra'],
  ])('refuse %j', async (body, field) => {
    const answer = await inject(leaderId, body);
    expect(answer.document).toMatchObject({ status: 400, code: 'bad_field', field });
  });
});

test('the copy of a board on one node is shown as it is there', async () => {
  const body = JSON.stringify({ title: 'Fire' });
  const headers = { 'content-type': 'application/json', 'idempotency-key': 'k' };
  const made = await cluster.request(leaderId, '/v1/boards', { method: 'POST', body, headers });
  await cluster.simulation.run(5_000);
  const { id } = made.document as { id: string };
  for (const node of cluster.ids) {
    const { document } = await cluster.request(node, `/admin/boards/${id}`, { headers: admin });
    expect(document).toMatchObject({ title: 'Fire' });
  }
  const none = await cluster.request(leaderId, '/admin/boards/b-none', { headers: admin });
  expect(none.status).toBe(404);
});

/** Reads the text as a scraper does. @throws Error if a line is not allowed where it stands. */
function parseOpenMetrics(text: string): ReadonlyMap<string, number> {
  expect(text.endsWith('# EOF\n')).toBe(true);
  const samples = new Map<string, number>();
  const families = new Set<string>();
  let family = '';
  for (const line of text.trimEnd().split('\n').slice(0, -1)) {
    const type = /^# TYPE (\w+) (counter|gauge|histogram)$/.exec(line);
    if (type) {
      family = type[1] ?? '';
      expect(families.has(family), `${family} comes once`).toBe(false);
      families.add(family);
      continue;
    }
    if (line.startsWith(`# HELP ${family} `)) continue;
    const sample = /^(\w+)(\{(?:\w+="[^"\n]*",?)+\})? (\S+)$/.exec(line);
    if (!sample) throw new Error(`not OpenMetrics: ${line}`);
    const [, name = '', labels = '', value = ''] = sample;
    expect(name.startsWith(family)).toBe(true);
    expect(Number.isFinite(Number(value))).toBe(true);
    samples.set(`${name}${labels}`, Number(value));
  }
  return samples;
}
