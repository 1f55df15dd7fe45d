import type { NodeId } from '@quorate/transport';
import { beforeEach, describe, expect, test } from 'vitest';

import { limits } from '../../src/config/config-limits.ts';
import { type Answer, SimulatedCluster } from '../support/simulated-cluster.ts';

let cluster: SimulatedCluster;
let leaderId: NodeId;
let followerId: NodeId;

beforeEach(async () => {
  cluster = new SimulatedCluster();
  leaderId = await cluster.elect();
  followerId = await cluster.follower();
});

/** States that `answer` is an RFC 9457 problem with these members. */
function expectProblem(answer: Answer, expected: Readonly<Record<string, unknown>>): void {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.document).toMatchObject({ status: answer.status, ...expected });
  expect(answer.document).toHaveProperty('type', expect.stringMatching(/^urn:quorate:problem:/));
  expect(answer.document).toHaveProperty('title', expect.any(String));
  expect(answer.document).toHaveProperty('detail', expect.any(String));
  expect(answer.document).toHaveProperty('retryable', expect.any(Boolean));
  expect(answer.document).toHaveProperty('indefinite', expect.any(Boolean));
}

describe('keys', () => {
  test('a key that is written can be read, with its revision as the ETag', async () => {
    const written = await cluster.put(leaderId, 'flags/dark-mode', 'on');
    expect(written.status).toBe(201);
    const etag = written.headers.get('etag');
    expect(etag).toMatch(/^"\d+"$/);

    const read = await cluster.get(leaderId, 'flags/dark-mode');
    expect(read.status).toBe(200);
    expect(read.headers.get('etag')).toBe(etag);
    const revision = Number(etag?.replaceAll('"', ''));
    expect(read.document).toEqual({ key: 'flags/dark-mode', value: 'on', revision });
    expect((await cluster.put(leaderId, 'flags/dark-mode', 'off')).status).toBe(200);
  });

  test('a follower hands requests on to the leader', async () => {
    const written = await cluster.put(followerId, 'a', '1');
    expect(written.status).toBe(201);
    const read = await cluster.get(followerId, 'a');
    expect(read.document).toMatchObject({ value: '1' });
  });

  test('a stale read is served by the node that was asked', async () => {
    await cluster.put(leaderId, 'a', '1');
    await cluster.simulation.run(1_000);
    const read = await cluster.get(followerId, 'a', 'stale');
    expect(read.document).toMatchObject({ value: '1' });
  });

  test('a lease answers without asking anybody, for as long as it holds', async () => {
    await cluster.put(leaderId, 'a', '1');
    await cluster.simulation.run(500);
    const others = cluster.ids.filter((id) => id !== leaderId);
    cluster.simulation.partition([leaderId], others);
    const held = await cluster.get(leaderId, 'a', 'lease');
    expect(held.document).toMatchObject({ value: '1' });
    expectProblem(await cluster.get(leaderId, 'a', 'index'), { retryable: true });
    // The others have another leader by now, and may have written: the lease has ended before.
    expectProblem(await cluster.get(leaderId, 'a', 'lease'), { retryable: true });
  });

  test('a deleted key is gone', async () => {
    await cluster.put(leaderId, 'a', '1');
    const deleted = await cluster.request(leaderId, '/v1/config/a', { method: 'DELETE' });
    expect(deleted.status).toBe(204);
    expectProblem(await cluster.get(leaderId, 'a'), { status: 404, code: 'key_not_found' });
    const again = await cluster.request(leaderId, '/v1/config/a', { method: 'DELETE' });
    expectProblem(again, { status: 404, code: 'key_not_found' });
  });

  test('an unchanged key costs no body', async () => {
    const { headers } = await cluster.put(leaderId, 'a', '1');
    const read = await cluster.request(leaderId, '/v1/config/a', {
      headers: { 'if-none-match': headers.get('etag') ?? '' },
    });
    expect(read.status).toBe(304);
    expect(read.text).toBe('');
  });

  test.each(['__proto__', 'ключ', 'a b', 'a?b#c', '%', '\uFEFF', 'x'.repeat(256)])(
    'the key %j keeps its value',
    async (key) => {
      const path = encodeURIComponent(key);
      expect((await cluster.put(followerId, path, `"${key}"`)).status).toBe(201);
      const read = await cluster.get(followerId, path);
      expect(read.document).toMatchObject({ key, value: `"${key}"` });
    },
  );

  test('a value may be empty, have a byte order mark, or be as large as allowed', async () => {
    for (const value of ['', '\uFEFFmark', 'x'.repeat(limits.valueBytesMax)]) {
      expect((await cluster.put(leaderId, 'a', value)).status).toBeLessThan(300);
      expect((await cluster.get(leaderId, 'a')).document).toMatchObject({ value });
    }
  });
});

describe('compare and set', () => {
  test('writes only at the revision given, with quotes or without', async () => {
    const first = await cluster.put(leaderId, 'a', '1');
    const etag = first.headers.get('etag') ?? '';
    const second = await cluster.put(followerId, 'a', '2', { 'if-match': etag });
    expect(second.status).toBe(200);

    const late = await cluster.put(leaderId, 'a', '3', { 'if-match': etag });
    const currentRevision = Number(second.headers.get('etag')?.replaceAll('"', ''));
    expectProblem(late, {
      status: 412,
      code: 'revision_mismatch',
      currentRevision,
      retryable: false,
      indefinite: false,
    });
    const bare = await cluster.put(leaderId, 'a', '3', { 'if-match': `${currentRevision}` });
    expect(bare.status).toBe(200);
  });

  test('creates only what is not there, and changes only what is', async () => {
    const absent = await cluster.put(leaderId, 'a', '1', { 'if-match': '*' });
    expectProblem(absent, { status: 412, currentRevision: null });
    expect((await cluster.put(leaderId, 'a', '1', { 'if-none-match': '*' })).status).toBe(201);
    expect((await cluster.put(leaderId, 'a', '2', { 'if-none-match': '*' })).status).toBe(412);
    expect((await cluster.put(leaderId, 'a', '2', { 'if-match': '*' })).status).toBe(200);
  });

  test('of two writers at the same revision one wins', async () => {
    const { headers } = await cluster.put(leaderId, 'a', '0');
    const condition = { 'if-match': headers.get('etag') ?? '' };
    const statuses = await Promise.all([
      cluster.node(leaderId).app.request('/v1/config/a', {
        method: 'PUT',
        body: '{"value":"left"}',
        headers: { ...condition, 'content-type': 'application/json' },
      }),
      cluster.put(followerId, 'a', 'right', condition),
    ]);
    expect(statuses.map(({ status }) => status).toSorted()).toEqual([200, 412]);
  });
});

describe('bad input is refused by name', () => {
  test.each([
    ['not JSON', '{"value":', 400, 'bad_json', 'body'],
    ['nothing', '', 400, 'bad_json', 'body'],
    ['not UTF-8', Uint8Array.of(0x22, 0xff, 0x22), 400, 'bad_json', 'body'],
    ['a list', '[]', 400, 'bad_field', 'value'],
    ['null', 'null', 400, 'bad_field', 'body'],
    ['no value', '{}', 400, 'bad_field', 'value'],
    ['a number', '{"value":7}', 400, 'bad_field', 'value'],
    ['a lone surrogate', String.raw`{"value":"\ud800"}`, 400, 'bad_field', 'value'],
    ['a field too much', '{"value":"x","ttl":5}', 400, 'bad_field', 'ttl'],
    ['a name that every object has', '{"value":"x","toString":1}', 400, 'bad_field', 'toString'],
    ['a prototype', '{"value":"x","__proto__":{}}', 400, 'bad_field', '__proto__'],
  ])('body: %s', async (_name, body, status, code, field) => {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'PUT', body, headers };
    const answer = await cluster.request(leaderId, '/v1/config/a', init);
    expectProblem(answer, { status, code, field, retryable: false, indefinite: false });
  });

  test('a body of another type is 415, and nothing changes', async () => {
    const headers = { 'content-type': 'text/plain' };
    const answer = await cluster.put(leaderId, 'a', 'x', headers);
    expectProblem(answer, { status: 415, code: 'unsupported_media_type' });
    expect((await cluster.get(leaderId, 'a')).status).toBe(404);
  });

  test('a value or a body that is too large is 413', async () => {
    const value = await cluster.put(leaderId, 'a', 'x'.repeat(limits.valueBytesMax + 1));
    expectProblem(value, { status: 413, code: 'too_large', field: 'value' });
    const body = await cluster.put(leaderId, 'a', 'x'.repeat(limits.bodyBytesMax));
    expectProblem(body, { status: 413, code: 'too_large', field: 'body' });
  });

  test.each(['', '%ff', '%', 'a%00b', 'x'.repeat(257)])('key: %j', async (path) => {
    const answer = await cluster.put(leaderId, path, 'x');
    expectProblem(answer, { status: 400, code: 'bad_field', field: 'key' });
  });

  test.each(['"a"', 'W/"1"', '"1", "2"', '-1', '0', '1.5', '9007199254740993'])(
    'If-Match: %s',
    async (condition) => {
      const answer = await cluster.put(leaderId, 'a', 'x', { 'if-match': condition });
      expectProblem(answer, { status: 400, field: 'If-Match' });
    },
  );

  test('a condition that is none, or two at once', async () => {
    const other = await cluster.put(leaderId, 'a', 'x', { 'if-none-match': '"1"' });
    expectProblem(other, { status: 400, field: 'If-None-Match' });
    const both = await cluster.put(leaderId, 'a', 'x', { 'if-match': '1', 'if-none-match': '*' });
    expectProblem(both, { status: 400, field: 'If-None-Match' });
  });

  test('a read mode that does not exist', async () => {
    const answer = await cluster.request(leaderId, '/v1/config/a?read=fresh');
    expectProblem(answer, { status: 400, field: 'read' });
  });

  test('another method or another path', async () => {
    const posted = await cluster.request(leaderId, '/v1/config/a', { method: 'POST' });
    expectProblem(posted, { status: 405, code: 'method_not_allowed' });
    expect(posted.headers.get('allow')).toBe('DELETE, GET, HEAD, PUT');
    expectProblem(await cluster.request(leaderId, '/nowhere'), { status: 404, code: 'not_found' });
  });
});

describe('when nobody can answer', () => {
  test('without a leader: 503 with Retry-After, not done; stale reads go on', async () => {
    await cluster.put(leaderId, 'a', '1');
    await cluster.simulation.run(1_000);
    for (const id of cluster.ids) if (id !== followerId) cluster.simulation.crash(id);
    await cluster.simulation.run(10_000);

    const refused = await cluster.put(followerId, 'a', '2');
    expectProblem(refused, {
      status: 503,
      code: 'no_leader',
      retryable: true,
      indefinite: false,
    });
    expect(refused.headers.get('retry-after')).toBe('1');
    expectProblem(await cluster.get(followerId, 'a'), { status: 503, code: 'no_leader' });
    const stale = await cluster.get(followerId, 'a', 'stale');
    expect(stale.document).toMatchObject({ value: '1' });
  });

  test('a write that a leader without a majority took is unknown, not failed', async () => {
    for (const id of cluster.ids) if (id !== leaderId) cluster.simulation.crash(id);
    const answer = await cluster.put(leaderId, 'a', '1');
    expectProblem(answer, {
      status: 504,
      code: 'outcome_unknown',
      retryable: false,
      indefinite: true,
    });
  });

  test('a read handed to a leader that stands still is answered by the next one', async () => {
    await cluster.put(leaderId, 'a', '1');
    cluster.simulation.pause(leaderId);
    const startedAtMs = cluster.simulation.nowMs;
    const read = await cluster.get(followerId, 'a');
    expect(read.document).toMatchObject({ value: '1' });
    // The time of an election, not the three seconds that a client waits at most.
    expect(cluster.simulation.nowMs - startedAtMs).toBeLessThan(2_000);
  });

  test('a write handed to a leader that stands still is unknown once another leads', async () => {
    cluster.simulation.pause(leaderId);
    const startedAtMs = cluster.simulation.nowMs;
    const answer = await cluster.put(followerId, 'a', '1');
    expectProblem(answer, { status: 504, code: 'outcome_unknown', indefinite: true });
    expect(cluster.simulation.nowMs - startedAtMs).toBeLessThan(2_000);
    expect((await cluster.put(followerId, 'b', '1')).status).toBe(201);
  });

  test('a write whose outcome was unknown takes effect at most once', async () => {
    for (const id of cluster.ids) if (id !== leaderId) cluster.simulation.pause(id);
    const create = { 'if-none-match': '*' };
    expect((await cluster.put(leaderId, 'a', '1', create)).status).toBe(504);
    for (const id of cluster.ids) if (id !== leaderId) cluster.simulation.resume(id);
    const id = await cluster.elect();
    await cluster.simulation.run(1_000);

    // The client looks before it tries again, and so ends with one revision either way.
    const seen = await cluster.get(id, 'a');
    const again = await cluster.put(id, 'a', '1', create);
    expect([seen.status, again.status]).toSatisfy(
      ([read, write]: number[]) =>
        (read === 200 && write === 412) || (read === 404 && write === 201),
    );
  });

  test('a leader with a full disk takes no writes, serves reads, and hands over', async () => {
    await cluster.put(leaderId, 'a', '1');
    cluster.simulation.inject({ kind: 'diskFull', node: leaderId, isFull: true });
    // Offered before the disk told that it is full, so its outcome is not known for a while.
    const body = JSON.stringify({ value: large });
    const headers = { 'content-type': 'application/json' };
    void cluster.node(leaderId).app.request('/v1/config/b', { method: 'PUT', body, headers });
    await cluster.simulation.runUntil(() => cluster.node(leaderId).status().raft.isDiskFull, 1_000);
    expectProblem(await cluster.put(leaderId, 'c', '1'), diskFull);
    // What the others can store, they do.
    expect((await cluster.put(followerId, 'd', '1')).status).toBe(201);
    expect((await cluster.get(followerId, 'a')).document).toMatchObject({ value: '1' });

    await cluster.simulation.runUntil(
      () => cluster.node(leaderId).status().raft.role !== 'leader',
      30_000,
    );
    const nextId = await cluster.elect();
    expect((await cluster.put(nextId, 'c', '1')).status).toBe(201);
    // Who cannot store a write cannot tell what became of it, and so does not hand it on.
    expectProblem(await cluster.put(leaderId, 'e', '1'), diskFull);
  });

  test('when all disks are full, writes are refused as such and reads go on', async () => {
    await cluster.put(leaderId, 'a', '1');
    for (const node of cluster.ids) {
      cluster.simulation.inject({ kind: 'diskFull', node, isFull: true });
    }
    const first = await cluster.put(leaderId, 'b', large);
    expectProblem(first, { code: 'outcome_unknown', indefinite: true });
    for (const id of cluster.ids) {
      expectProblem(await cluster.put(id, 'c', '1'), diskFull);
      expect((await cluster.get(id, 'a', 'stale')).document).toMatchObject({ value: '1' });
    }
    // Longer than a leader puts up with a stalled disk that others could make up for.
    await cluster.simulation.run(10_000);
    for (const id of cluster.ids) {
      expect((await cluster.get(id, 'a')).document).toMatchObject({ value: '1' });
    }

    for (const node of cluster.ids) {
      cluster.simulation.inject({ kind: 'diskFull', node, isFull: false });
    }
    await cluster.simulation.run(5_000);
    await cluster.elect();
    expect((await cluster.put(followerId, 'c', '2')).status).toBe(201);
    expect((await cluster.get(followerId, 'a')).document).toMatchObject({ value: '1' });
  });
});

/** More than what a log has left in the pages that it has already taken from the disk. */
const large = 'x'.repeat(60_000);
const diskFull = { status: 507, code: 'disk_full', retryable: true, indefinite: false };
