/**
 * Five nodes over each carrier. Goal: whatever carries the messages, one leads, boards are edited
 * through any node, faults bite, and what was confirmed outlives the end of the leader.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { afterEach, describe, expect, test } from 'vitest';

import { freePorts } from '../src/supervisor/free-ports.ts';
import type { ReadyNode } from '../src/supervisor/supervisor-events.ts';
import { confirmed } from './support/confirmed.ts';
import { RealDemo, runDemo } from './support/real-demo.ts';

const isNatsMissing = spawnSync('nats-server', ['--version']).status !== 0;
if (isNatsMissing) console.warn('no nats-server on the path: tests over it are skipped');

const disposers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const dispose of disposers.splice(0).toReversed()) await dispose();
});

async function start(...args: readonly string[]): Promise<RealDemo> {
  const demo = await RealDemo.start(undefined, ...args);
  disposers.push(() => demo.dispose());
  return demo;
}

async function board(demo: RealDemo, node: ReadyNode): Promise<string> {
  const body = await confirmed(demo, node, '/v1/boards', { title: 'Over any carrier' });
  return `/v1/boards/${(JSON.parse(body) as { id: string }).id}`;
}

async function affectedAt(demo: RealDemo, node: ReadyNode, path: string): Promise<unknown> {
  const { status, body } = await demo.ask(node, path);
  return status === 200 ? (JSON.parse(body) as { affected: number }).affected : 0;
}

/** Whether anything listens where the node would be dialed, and what it says to a request. */
async function answerAt({ raft }: ReadyNode): Promise<number | 'nothing'> {
  const socket = await fetch(`http://${raft}/`).catch(() => undefined);
  return socket?.status ?? 'nothing';
}

describe.each([
  { carrier: 'websocket', answer: 426, isMissing: false },
  { carrier: 'nats', answer: 'nothing', isMissing: isNatsMissing },
])('five nodes over $carrier', ({ carrier, answer, isMissing }) => {
  const name = 'lead, edit, are cut off, lose their leader, are whole';
  test.skipIf(isMissing)(name, { timeout: 180_000 }, async () => {
    const demo = await start('--nodes', '5', '--carrier', carrier);
    const leader = await demo.leader();
    const others = demo.nodes.filter(({ id }) => id !== leader.id);
    expect(await answerAt(leader)).toBe(answer);
    const path = await board(demo, leader);
    const edit = { operations: [{ kind: 'addAffected', amount: 1 }] };
    for (const node of demo.nodes) await confirmed(demo, node, `${path}/ops`, edit);

    const [first, second, ...rest] = others;
    if (first === undefined || second === undefined) throw new Error('expected five nodes');
    const minority = [first.id, second.id];
    const groups = [minority, [leader.id, ...rest.map(({ id }) => id)]];
    // On a machine with much to do some node may not answer at once.
    const cut = (): Promise<string> => demo.act('partition', { groups }).then(() => 'cut', String);
    await expect.poll(cut, { timeout: 30_000 }).toBe('cut');
    const body = JSON.stringify({ value: 'kept' });
    const refused = await demo.ask(first, '/v1/config/key', { method: 'PUT', body });
    expect(refused.status).toBeGreaterThanOrEqual(500);
    const written = await demo.ask(leader, '/v1/config/key', { method: 'PUT', body });
    expect(written.status).toBe(201);
    await demo.act('heal');

    await demo.act(`nodes/${leader.id}/kill`);
    const next = await demo.leader();
    expect(next.id).not.toBe(leader.id);
    for (const node of others) await confirmed(demo, node, `${path}/ops`, edit);
    // On a machine with much to do it may take longer than a button waits.
    await demo.act(`nodes/${leader.id}/restart`).catch(() => undefined);
    await demo.converge(60_000);
    for (const node of demo.nodes) {
      await expect.poll(() => affectedAt(demo, node, path), { timeout: 20_000 }).toBe(9);
    }
    expect(await demo.stop()).toBe(0);
  });
});

/** A server that tests stop and start again. */
async function startNats(port: number): Promise<ChildProcess> {
  const child = spawn('nats-server', ['--addr', '127.0.0.1', '--port', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  disposers.push(async () => {
    if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit');
  });
  for await (const line of createInterface(child.stderr)) {
    if (line.includes('Server is ready')) break;
  }
  child.stderr.resume();
  return child;
}

describe.skipIf(isNatsMissing)('a NATS server of others', () => {
  test('may be away for a while', { timeout: 120_000 }, async () => {
    const [port = 0] = await freePorts(1, '127.0.0.1');
    const server = await startNats(port);
    const demo = await start('--carrier', 'nats', '--nats-url', `nats://127.0.0.1:${port}`);
    const path = await board(demo, await demo.leader());
    const gone = once(server, 'exit');
    server.kill('SIGKILL');
    await gone;
    await demo.until('nobody leads', ({ leaderId }) => leaderId === null);
    await startNats(port);
    await demo.converge(60_000);
    for (const node of demo.nodes) {
      await confirmed(demo, node, `${path}/ops`, {
        operations: [{ kind: 'addAffected', amount: 1 }],
      });
    }
    const [node] = demo.nodes;
    await expect.poll(() => node && affectedAt(demo, node, path)).toBe(3);
  });

  test('that cannot be reached is named, without what is secret in its URL', async () => {
    const [port = 0] = await freePorts(1, '127.0.0.1');
    const { code, stderr } = await runDemo(
      ...['up', '--port', '0', '--carrier', 'nats'],
      ...['--nats-url', `nats://hush@127.0.0.1:${port}`],
    );
    expect(code).toBe(1);
    expect(stderr).toContain(`NATS at nats://127.0.0.1:${port}: `);
    expect(stderr).not.toContain('hush');
  });
});

test('without a nats-server, whoever asks for one is told what to do', async () => {
  const path = process.env['PATH'];
  process.env['PATH'] = '/nowhere';
  try {
    const { code, stderr } = await runDemo('up', '--port', '0', '--carrier', 'nats');
    expect(code).toBe(1);
    expect(stderr).toContain('no nats-server on the path');
    expect(stderr).toContain('--nats-url');
  } finally {
    process.env['PATH'] = path;
  }
});
