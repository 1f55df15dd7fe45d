import { once } from 'node:events';
import { createServer } from 'node:https';

import { serve, upgradeWebSocket, type WebSocketServerLike } from '@hono/node-server';
import { Hono } from 'hono';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket as WsWebSocket, WebSocketServer } from 'ws';

import { sharedSecret as nodeSharedSecret } from '../../src/adapters/shared-secret.ts';
import { sharedSecret, WebSocketTransport } from '../../src/adapters/websocket.ts';
import type { WebSocketTransportOptions } from '../../src/adapters/websocket.ts';
import { nodeId } from '../../src/node-id.ts';
import { protocolName } from '../../src/protocol-name.ts';
import { seededRandom } from '../../src/seeded-random.ts';
import type { PeerEvent } from '../../src/transport.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ManualSocket } from '../support/manual-socket.ts';
import { nextTurn } from '../support/next-turn.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { serverTls } from '../support/test-tls.ts';
import { openWebSocketNode } from '../support/websocket-node.ts';

const protocol = protocolName('test');
const [hub, page] = [nodeId('hub'), nodeId('page')];
const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

/** A transport with what it saw. */
interface Node {
  readonly transport: WebSocketTransport;
  readonly events: PeerEvent[];
  readonly errors: unknown[];
  readonly received: Uint8Array[];
}

function watched(transport: WebSocketTransport, errors: unknown[]): Node {
  const node: Node = { transport, errors, events: [], received: [] };
  transport.observePeers((event) => node.events.push(event));
  transport.subscribe(protocol, ({ payload }) => node.received.push(payload.slice()));
  return node;
}

const common = { clusterId: 'test', redialMsMin: 1, redialMsMax: 20 };

/** A node that others dial. */
async function openHub(
  options: Partial<WebSocketTransportOptions> = {},
): Promise<Node & { readonly port: number; readonly url: string }> {
  const errors: unknown[] = [];
  const onError = (error: unknown): void => void errors.push(error);
  const node = await openWebSocketNode({ localId: hub, ...common, onError, ...options });
  closers.push(() => node.close());
  const { port } = node;
  return { ...watched(node.transport, errors), port, url: `ws://127.0.0.1:${port}/` };
}

/** A node that only dials. */
function openPage(options: Partial<WebSocketTransportOptions> = {}): Node {
  const errors: unknown[] = [];
  const onError = (error: unknown): void => void errors.push(error);
  const transport = new WebSocketTransport({ localId: page, ...common, onError, ...options });
  closers.push(() => transport.close());
  return watched(transport, errors);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}

function isUp(node: Node): boolean {
  return node.transport.stats().peers.some((peer) => peer.isUp);
}

/** A hub and a page with a session, the wire between them in the test's hands. */
async function wired(options: Partial<WebSocketTransportOptions> = {}) {
  const server = await openHub(options);
  const proxy = await TcpProxy.open({ host: '127.0.0.1', port: server.port });
  closers.push(() => proxy.close());
  const client = openPage({ ...options, peers: { hub: `ws://127.0.0.1:${proxy.address.port}` } });
  await until(() => isUp(server) && isUp(client));
  return { server, client, proxy };
}

/** A stranger's socket to `node`. */
async function stranger(node: { readonly url: string }): Promise<WsWebSocket> {
  const socket = new WsWebSocket(node.url);
  closers.push(async () => socket.terminate());
  await once(socket, 'open');
  return socket;
}

describe('options', () => {
  test.each(['', 'hub', '/cluster', 'http://hub', 'ws://hub/#top', 'ws://', 'javascript:1'])(
    'refuse the URL %j before anything is dialed',
    (url) => {
      const createSocket = (): never => expect.fail('dialed');
      expect(() => openPage({ peers: { hub: url }, createSocket })).toThrow(RangeError);
      const { transport } = openPage({ createSocket });
      expect(() => transport.setPeer(hub, url)).toThrow(RangeError);
    },
  );

  test('refuse the local node as a peer', () => {
    expect(() => openPage().transport.setPeer(page, 'ws://hub')).toThrow(RangeError);
  });

  test('promise encryption only where every URL keeps it', () => {
    const plain = openPage();
    expect(plain.transport.capabilities).toEqual({
      maxPayloadBytes: 1_048_576,
      ordering: 'session',
      mayDuplicate: false,
      authenticated: false,
      encrypted: false,
    });
    const { transport } = openPage({ encrypted: true });
    expect(transport.capabilities.encrypted).toBe(true);
    expect(() => transport.setPeer(hub, 'ws://hub')).toThrow('expected a URL of wss:');
    expect(transport.maxMessageBytes).toBe(1_048_608);
  });
});

describe('a page and a server', () => {
  test('meet, part, and meet again at another URL', async () => {
    const one = await openHub();
    const client = openPage({ peers: new Map([[hub, one.url]]) });
    await until(() => isUp(client) && isUp(one));
    client.transport.removePeer(hub);
    await until(() => !isUp(one));
    expect(client.transport.send(hub, protocol, Uint8Array.of(1))).toBe('dropped');
    await one.transport.close();
    const other = await openHub();
    client.transport.setPeer(hub, other.url);
    await until(() => isUp(client) && isUp(other));
    expect(client.events.map(({ kind }) => kind)).toEqual(['up', 'down', 'up']);
    expect(one.events.at(-1)).toEqual({ kind: 'down', peer: page, reason: 'closed' });
  });

  test('have a session again after the connection broke', async () => {
    const { server, client, proxy } = await wired();
    proxy.cut();
    await until(() => client.events.length === 3 && server.events.length === 3);
    for (const { events } of [server, client]) {
      expect(events.map(({ kind }) => kind)).toEqual(['up', 'down', 'up']);
      expect(events[1]).toMatchObject({ reason: 'reset' });
    }
  });

  test('notice, both of them, a far end that is gone without a word', async () => {
    const { server, client, proxy } = await wired({ beatMs: 10, silenceMs: 50 });
    proxy.isSwallowing = true;
    await until(() => !isUp(server) && !isUp(client));
    for (const { events } of [server, client]) {
      expect(events[1]).toMatchObject({ kind: 'down', reason: 'timeout' });
    }
    proxy.isSwallowing = false;
    await until(() => isUp(server) && isUp(client));
  });

  // Why this test? `ws` writes from the buffers it was given, and our queue fills its own again.
  test('damage nothing that waits for a reader', async () => {
    const { server, client, proxy } = await wired();
    proxy.clamp('back');
    // Little in each turn, so that one write ends and the next begins while some of it waits.
    let sentCount = 0;
    while (server.transport.send(page, protocol, numbered(sentCount)) !== 'dropped') {
      sentCount += 1;
      if (sentCount % 10 === 0) await nextTurn();
    }
    proxy.release('back');
    await until(() => client.received.length === sentCount);
    expect(client.received.findIndex((bytes, index) => !isNumbered(bytes, index))).toBe(-1);
    expect(client.events.filter(({ kind }) => kind === 'down')).toEqual([]);
  });

  test('authenticate each other by the secret that nodes over TCP use', async () => {
    const secret = new Uint8Array(16).fill(7);
    const server = await openHub({ authentication: nodeSharedSecret(secret) });
    const client = openPage({ peers: { hub: server.url }, authentication: sharedSecret(secret) });
    await until(() => isUp(client) && isUp(server));
    for (const authentication of [sharedSecret(secret.with(0, 8)), undefined]) {
      const thief = openPage({
        localId: nodeId('thief'),
        peers: { hub: server.url },
        ...(authentication && { authentication }),
      });
      await until(() => thief.errors.length > 0);
      expect(String(thief.errors[0])).toContain(': proof');
    }
    expect(server.events.map(({ kind }) => kind)).toEqual(['up']);
  });

  test('are encrypted, and sum nothing, over TLS', async () => {
    const { key, cert } = serverTls.server ?? {};
    const https = createServer({ key, cert }).listen(0, '127.0.0.1');
    const upgrader = new WebSocketServer({ server: https });
    const server = openPage({ localId: hub, encrypted: true });
    upgrader.on('connection', (socket) => server.transport.accept(socket));
    closers.push(async () => https.close());
    await once(https, 'listening');
    const address = https.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const client = openPage({
      encrypted: true,
      peers: { hub: `wss://127.0.0.1:${port}` },
      createSocket: (url) => new WsWebSocket(url, { ...serverTls.client }),
    });
    await until(() => isUp(client));
    for (let index = 0; index < 1_000; index += 1) {
      client.transport.send(hub, protocol, numbered(index));
    }
    await client.transport.close();
    await until(() => server.received.length === 1_000);
    expect(server.received.every(isNumbered)).toBe(true);
  });
});

describe('a server', () => {
  test.each<[what: string, message: string | Uint8Array, code: number]>([
    ['text', '{"op":"subscribe"}', 4_003],
    ['a message larger than any batch', new Uint8Array(1_048_609), 4_009],
  ])('hangs up on %s, counts it, and leaves the others alone', async (_what, message, code) => {
    const { server, client } = await wired();
    const socket = await stranger({ url: `ws://127.0.0.1:${server.port}` });
    socket.send(message);
    expect(await once(socket, 'close')).toMatchObject([code, expect.anything()]);
    expect(server.transport.stats()).toMatchObject({ malformedStreamCount: 1, handshakeCount: 0 });
    client.transport.send(hub, protocol, Uint8Array.of(7));
    await until(() => server.received.length > 0);
    expect(server.events.map(({ kind }) => kind)).toEqual(['up']);
  });

  test('hangs up on text in the middle of a session', async () => {
    const server = await openHub();
    const sockets: WsWebSocket[] = [];
    const createSocket = (url: string): WsWebSocket => {
      const socket = new WsWebSocket(url);
      sockets.push(socket);
      return socket;
    };
    const client = openPage({ peers: { hub: server.url }, createSocket });
    await until(() => isUp(server) && isUp(client));
    sockets[0]?.send('hello');
    await until(() => sockets.length > 1 && isUp(server) && isUp(client));
    expect(server.events[1]).toMatchObject({ kind: 'down', reason: 'reset' });
    expect(server.transport.stats().malformedStreamCount).toBe(1);
  });

  test('takes the sockets of Hono', async () => {
    const { transport } = openPage({ localId: hub });
    const app = new Hono();
    const onOpen = (_event: Event, { raw }: { readonly raw?: unknown }): void => {
      if (raw instanceof WsWebSocket) transport.accept(raw);
    };
    app.get(
      '/cluster',
      upgradeWebSocket(() => ({ onOpen })),
    );
    const upgrader: unknown = new WebSocketServer({ noServer: true });
    if (!isServerOfHono(upgrader)) throw new TypeError('expected a server of ws');
    const port = await new Promise<number>((resolve) => {
      const http = serve(
        { fetch: app.fetch, hostname: '127.0.0.1', port: 0, websocket: { server: upgrader } },
        (address) => resolve(address.port),
      );
      closers.push(async () => http.close());
    });
    const client = openPage({ peers: { hub: `ws://127.0.0.1:${port}/cluster` } });
    await until(() => isUp(client));
    const heard = new Promise<number>((resolve) => {
      transport.subscribe(protocolName('hono'), ({ payload }) => resolve(payload.length));
    });
    client.transport.send(hub, protocolName('hono'), new Uint8Array(200_000));
    expect(await heard).toBe(200_000);
  });

  test('waits for strangers only so long, and for so many', async () => {
    const server = await openHub({ handshakeMs: 50, handshakeCountMax: 4 });
    const sockets = await Promise.all(Array.from({ length: 20 }, () => stranger(server)));
    await until(() => sockets.filter(({ readyState }) => readyState === 3).length >= 16);
    const client = openPage({ peers: { hub: server.url } });
    await until(() => isUp(client));
    await until(() => sockets.every(({ readyState }) => readyState === 3));
    expect(server.transport.stats().refusedHandshakeCount).toBe(20);
  });

  test('takes a socket that is not open yet, and none that has closed', async () => {
    const { transport } = openPage({ localId: hub });
    const socket = new ManualSocket();
    socket.readyState = 0;
    transport.accept(socket);
    expect(transport.stats().handshakeCount).toBe(0);
    socket.fire('open');
    expect(transport.stats().handshakeCount).toBe(1);
    const late = new ManualSocket();
    late.readyState = 3;
    transport.accept(late);
    expect(transport.stats().handshakeCount).toBe(1);
  });

  test('refuses whoever comes while it closes', async () => {
    const { transport } = openPage({ localId: hub });
    const closing = transport.close();
    const socket = new ManualSocket();
    transport.accept(socket);
    await until(() => socket.closeCodes.length > 0);
    expect(socket.sent).toHaveLength(1);
    await closing;
  });
});

describe('dialing, in virtual time', () => {
  /** A page whose sockets are the test's. */
  function openManual(createSocket?: (url: string) => ManualSocket) {
    const clock = new ManualClock();
    const sockets: ManualSocket[] = [];
    const dialedAtMs: number[] = [];
    const node = openPage({
      clock,
      random: seededRandom(1),
      peers: { hub: 'ws://hub' },
      redialMsMin: 100,
      redialMsMax: 10_000,
      handshakeMs: 3_000,
      createSocket: (url) => {
        dialedAtMs.push(clock.nowMs());
        if (createSocket !== undefined) return createSocket(url);
        const socket = new ManualSocket();
        socket.readyState = 0;
        sockets.push(socket);
        return socket;
      },
    });
    const lastError = (): string | undefined => node.transport.stats().peers[0]?.lastError;
    return { ...node, clock, sockets, dialedAtMs, lastError };
  }

  test('comes back ever later, at random moments, and says why the last dial failed', async () => {
    const { clock, sockets, lastError } = openManual();
    const waits: number[] = [];
    for (let round = 0; round < 12; round += 1) {
      const failedAtMs = clock.nowMs();
      sockets.at(-1)?.fire('error', { error: new Error('ECONNREFUSED') });
      sockets.at(-1)?.fire('close');
      const { length } = sockets;
      while (sockets.length === length) clock.advance(1);
      waits.push(clock.nowMs() - failedAtMs);
      expect(waits.at(-1)).toBeLessThanOrEqual(Math.min(10_000, 100 * 2 ** round));
    }
    expect(lastError()).toBe('ECONNREFUSED');
    expect(new Set(waits).size).toBe(waits.length);
  });

  test('gives up a dial that nobody answers', () => {
    const { clock, sockets, lastError } = openManual();
    clock.advance(3_000);
    expect(sockets[0]?.closeCodes).toHaveLength(1);
    expect(lastError()).toBe('dial: expected an answer within 3000 ms');
    clock.advance(100);
    expect(sockets).toHaveLength(2);
    // The late answer to the first is nobody's.
    sockets[0]?.fire('open');
    sockets[0]?.fire('close');
    expect(sockets[0]?.sent).toEqual([]);
  });

  test('takes a socket that cannot even be made for a dial that failed', async () => {
    const failure = new Error('an insecure connection may not be made from this page');
    const { clock, dialedAtMs, lastError } = openManual(() => {
      throw failure;
    });
    expect(lastError()).toBeUndefined();
    await nextTurn();
    expect(lastError()).toBe(failure.message);
    clock.advance(100);
    expect(dialedAtMs).toHaveLength(2);
  });

  test('gives up a dial of a peer that was struck out, and when it closes', async () => {
    const { transport, sockets } = openManual();
    transport.removePeer(hub);
    expect(sockets[0]?.closeCodes).toHaveLength(1);
    transport.setPeer(hub, 'ws://elsewhere');
    await transport.close();
    expect(sockets[1]?.closeCodes).toHaveLength(1);
    sockets[1]?.fire('open');
    expect(sockets[1]?.sent).toEqual([]);
  });

  test('says HELLO first, and gives up on a server that does not answer it', () => {
    const { clock, sockets, lastError } = openManual();
    sockets[0]?.fire('open');
    clock.advance(0);
    expect(sockets[0]?.sent).toHaveLength(1);
    clock.advance(3_000);
    expect(sockets[0]?.closeCodes).toEqual([1_000]);
    expect(lastError()).toContain('handshake');
  });
});

/** The types of Hono and those of DefinitelyTyped say it differently. */
function isServerOfHono(server: unknown): server is WebSocketServerLike {
  return server instanceof WebSocketServer;
}

function numbered(index: number): Uint8Array {
  const payload = new Uint8Array(1_000).fill(index & 0xff);
  new DataView(payload.buffer).setUint32(0, index);
  return payload;
}

function isNumbered(bytes: Uint8Array, index: number): boolean {
  return Buffer.compare(bytes, numbered(index)) === 0;
}
