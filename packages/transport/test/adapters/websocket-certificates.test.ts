import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import { TLSSocket } from 'node:tls';

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';

import { certificateIdentity, linkSecurity, type TcpTls } from '../../src/adapters/tcp.ts';
import { WebSocketTransport } from '../../src/adapters/websocket.ts';
import type { LinkSecurity } from '../../src/link.ts';
import { nodeId } from '../../src/node-id.ts';
import { nextTurn } from '../support/next-turn.ts';
import { opensslIsMissing, TestAuthority } from '../support/test-authority.ts';

const right = nodeId('right');
const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}

/** A node behind a server of HTTPS, which knows by what certificates its sockets came about. */
async function open(name: string, { server: serverTls, client }: TcpTls) {
  const errors: unknown[] = [];
  const securities = new WeakMap<object, LinkSecurity>();
  const remember = (socket: WebSocket, { socket: below }: IncomingMessage): void => {
    if (below instanceof TLSSocket) securities.set(socket, linkSecurity(below));
  };
  const transport = new WebSocketTransport({
    localId: nodeId(name),
    clusterId: 'test',
    redialMsMin: 1,
    redialMsMax: 20,
    encrypted: true,
    authentication: certificateIdentity(),
    onError: (error) => errors.push(error),
    createSocket: (url) => {
      const socket = new WebSocket(url, { ...client });
      socket.once('upgrade', (response) => remember(socket, response));
      return socket;
    },
    securityOf: (socket) => securities.get(socket),
  });
  const https = createServer({ ...serverTls }).listen(0, '127.0.0.1');
  const upgrader = new WebSocketServer({ server: https });
  upgrader.on('connection', (socket, request) => {
    remember(socket, request);
    transport.accept(socket);
  });
  await once(https, 'listening');
  closers.push(async () => {
    await transport.close();
    for (const socket of upgrader.clients) socket.terminate();
    https.close();
  });
  const address = https.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const isUp = (): boolean => transport.stats().peers.some((peer) => peer.isUp);
  const lastError = (): string | undefined => transport.stats().peers[0]?.lastError;
  return { transport, errors, isUp, lastError, url: `wss://127.0.0.1:${port}/` };
}

describe.skipIf(opensslIsMissing)('a certificate for each node behind HTTPS', () => {
  let authority: TestAuthority;
  beforeAll(() => {
    authority = new TestAuthority();
  });
  afterAll(() => authority[Symbol.dispose]());

  test('lets nodes of one authority meet, each checking the other', async () => {
    const other = await open('right', authority.issue('right'));
    const one = await open('left', authority.issue('left'));
    one.transport.setPeer(right, other.url);
    await until(() => one.isUp() && other.isUp());
    expect(one.transport.capabilities).toMatchObject({ authenticated: true, encrypted: true });
  });

  test('keeps out who has none', async () => {
    const other = await open('right', authority.issue('right'));
    const own = authority.issue('left');
    const one = await open('left', { ...own, client: { ca: own.client?.ca } });
    one.transport.setPeer(right, other.url);
    await until(() => one.lastError() !== undefined);
    expect(one.isUp() || other.isUp()).toBe(false);
    expect(other.transport.stats().peers).toEqual([]);
  });

  test('keeps a node that has one from the id of another, whoever dials', async () => {
    const mallory = await open('left', authority.issue('mallory'));
    const other = await open('right', authority.issue('right'));
    other.transport.setPeer(nodeId('left'), mallory.url);
    await until(() => other.errors.length > 0);
    expect(String(other.errors[0])).toContain('this node refuses it: proof');

    mallory.transport.setPeer(right, other.url);
    await until(() => mallory.errors.length > 0);
    expect(String(mallory.errors[0])).toContain('it refuses this node: proof');
    expect(mallory.isUp() || other.isUp()).toBe(false);
  });
});
