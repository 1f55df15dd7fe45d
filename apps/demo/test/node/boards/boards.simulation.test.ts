import { nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { fromBase64, toBase64 } from '../../../src/base64.ts';
import { type BoardView, openBoard } from '../../../src/board/board.ts';
import { type Answer, SimulatedCluster } from '../../support/simulated-cluster.ts';

const [n1, n2, n3, n4, n5] = ['n1', 'n2', 'n3', 'n4', 'n5'].map((id) => nodeId(id));
const all = [n1!, n2!, n3!, n4!, n5!];

function post(
  cluster: SimulatedCluster,
  node: ReturnType<typeof nodeId>,
  path: string,
  body: unknown,
  key: string,
): Promise<Answer> {
  return cluster.request(node, path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
  });
}

async function created(cluster: SimulatedCluster, title: string): Promise<string> {
  const answer = await post(cluster, n1!, '/v1/boards', { title }, title);
  expect(answer.status, answer.text).toBe(201);
  return (answer.document as { id: string }).id;
}

describe('boards', () => {
  test('are made on one node and read on all', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 5 });
    await cluster.elect();
    await cluster.simulation.run(6_000);
    const id = await created(cluster, 'Checkout is down');
    for (const node of all) {
      const { document } = await cluster.request(node, `/v1/boards/${id}`);
      expect(document).toMatchObject({ title: 'Checkout is down', status: 'investigating' });
    }
    const none = await cluster.request(n2!, '/v1/boards/b-none');
    expect(none.status).toBe(404);
  });

  test.each([
    [1, 1],
    [5, 3],
  ])('on %i nodes each are confirmed by %i, and no fewer', async (replicaCount, majority) => {
    const cluster = new SimulatedCluster({ nodeCount: 5, tuning: { replicaCount } });
    await cluster.elect();
    await cluster.simulation.run(6_000);
    const made = await post(cluster, n1!, '/v1/boards', { title: 'Few or many' }, 'many');
    expect(made.status, made.text).toBe(201);
    const { id, copies } = made.document as { id: string; copies: number };
    expect(copies).toBeGreaterThanOrEqual(majority);
    await cluster.simulation.run(6_000);
    const holders = all.filter((node) => cluster.node(node).boardIds().includes(id));
    expect(holders).toHaveLength(replicaCount);
    // A minority of the copies confirms nothing, and a quorum is not to be had there.
    for (const holder of holders.slice(majority - 1)) cluster.simulation.crash(holder);
    const asked = holders[0] ?? n1!;
    if (replicaCount === 1) return;
    const operations = [{ kind: 'addAffected', amount: 1 }];
    const change = await post(cluster, asked, `/v1/boards/${id}/ops`, { operations }, 'late');
    expect([503, 504]).toContain(change.status);
    const read = await cluster.request(asked, `/v1/boards/${id}?consistency=quorum`);
    expect(read.status).toBe(503);
  });

  test('take a request once, whoever is asked and however often', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 5 });
    await cluster.elect();
    const id = await created(cluster, 'Once');
    const operations = [{ kind: 'addAffected', amount: 3 }];
    const statuses: number[] = [];
    for (const node of all) {
      const { status } = await post(cluster, node, `/v1/boards/${id}/ops`, { operations }, 'same');
      statuses.push(status);
    }
    expect(statuses).toEqual([202, 202, 202, 202, 202]);
    const { document } = await cluster.request(n4!, `/v1/boards/${id}?consistency=quorum`);
    expect(document).toMatchObject({ affected: 3 });
  });

  test('lose nothing that was confirmed when any one node loses its disk cache', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 5, seed: 4 });
    await cluster.elect();
    const id = await created(cluster, 'Kept');
    for (let round = 0; round < 20; round += 1) {
      const victim = all[round % 5]!;
      const asked = all[(round + 1) % 5]!;
      cluster.simulation.crash(victim);
      const operations = [{ kind: 'insertNotes', position: 0, text: `${round} ` }];
      const path = `/v1/boards/${id}/ops`;
      const answer = await post(cluster, asked, path, { operations }, `r${round}`);
      expect(answer.status, answer.text).toBe(202);
      cluster.simulation.restart(victim);
      await cluster.simulation.run(500);
    }
    await cluster.simulation.run(5_000);
    const { document } = await cluster.request(n3!, `/v1/boards/${id}?consistency=quorum`);
    const { notes } = document as { notes: string };
    expect(notes.trim().split(' ').toSorted()).toEqual(
      Array.from({ length: 20 }, (_, round) => String(round)).toSorted(),
    );
  });

  test('wait for a second owner that is slow as long as one owner may take', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 3, seed: 3 });
    await cluster.elect();
    const id = await created(cluster, 'Patient');
    // A sync takes up to 540 ms now, and two must follow each other.
    for (const node of cluster.ids) {
      cluster.simulation.inject({ kind: 'slowDisk', node, factor: 180 });
    }
    const path = `/v1/boards/${id}/ops`;
    const operations = [{ kind: 'addAffected', amount: 1 }];
    for (let number = 0; number < 10; number += 1) {
      const answer = await post(cluster, n1!, path, { operations }, `slow ${number}`);
      expect([answer.status, answer.document]).toMatchObject([202, { isRepeated: false }]);
    }
  });
});

describe('the key of a request', () => {
  test('is refused with another body, whoever is asked', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 3 });
    await cluster.elect();
    const id = await created(cluster, 'Keys');
    const path = `/v1/boards/${id}/ops`;
    const add = (amount: number) => ({ operations: [{ kind: 'addAffected', amount }] });
    expect((await post(cluster, n1!, path, add(1), 'k')).status).toBe(202);
    for (const node of cluster.ids) {
      for (const [where, body, key] of [
        [path, add(2), 'k'],
        ['/v1/boards', { title: 'Other' }, 'Keys'],
      ] as const) {
        const answer = await post(cluster, node, where, body, key);
        expect([answer.status, answer.document]).toMatchObject([422, { code: 'key_reused' }]);
      }
    }
    const { document } = await cluster.request(n2!, `/v1/boards/${id}`);
    expect(document).toMatchObject({ affected: 1, title: 'Keys' });
  });
});

describe('a board while nodes cannot reach each other', () => {
  test('is edited on both sides, and is one board again afterwards', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 3, seed: 2 });
    await cluster.elect();
    const id = await created(cluster, 'Split');
    cluster.simulation.partition([n1!], [n2!, n3!]);
    const path = `/v1/boards/${id}/ops`;
    const left = await post(
      cluster,
      n1!,
      path,
      { operations: [{ kind: 'setStatus', status: 'identified' }] },
      'left',
    );
    // One copy is all that this side has, and the answer says so.
    expect([left.status, left.document]).toMatchObject([504, { code: 'unconfirmed' }]);
    const right = await post(
      cluster,
      n2!,
      path,
      { operations: [{ kind: 'setStatus', status: 'monitoring' }] },
      'right',
    );
    expect([right.status, right.document]).toMatchObject([202, { copies: 2 }]);
    const alone = await cluster.request(n1!, `/v1/boards/${id}?consistency=quorum`);
    expect([alone.status, alone.document]).toMatchObject([503, { code: 'no_owner' }]);

    cluster.simulation.heal();
    await cluster.simulation.run(10_000);
    const seen: BoardView[] = [];
    for (const node of cluster.ids) {
      const { document } = await cluster.request(node, `/v1/boards/${id}`);
      seen.push(document as BoardView);
    }
    expect(new Set(seen.map((view) => JSON.stringify(view))).size).toBe(1);
    const { status, statusConflicts } = seen[0]!;
    expect([status, ...statusConflicts].toSorted()).toEqual(['identified', 'monitoring']);
  });

  test('counts a request once that both sides carried out', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 3, seed: 3 });
    await cluster.elect();
    const id = await created(cluster, 'Twice');
    const path = `/v1/boards/${id}/ops`;
    cluster.simulation.partition([n1!], [n2!, n3!]);
    const operations = [
      { kind: 'addAffected', amount: 3 },
      { kind: 'insertNotes', position: 0, text: 'once' },
      { kind: 'addItem', id: 'i', text: 'once' },
    ];
    expect((await post(cluster, n1!, path, { operations }, 'same')).status).toBe(504);
    expect((await post(cluster, n2!, path, { operations }, 'same')).status).toBe(202);
    cluster.simulation.heal();
    await cluster.simulation.run(10_000);
    for (const node of cluster.ids) {
      const { document } = await cluster.request(node, `/v1/boards/${id}`);
      expect(document).toMatchObject({ affected: 3, notes: 'once', checklist: [{ id: 'i' }] });
      expect((document as BoardView).checklist).toHaveLength(1);
      const again = await post(cluster, node, path, { operations }, 'same');
      expect([again.status, again.document]).toMatchObject([202, { isRepeated: true }]);
    }
    expect(new Set(cluster.ids.map((node) => cluster.node(node).boardText(id))).size).toBe(1);
  });

  test.each([1, 2, 3, 4])('counts it once if all have restarted since (SEED=%i)', async (seed) => {
    const cluster = new SimulatedCluster({ nodeCount: 3, seed });
    await cluster.elect();
    const id = await created(cluster, 'Restarted');
    const path = `/v1/boards/${id}/ops`;
    cluster.simulation.partition([n1!], [n2!, n3!]);
    const operations = [
      { kind: 'addAffected', amount: 3 },
      { kind: 'addItem', id: 'i', text: 'once' },
    ];
    expect((await post(cluster, n1!, path, { operations }, 'same')).status).toBe(504);
    expect((await post(cluster, n2!, path, { operations }, 'same')).status).toBe(202);
    for (const node of cluster.ids) cluster.simulation.crash(node);
    for (const node of cluster.ids) cluster.simulation.restart(node);
    await cluster.simulation.run(1_000);
    cluster.simulation.heal();
    await cluster.elect();
    await cluster.simulation.run(5_000);
    for (const node of cluster.ids) {
      const { document } = await cluster.request(node, `/v1/boards/${id}`);
      expect(document).toMatchObject({ affected: 3 });
      expect((document as BoardView).checklist).toHaveLength(1);
    }
    expect(new Set(cluster.ids.map((node) => cluster.node(node).boardText(id))).size).toBe(1);
  });

  test('refuses what does not fit, and changes nothing', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 3 });
    await cluster.elect();
    const id = await created(cluster, 'Refuse');
    const path = `/v1/boards/${id}/ops`;
    const operations = [
      { kind: 'addAffected', amount: 1 },
      { kind: 'deleteNotes', position: 0, count: 1 },
    ];
    const misfit = await post(cluster, n1!, path, { operations }, 'misfit');
    expect([misfit.status, misfit.document]).toMatchObject([409, { code: 'conflict' }]);
    const { document } = await cluster.request(n2!, `/v1/boards/${id}?consistency=quorum`);
    expect(document).toMatchObject({ affected: 0 });
  });
});

describe('when members change', () => {
  test('boards move to their new owners, and nowhere is one missing meanwhile', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 5, seed: 6 });
    const leader = await cluster.elect();
    const ids: string[] = [];
    for (let index = 0; index < 12; index += 1) ids.push(await created(cluster, `board ${index}`));
    const staying = all.filter((node) => node !== n5);
    const members = JSON.stringify(staying.map((node) => ({ id: node })));
    expect((await cluster.put(leader, 'cluster/members', members)).status).toBe(201);
    for (const id of ids) {
      const { status, text } = await cluster.request(n1!, `/v1/boards/${id}?consistency=quorum`);
      expect(status, text).toBe(200);
    }
    await cluster.simulation.run(20_000);
    const held = new Map(all.map((node) => [node, cluster.node(node).boardIds()]));
    expect(held.get(n5!)).toEqual([]);
    for (const id of ids) {
      const copies = staying.filter((node) => held.get(node)?.includes(id));
      expect(copies, id).toHaveLength(3);
    }
  });
});

describe('when all owners of a board change at once', () => {
  test('the new ones answer with what was confirmed, before it has been copied', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 5, seed: 8 });
    const leader = await cluster.elect();
    const id = await created(cluster, 'Moved');
    const holders = all.filter((node) => cluster.node(node).boardIds().includes(id));
    const others = all.filter((node) => !holders.includes(node));
    const members = JSON.stringify(others.map((node) => ({ id: node })));
    expect((await cluster.put(leader, 'cluster/members', members)).status).toBe(201);
    const asked = others[0]!;
    const known = (): boolean => cluster.node(asked).status().boards.epoch > 0;
    expect(await cluster.simulation.runUntil(known, 1_000)).toBe(true);

    const read = await cluster.request(asked, `/v1/boards/${id}?consistency=quorum`);
    expect([read.status, read.document]).toMatchObject([200, { title: 'Moved' }]);
    const operations = [{ kind: 'addAffected', amount: 2 }];
    const write = await post(cluster, asked, `/v1/boards/${id}/ops`, { operations }, 'moved');
    expect([write.status, write.document]).toMatchObject([202, { copies: 2 }]);

    await cluster.simulation.run(20_000);
    for (const node of holders) expect(cluster.node(node).boardIds()).toEqual([]);
    for (const node of others) expect(cluster.node(node).boardText(id)).toContain('"affected":2');
  });
});

describe("a copy that is not an owner's", () => {
  test('takes no edits of its own', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 5, seed: 9 });
    const leader = await cluster.elect();
    const id = await created(cluster, 'Leaving');
    const holders = all.filter((node) => cluster.node(node).boardIds().includes(id));
    const leaving = holders.find((node) => node !== leader)!;
    // Who has not heard of the change asks those who owned the board before it.
    const behind = all.find((node) => node !== leader && !holders.includes(node))!;
    cluster.simulation.partition(
      [behind],
      all.filter((node) => node !== behind),
    );
    const members = JSON.stringify(
      all.filter((node) => node !== leaving).map((node) => ({ id: node })),
    );
    expect((await cluster.put(leader, 'cluster/members', members)).status).toBe(201);
    const known = (): boolean => cluster.node(leaving).status().boards.epoch > 0;
    expect(await cluster.simulation.runUntil(known, 1_000)).toBe(true);
    cluster.simulation.heal();
    const pair = [behind, leaving];
    cluster.simulation.partition(
      pair,
      all.filter((node) => !pair.includes(node)),
    );
    const before = cluster.node(leaving).boardText(id);
    expect(before).toContain('Leaving');
    const operations = [{ kind: 'addAffected', amount: 1 }];
    const edit = await post(cluster, behind, `/v1/boards/${id}/ops`, { operations }, 'late');
    expect([503, 504]).toContain(edit.status);
    expect(cluster.node(behind).status().boards.epoch).toBe(0);
    expect(cluster.node(leaving).boardText(id)).toBe(before);
  });
});

describe('bad input', () => {
  const good = { title: 'A title' };
  const json = { 'content-type': 'application/json', 'idempotency-key': 'k' };

  test.each([
    ['no key', '/v1/boards', JSON.stringify(good), { 'content-type': 'application/json' }, 400],
    ['no JSON', '/v1/boards', '{', json, 400],
    ['bytes that are no text', '/v1/boards', new Uint8Array([0xff, 0xfe]), json, 400],
    ['a form', '/v1/boards', 'title=a', { ...json, 'content-type': 'text/plain' }, 415],
    ['no title', '/v1/boards', '{}', json, 400],
    ['a stranger', '/v1/boards', '{"title":"a","__proto__":1}', json, 400],
    ['a lone surrogate', '/v1/boards', '{"title":"\\ud800"}', json, 400],
    ['too much', '/v1/boards', 'x'.repeat(1_048_577), json, 413],
    ['a bad name', '/v1/boards/A%2e%2e/ops', '{"operations":[]}', json, 400],
    ['no operations', '/v1/boards/b-1/ops', '{"operations":[]}', json, 400],
    ['an unknown operation', '/v1/boards/b-1/ops', '{"operations":[{"kind":"x"}]}', json, 400],
    ['an unknown board', '/v1/boards/b-1/ops', '{"update":"AAAA"}', json, 404],
  ])('%s is refused', async (_, path, body, headers, status) => {
    const cluster = new SimulatedCluster({ nodeCount: 1 });
    await cluster.elect();
    const answer = await cluster.request(n1!, path, { method: 'POST', body, headers });
    expect(answer.status, answer.text).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(cluster.node(n1!).boardIds()).toEqual([]);
  });

  test('damaged bytes of a client change nothing, and are not held against the owner', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 3 });
    await cluster.elect();
    const id = await created(cluster, 'Damaged');
    const before = await cluster.request(n2!, `/v1/boards/${id}`);
    for (let round = 0; round < 20; round += 1) {
      const update = await post(cluster, n1!, `/v1/boards/${id}/ops`, { update: 'AAAA' }, 'k');
      expect(update.status).toBe(400);
      const sync = await cluster.request(n1!, `/v1/boards/${id}/sync?since=AAAA`);
      expect(sync.status).toBe(400);
    }
    expect((await cluster.request(n2!, `/v1/boards/${id}`)).text).toBe(before.text);
  });
});

describe('who watches a board', () => {
  test('sees every change on any node, with no copy kept there afterwards', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 5 });
    await cluster.elect();
    const id = await created(cluster, 'Watched');
    await cluster.simulation.run(1_000);
    const stranger = all.find((node) => !cluster.node(node).boardIds().includes(id))!;
    const owner = all.find((node) => cluster.node(node).boardIds().includes(id))!;

    const mirrors = [stranger, owner].map((node) => watch(cluster, node, id));
    await cluster.simulation.run(3_000);
    for (let turn = 0; turn < 5; turn += 1) {
      const operations = [{ kind: 'insertNotes', position: 0, text: `${turn}` }];
      await post(cluster, all[turn]!, `/v1/boards/${id}/ops`, { operations }, `t${turn}`);
    }
    await cluster.simulation.run(3_000);
    for (const { board } of mirrors) expect(board.root.notes.toString()).toBe('43210');
    for (const { stop } of mirrors) stop();
    await cluster.simulation.run(3_000);
    expect(cluster.node(stranger).boardIds()).toEqual([]);
  });

  test('and does not keep up loses the stream, and misses nothing in the next one', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 1 });
    await cluster.elect();
    const id = await created(cluster, 'Slow');
    const { app } = cluster.node(n1!);
    const slow = await app.request(`http://n1/v1/boards/${id}/events`);
    const text = 'x'.repeat(10_000);
    for (let round = 0; round < 12; round += 1) {
      const insert = { kind: 'insertNotes', position: 0, text };
      const operations = Array.from({ length: 10 }, () => insert);
      await post(cluster, n1!, `/v1/boards/${id}/ops`, { operations }, `r${round}`);
      await cluster.simulation.run(100);
    }
    const board = openBoard('slow');
    const take = (events: string): string => {
      const news = [...events.matchAll(/^data: (.*)$/gm)].map(
        ([, json = '{}']) => JSON.parse(json) as { updates: string[]; version: string },
      );
      board.applyAll(news.flatMap(({ updates }) => updates.map(fromBase64)));
      return news.at(-1)!.version;
    };
    const version = take(await slow.text());
    expect(board.root.notes.length).toBeLessThan(1_200_000);
    const since = encodeURIComponent(version);
    const next = await app.request(`http://n1/v1/boards/${id}/events?since=${since}`);
    await cluster.simulation.run(100);
    const reader = next.body!.getReader();
    await reader.read();
    take(new TextDecoder().decode((await reader.read()).value));
    await reader.cancel();
    expect(board.root.notes.length).toBe(1_200_000);
  });

  test.each([
    ['identified', 'resolved'],
    ['resolved', 'identified'],
  ] as const)('hears of %s and, at the same time, %s: one of them loses', async (...statuses) => {
    const cluster = new SimulatedCluster({ nodeCount: 3 });
    await cluster.elect();
    const id = await created(cluster, 'Watched');
    const { board, stop } = watch(cluster, all[0]!, id);
    await cluster.simulation.run(3_000);
    const known = board.encodeVersion();
    const editors = statuses.map((status) => {
      const editor = openBoard(status);
      editor.applyAll(board.updatesSince(openBoard('nobody').encodeVersion()));
      editor.root.status = status;
      return editor;
    });
    for (const editor of editors) {
      const update = toBase64(editor.updatesSince(known)[0]!);
      await post(cluster, all[1]!, `/v1/boards/${id}/ops`, { update }, 'unused');
      await cluster.simulation.run(3_000);
      expect(editor.isCoveredBy(board.encodeVersion())).toBe(true);
    }
    stop();
  });
});

/** A client that follows a board by its events. */
function watch(cluster: SimulatedCluster, node: ReturnType<typeof nodeId>, id: string) {
  const board = openBoard('watcher');
  const controller = new AbortController();
  const { signal } = controller;
  void (async () => {
    const url = `http://${node}/v1/boards/${id}/events`;
    const response = await cluster.node(node).app.request(url, { signal });
    const text = response.body!.pipeThrough(new TextDecoderStream());
    for await (const chunk of text) {
      for (const [, json = '{}'] of chunk.matchAll(/^data: (.*)$/gm)) {
        const { updates } = JSON.parse(json) as { updates: string[] };
        board.applyAll(updates.map(fromBase64));
      }
    }
  })().catch(() => undefined);
  return { board, stop: () => controller.abort() };
}
