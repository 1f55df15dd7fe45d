import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import path from 'node:path';
import { connect as connectTls } from 'node:tls';

import { afterEach, describe, expect, test } from 'vitest';

import { sharedSecret, TcpTransport } from '../../src/adapters/tcp.ts';
import type { Authentication, TcpTransportOptions } from '../../src/adapters/tcp.ts';
import { frameKinds, urgentBit } from '../../src/frame.ts';
import { encodeHello } from '../../src/hello.ts';
import { nodeId } from '../../src/node-id.ts';
import { protocolName } from '../../src/protocol-name.ts';
import type { PeerEvent } from '../../src/transport.ts';
import { frameBytes, joined } from '../support/frames.ts';
import { honestHello } from '../support/raw-peer.ts';
import { nextTurn } from '../support/next-turn.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { mutualTls, serverTls } from '../support/test-tls.ts';

const protocol = protocolName('test');
const [left, right] = [nodeId('left'), nodeId('right')];
const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

/** A listening node with what it saw. */
interface Node {
  readonly transport: TcpTransport;
  readonly port: number;
  readonly events: PeerEvent[];
  readonly errors: unknown[];
  readonly received: number[];
}

async function open(name: string, options: Partial<TcpTransportOptions> = {}): Promise<Node> {
  const errors: unknown[] = [];
  const transport = await TcpTransport.open({
    localId: nodeId(name),
    clusterId: 'test',
    listen: { host: '127.0.0.1', port: 0 },
    redialMsMin: 1,
    redialMsMax: 20,
    onError: (error) => errors.push(error),
    ...options,
  });
  closers.push(() => transport.close());
  const node: Node = {
    transport,
    port: transport.address?.port ?? 0,
    events: [],
    errors,
    received: [],
  };
  transport.observePeers((event) => node.events.push(event));
  transport.subscribe(protocol, ({ payload }) => {
    node.received.push(new DataView(payload.buffer, payload.byteOffset).getUint32(0));
  });
  return node;
}

function at(port: number): { readonly host: string; readonly port: number } {
  return { host: '127.0.0.1', port };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}

function isUp(node: Node): boolean {
  return node.transport.stats().peers.some((peer) => peer.isUp);
}

/** Two nodes with a session, the wire between them in the test's hands. */
async function wired(options: Partial<TcpTransportOptions> = {}): Promise<{
  readonly one: Node;
  readonly other: Node;
  readonly proxy: TcpProxy;
}> {
  const one = await open('left', options);
  const other = await open('right', options);
  const proxy = await TcpProxy.open(at(other.port));
  closers.push(() => proxy.close());
  one.transport.setPeer(right, proxy.address);
  await until(() => isUp(one) && isUp(other));
  return { one, other, proxy };
}

function numbered(index: number, sizeBytes = 100): Uint8Array {
  const payload = new Uint8Array(sizeBytes);
  new DataView(payload.buffer).setUint32(0, index);
  return payload;
}

/** A stranger's connection to `node`. */
async function stranger(node: Node): Promise<Socket> {
  const socket = connect(node.port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Waits until the far end has hung up on `socket`; what it said meanwhile. */
async function hungUp(socket: Socket): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  socket.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  // Who writes to a far end that is gone may be told so by an error, before the end.
  socket.on('error', () => undefined);
  if (!socket.closed) await new Promise((resolve) => void socket.once('close', resolve));
  return joined(chunks);
}

describe('opening', () => {
  test('rejects what is out of range, before it listens', async () => {
    const base = { localId: left, clusterId: 'test' };
    const bad: Partial<TcpTransportOptions>[] = [
      { clusterId: '' },
      { maxPayloadBytes: 5 },
      { listen: { host: '', port: 0 } },
      { listen: { host: '127.0.0.1', port: 65_536 } },
      { listen: { host: '127.0.0.1', port: Number.NaN } },
      { peers: { right: { host: '127.0.0.1', port: 0 } } },
      { peers: new Map([[right, { host: '127.0.0.1', port: 1.5 }]]) },
      { peers: { left: { host: '127.0.0.1', port: 1 } } },
      { peers: { '': { host: '127.0.0.1', port: 1 } } },
    ];
    for (const options of bad) {
      await expect(TcpTransport.open({ ...base, ...options })).rejects.toThrow(RangeError);
    }
  });

  test('rejects with the reason of the system when it cannot listen', async () => {
    const { port } = await open('left');
    const second = TcpTransport.open({ localId: right, clusterId: 'test', listen: at(port) });
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('says where it listens, and what it promises', async () => {
    const { transport, port } = await open('left');
    expect(transport.address).toEqual(at(port));
    expect(transport.localId).toBe('left');
    expect(transport.capabilities).toEqual({
      maxPayloadBytes: 1_048_576,
      ordering: 'session',
      mayDuplicate: false,
      authenticated: false,
      encrypted: false,
    });
    const silent = await TcpTransport.open({ localId: right, clusterId: 'test' });
    closers.push(() => silent.close());
    expect(silent.address).toBeUndefined();
  });
});

describe('the address book', () => {
  test('may be given at the start, as a record or a map, and change while running', async () => {
    const other = await open('right');
    const third = await open('third');
    const one = await open('left', {
      peers: new Map([[right, at(other.port)]]),
    });
    await until(() => isUp(one));
    one.transport.setPeer(nodeId('third'), at(third.port));
    await until(() => isUp(third));
    one.transport.removePeer(right);
    await until(() => !isUp(other));
    expect(one.transport.send(right, protocol, numbered(1))).toBe('dropped');
    expect(one.transport.send(nodeId('third'), protocol, numbered(1))).toBe('accepted');
    expect(() => one.transport.setPeer(left, at(1))).toThrow(RangeError);
    expect(() => one.transport.setPeer(right, at(0))).toThrow(RangeError);
  });

  test('a peer that moves is found at its new address', async () => {
    const one = await open('left');
    const before = await open('right');
    one.transport.setPeer(right, at(before.port));
    await until(() => isUp(one));
    await before.transport.close();
    const after = await open('right');
    one.transport.setPeer(right, at(after.port));
    await until(() => isUp(one) && isUp(after));
    expect(one.events.map(({ kind }) => kind)).toEqual(['up', 'down', 'up']);
  });
});

describe('simultaneous dials', () => {
  test('give one session, every time', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 40; round += 1) {
      const [one, other] = await Promise.all([open('left'), open('right')]);
      one.transport.setPeer(right, at(other.port));
      other.transport.setPeer(left, at(one.port));
      await until(() => isUp(one) && isUp(other));
      one.transport.send(right, protocol, numbered(round));
      other.transport.send(left, protocol, numbered(round));
      await until(() => one.received.length > 0 && other.received.length > 0);
      await until(() => one.transport.stats().handshakeCount === 0);
      expect(one.events.map(({ kind }) => kind)).toEqual(['up']);
      expect(other.events.map(({ kind }) => kind)).toEqual(['up']);
      await Promise.all([one.transport.close(), other.transport.close()]);
    }
  });
});

describe('a connection that breaks', () => {
  test('in the middle of a burst leaves a prefix', async () => {
    const { one, other, proxy } = await wired();
    let sent = 0;
    while (other.received.length < 2_000) {
      for (let index = 0; index < 100; index += 1) {
        if (one.transport.send(right, protocol, numbered(sent)) === 'accepted') sent += 1;
      }
      await nextTurn();
    }
    proxy.cut();
    await until(() => other.events.some(({ kind }) => kind === 'down'));
    const { length } = other.received;
    expect(other.received).toEqual(Array.from({ length }, (_, index) => index));
    expect(length).toBeLessThanOrEqual(sent);
    await until(() => isUp(one) && isUp(other));
  });

  test('because the process was killed leaves a prefix, and its next life is newer', async () => {
    const node = await open('receiver');
    const lives = new Map<number, number[]>();
    node.transport.subscribe(protocolName('burst'), ({ incarnation, payload }) => {
      const life = lives.get(incarnation) ?? [];
      lives.set(incarnation, life);
      life.push(new DataView(payload.buffer, payload.byteOffset).getUint32(0));
    });
    const script = path.join(import.meta.dirname, '..', 'support', 'burst-process.ts');
    for (let round = 1; round <= 2; round += 1) {
      const child = fork(script, [String(node.port)]);
      const exited = once(child, 'exit');
      await until(() => lives.size === round && [...lives.values()].at(-1)?.at(-1) !== undefined);
      child.kill('SIGKILL');
      await exited;
      await until(() => !isUp(node));
    }
    const incarnations = [...lives.keys()];
    expect(incarnations[1]).toBeGreaterThan(incarnations[0] ?? Infinity);
    for (const life of lives.values()) {
      expect(life).toEqual(Array.from({ length: life.length }, (_, index) => index));
    }
  });

  test('without a word is noticed within the bound, at both ends', async () => {
    const { one, other, proxy } = await wired({ beatMs: 10, silenceMs: 50 });
    proxy.isSwallowing = true;
    await until(() => one.events.some((event) => event.kind === 'down'));
    await until(() => other.events.some((event) => event.kind === 'down'));
    for (const { events } of [one, other]) {
      expect(events.find(({ kind }) => kind === 'down')).toMatchObject({ reason: 'timeout' });
    }
    expect(one.transport.send(right, protocol, numbered(1))).toBe('dropped');
    proxy.isSwallowing = false;
    await until(() => isUp(one) && isUp(other));
  });
});

describe('closing', () => {
  test('during a dial that hangs', async () => {
    const { one, proxy } = await wired();
    proxy.isSwallowing = true;
    proxy.cut();
    await until(() => proxy.openCount > 0 && !isUp(one));
    await one.transport.close();
    expect(one.transport.send(right, protocol, numbered(1))).toBe('dropped');
  });

  test('while nobody listens at the address', async () => {
    const { port } = await open('right');
    await closers.pop()?.();
    const one = await open('left', { peers: { right: at(port) } });
    await until(() => one.transport.stats().peers[0]?.lastError !== undefined);
    expect(one.transport.stats().peers[0]?.lastError).toContain('ECONNREFUSED');
    await one.transport.close();
  });

  test('sends what was accepted before', async () => {
    const { one, other } = await wired();
    for (let index = 0; index < 5_000; index += 1) {
      expect(one.transport.send(right, protocol, numbered(index))).toBe('accepted');
    }
    await one.transport.close();
    await until(() => !isUp(other));
    expect(other.received).toHaveLength(5_000);
    expect(other.events.at(-1)).toMatchObject({ kind: 'down', reason: 'closed' });
  });

  test('gives up on a peer that does not read', async () => {
    const { one, proxy } = await wired();
    proxy.clamp('forth');
    while (one.transport.send(right, protocol, numbered(0, 100_000)) !== 'dropped') {
      await nextTurn();
    }
    await one.transport.close();
  });

  test('closes at once for strangers in the middle of their handshake', async () => {
    const node = await open('left');
    const socket = await stranger(node);
    await until(() => node.transport.stats().handshakeCount === 1);
    await node.transport.close();
    await hungUp(socket);
  });
});

describe('bad input', () => {
  const hello = (changes = {}): Uint8Array =>
    frameBytes({
      kind: frameKinds.hello | urgentBit,
      protocolNumber: 0,
      sequence: 0,
      payload: encodeHello({ ...honestHello, clusterId: 'test', ...changes }),
    });
  const oversized = (): Uint8Array => hello().fill(0xff, 8, 12);
  const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
  const noise = Uint8Array.from({ length: 10_000 }, (_, index) => (index * 7_919) >>> 3);

  test.each<[string, () => Uint8Array]>([
    ['garbage', () => noise],
    ['an HTTP request', () => ascii('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
    [
      'a TLS hello',
      () => Uint8Array.of(22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3, 1, 2, 3, 4, 5, 6, 7, 8),
    ],
    ['a length of 4 GB', oversized],
    ['a wrong cluster id', () => hello({ clusterId: 'other' })],
    ['the name of the node itself', () => hello({ nodeId: left })],
    ['a HELLO for another node', () => hello({ expects: nodeId('third') })],
    ['a later version only', () => hello({ versionMin: 9, versionMax: 9 })],
    ['a damaged HELLO', () => hello().fill(1, 40, 41)],
    ['a HELLO twice', () => joined([hello(), hello()])],
  ])('%s is hung up on, and others are not disturbed', async (_what, bytes) => {
    const one = await open('left');
    const other = await open('right', { peers: { left: at(one.port) } });
    await until(() => isUp(one) && isUp(other));
    const socket = await stranger(one);
    socket.write(bytes());
    const answer = await hungUp(socket);
    expect(answer.length).toBeLessThan(400);
    expect(one.transport.stats().peers.map(({ peer }) => peer)).toEqual(['right']);
    await until(() => one.transport.stats().handshakeCount === 0);
    other.transport.send(left, protocol, numbered(7));
    await until(() => one.received.length > 0);
    expect(one.events.map(({ kind }) => kind)).toEqual(['up']);
  });

  test('bytes that come one by one are waited for only so long', async () => {
    const node = await open('left', { handshakeMs: 60 });
    const socket = await stranger(node);
    const bytes = hello();
    let sent = 0;
    socket.setNoDelay(true);
    const drip = setInterval(() => socket.write(bytes.subarray(sent, (sent += 1))), 5);
    await hungUp(socket);
    clearInterval(drip);
    expect(sent).toBeLessThan(bytes.length);
    await until(() => node.transport.stats().handshakeCount === 0);
  });

  test('hundreds of silent connections cost a bounded number, and keep nobody out', async () => {
    const node = await open('left', { handshakeCountMax: 16 });
    const sockets = await Promise.all(Array.from({ length: 200 }, () => stranger(node)));
    await until(() => node.transport.stats().refusedHandshakeCount >= 184);
    expect(node.transport.stats().handshakeCount).toBe(16);
    const peer = await open('right', { peers: { left: at(node.port) } });
    await until(() => isUp(peer));
    for (const socket of sockets) socket.destroy();
  });

  test('a forged id and a replayed conversation do not get past authentication', async () => {
    const authentication = sharedSecret(new Uint8Array(16).fill(7));
    const { one, other, proxy } = await wired({ authentication });
    expect(other.transport.capabilities.authenticated).toBe(true);

    const guess = sharedSecret(new Uint8Array(16).fill(8));
    for (const proving of [{}, { authentication: guess }]) {
      const forger = await open('left', { ...proving, incarnation: 2 ** 53 - 1 });
      forger.transport.setPeer(right, at(other.port));
      await until(() => forger.errors.length > 0);
      expect(String(forger.errors[0])).toContain(': proof');
      await forger.transport.close();
    }

    const thief = await stranger(other);
    for (const chunk of proxy.recorded) thief.write(chunk);
    await hungUp(thief);
    one.transport.send(right, protocol, numbered(3));
    await until(() => other.received.length > 0);
    expect(other.events.map(({ kind }) => kind)).toEqual(['up']);
  });
});

describe('over TLS', () => {
  test('needs a certificate of the server only, if that is asked', async () => {
    const other = await open('right', { tls: serverTls });
    const one = await open('left', { tls: serverTls, peers: { right: at(other.port) } });
    await until(() => isUp(one) && isUp(other));
    expect(one.transport.capabilities.encrypted).toBe(true);
    one.transport.send(right, protocol, numbered(5, 100_000));
    await until(() => other.received.length > 0);
  });

  test('shows the hook the certificate, and binds proofs to the link', async () => {
    const seen: unknown[] = [];
    const bindings = new Set<string>();
    const secret = sharedSecret(new Uint8Array(16).fill(7));
    const authentication: Authentication = {
      prove: (challenge) => secret.prove(challenge),
      verify: ({ claimedId, security, transcript, proof }) => {
        seen.push([security?.isAuthorized, security?.commonName, security?.alternativeNames]);
        bindings.add(String(security?.binding));
        return secret.verify({ claimedId, security, transcript, proof });
      },
    };
    const other = await open('right', { tls: mutualTls, authentication });
    const one = await open('left', { tls: mutualTls, authentication });
    one.transport.setPeer(right, at(other.port));
    await until(() => isUp(one) && isUp(other));
    const names = [true, 'quorate.test', 'DNS:quorate.test'];
    expect(seen).toEqual([names, names]);
    expect(bindings.size).toBe(1);
    expect([...bindings][0]?.split(',')).toHaveLength(32);
  });

  test('refuses a certificate that it does not trust, and tries again', async () => {
    const other = await open('right', { tls: serverTls });
    const { ca: _ca, ...untrusting } = serverTls.client ?? {};
    const one = await open('left', {
      tls: { client: untrusting },
      peers: { right: at(other.port) },
    });
    await until(() => one.transport.stats().peers[0]?.lastError !== undefined);
    expect(one.transport.stats().peers[0]?.lastError).toContain('self-signed certificate');
    expect(isUp(other)).toBe(false);
  });

  test('hangs up on strangers without TLS, and on TLS where there is none', async () => {
    const secure = await open('left', { tls: serverTls });
    const plain = await stranger(secure);
    plain.write('GET / HTTP/1.1\r\n\r\n');
    await hungUp(plain);
    const open_ = await open('right');
    const socket = connectTls({ ...serverTls.client, port: open_.port, host: '127.0.0.1' });
    await expect(once(socket, 'secureConnect')).rejects.toThrow();
  });

  test('bounds the connections that never begin TLS', async () => {
    const node = await open('left', { tls: serverTls, handshakeCountMax: 8 });
    const sockets = await Promise.all(Array.from({ length: 40 }, () => stranger(node)));
    const isClosed = (socket: Socket): boolean => socket.destroyed || socket.readableEnded;
    for (const socket of sockets) socket.resume();
    await until(() => sockets.filter(isClosed).length >= 32);
    expect(sockets.filter(isClosed)).toHaveLength(32);
    const peer = await open('right', { tls: serverTls, peers: { left: at(node.port) } });
    await until(() => isUp(peer));
    for (const socket of sockets) socket.destroy();
  });
});

test('closes although strangers have begun no TLS', async () => {
  const node = await open('left', { tls: serverTls, handshakeMs: 2 ** 30 });
  const sockets = await Promise.all(Array.from({ length: 3 }, () => stranger(node)));
  await node.transport.close();
  for (const socket of sockets) await hungUp(socket);
});

test('a dial that nobody answers is given up in time', async () => {
  // Accepts, and then never says a word: a server of another kind, or a stopped process.
  const mute = createServer((socket) => socket.resume());
  mute.listen(0, '127.0.0.1');
  await once(mute, 'listening');
  closers.push(() => new Promise((resolve) => mute.close(resolve)));
  const address = mute.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const one = await open('left', { handshakeMs: 30, peers: { right: at(port) } });
  await until(() => one.transport.stats().peers[0]?.lastError !== undefined);
  expect(one.transport.stats().peers[0]?.lastError).toContain('handshake');
  await one.transport.close();
});
