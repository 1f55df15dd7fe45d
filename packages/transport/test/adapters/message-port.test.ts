import { MessageChannel, Worker } from 'node:worker_threads';

import { afterEach, describe, expect, test } from 'vitest';

import { MessagePortTransport } from '../../src/adapters/message-port.ts';
import { type NodeId, nodeId } from '../../src/node-id.ts';
import type { MessagePortLike } from '../../src/port-link.ts';
import { protocolName } from '../../src/protocol-name.ts';
import type { Delivery, PeerEvent } from '../../src/transport.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { StallablePort } from '../support/stallable-port.ts';
import { nextTurn } from '../support/next-turn.ts';

const echo = protocolName('echo');
const local = nodeId('local');
const remote = nodeId('remote');
const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

function open(options: Partial<ConstructorParameters<typeof MessagePortTransport>[0]> = {}) {
  const transport = new MessagePortTransport({ localId: local, ...options });
  const events: PeerEvent[] = [];
  transport.observePeers((event) => events.push(event));
  cleanUps.push(() => transport.close());
  const until = async (kind: PeerEvent['kind']): Promise<void> => {
    while (!events.some((event) => event.kind === kind)) await nextTurn();
  };
  return { transport, events, until };
}

/** Node's `Worker` is no port, but its two methods make one. */
function portOf(worker: Worker): MessagePortLike {
  return {
    postMessage: (message, transfer) => worker.postMessage(message, transfer),
    addEventListener: (type, listener) => {
      if (type === 'message') worker.on('message', (data: unknown) => listener({ data }));
      if (type === 'close') worker.on('exit', () => listener({}));
    },
    close: () => void worker.terminate(),
  };
}

function startWorker(id: NodeId): Worker {
  const url = new URL('../support/echo-worker.ts', import.meta.url);
  const worker = new Worker(url, { workerData: { localId: id } });
  cleanUps.push(() => worker.terminate());
  return worker;
}

describe('MessagePortTransport and a worker thread', () => {
  test('carries every message there and back, in order, whatever its size', async () => {
    const { transport, until } = open();
    transport.connect(portOf(startWorker(remote)), remote);
    await until('up');
    const sizes = [
      0,
      1,
      100,
      16_384,
      16_385,
      65_536,
      300_000,
      transport.capabilities.maxPayloadBytes,
    ];
    const sent = sizes.map((size, index) => new Uint8Array(size).fill(index + 1));
    const echoed: Uint8Array[] = [];
    const done = new Promise<void>((resolve) => {
      transport.subscribe(echo, ({ payload }) => {
        if (echoed.push(payload.slice()) === sent.length) resolve();
      });
    });
    for (const payload of sent) transport.send(remote, echo, payload);
    await done;
    expect(echoed.every((payload, index) => Buffer.compare(payload, sent[index]!) === 0)).toBe(
      true,
    );
    expect(transport.stats().malformedStreamCount).toBe(0);
  });

  test('moves many messages of a turn in one post', async () => {
    const { transport, until } = open();
    transport.connect(portOf(startWorker(remote)));
    await until('up');
    const before = transport.stats().carrierWriteCount;
    let echoedCount = 0;
    const done = new Promise<void>((resolve) => {
      transport.subscribe(echo, () => (echoedCount += 1) === 1_000 && resolve());
    });
    for (let count = 0; count < 1_000; count += 1)
      transport.send(remote, echo, new Uint8Array(100));
    await done;
    expect(transport.stats().carrierWriteCount - before).toBeLessThan(5);
  });

  test('posts no more than its credit to a worker that does not read', async () => {
    const creditBytes = 65_536;
    const maxQueueBytes = 200_000;
    const limits = { creditBytes, maxQueueBytes, maxPayloadBytes: 2_000 };
    const { transport, events, until } = open(limits);
    transport.connect(portOf(startWorker(remote)));
    await until('up');
    const ms = new Uint8Array(4);
    new DataView(ms.buffer).setUint32(0, 300);
    transport.send(remote, protocolName('block'), ms);
    const payload = new Uint8Array(1_000);
    let acceptedBytes = 0;
    let refusedCount = 0;
    // The worker's window is the default of a mebibyte, and each write may exceed it by one batch.
    while (refusedCount < 100) {
      if (transport.send(remote, echo, payload) === 'dropped') {
        refusedCount += 1;
        await nextTurn();
      } else acceptedBytes += payload.length;
    }
    expect(acceptedBytes).toBeLessThan(2 ** 20 + 2 * 256 * 1024 + maxQueueBytes);
    // The queue may have drained into the credit more than once before both were used up.
    events.length = 0;
    await until('drained');
    expect(transport.send(remote, echo, payload)).toBe('accepted');
  });

  test.each<[what: string, end: (worker: Worker, transport: MessagePortTransport) => unknown]>([
    ['is terminated', (worker) => worker.terminate()],
    [
      'exits',
      (_worker, transport) => transport.send(remote, protocolName('exit'), Uint8Array.of()),
    ],
    ['says goodbye', (_worker, it) => it.send(remote, protocolName('close'), Uint8Array.of())],
  ])('reports a worker down that %s', async (what, end) => {
    const { transport, events, until } = open();
    const worker = startWorker(remote);
    transport.connect(portOf(worker));
    await until('up');
    end(worker, transport);
    await until('down');
    const reason = what === 'says goodbye' ? 'closed' : 'reset';
    expect(events.at(-1)).toEqual({ kind: 'down', peer: remote, reason });
    expect(transport.send(remote, echo, Uint8Array.of(1))).toBe('dropped');
  });
});

describe('MessagePortTransport', () => {
  test('keeps its session while the peer is quiet, and ends it when the beats stop', async () => {
    const clock = new ManualClock();
    const near = open({ clock });
    const far = open({ clock, localId: remote });
    const { port1, port2 } = new MessageChannel();
    const port = new StallablePort(port2);
    cleanUps.push(() => port.dispose());
    near.transport.connect(port1);
    far.transport.connect(port);
    await near.until('up');
    for (let second = 0; second < 20; second += 1) {
      clock.advance(1_000);
      for (let turn = 0; turn < 3; turn += 1) await nextTurn();
    }
    expect(near.events.map(({ kind }) => kind)).toEqual(['up']);

    port.sever();
    for (let second = 0; second < 6; second += 1) clock.advance(1_000);
    expect(near.events.at(-1)).toEqual({ kind: 'down', peer: remote, reason: 'timeout' });
  });

  test('refuses a peer of another cluster, and one that was not expected', async () => {
    const errors: unknown[] = [];
    const near = open({ clusterId: 'a', onError: (error) => errors.push(error) });
    for (const [clusterId, expected] of [
      ['b', remote],
      ['a', nodeId('someone-else')],
    ] as const) {
      const far = open({ clusterId, localId: remote, onError: () => undefined });
      const { port1, port2 } = new MessageChannel();
      near.transport.connect(port1, expected);
      far.transport.connect(port2);
      const before = errors.length;
      while (near.transport.stats().handshakeCount > 0) await nextTurn();
      expect(far.events).toEqual([]);
      expect(near.transport.stats().refusedHandshakeCount).toBeGreaterThan(before);
    }
    expect(near.events.filter(({ kind }) => kind === 'up')).toEqual([]);
  });

  test.each<[what: string, garbage: unknown]>([
    ['noise', Uint8Array.from({ length: 100 }, (_, index) => (index * 37) & 255)],
    ['a frame of 4 GB', Uint8Array.of(1, 2, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0)],
  ])('ends a session that brings %s, and leaves the others alone', async (_what, garbage) => {
    const near = open();
    const good = open({ localId: remote });
    const [first, second] = [new MessageChannel(), new MessageChannel()];
    near.transport.connect(first.port1);
    good.transport.connect(first.port2);
    near.transport.connect(second.port1);
    cleanUps.push(() => second.port2.close());
    await near.until('up');
    second.port2.postMessage(garbage);
    while (near.transport.stats().handshakeCount > 0) await nextTurn();
    expect(near.transport.stats().malformedStreamCount).toBe(1);
    const heard = new Promise<Delivery>((resolve) => good.transport.subscribe(echo, resolve));
    near.transport.send(remote, echo, Uint8Array.of(1));
    expect((await heard).from).toBe(local);
  });

  test('disconnects one peer, and meets it again over a new port', async () => {
    const near = open();
    const far = open({ localId: remote });
    for (let round = 0; round < 2; round += 1) {
      const { port1, port2 } = new MessageChannel();
      near.transport.connect(port1);
      far.transport.connect(port2);
      await Promise.all([near.until('up'), far.until('up')]);
      near.transport.disconnect(remote);
      await far.until('down');
      expect(near.events.map(({ kind }) => kind)).toEqual(['up', 'down']);
      near.events.length = 0;
      far.events.length = 0;
    }
    near.transport.disconnect(nodeId('nobody'));
    expect(near.events).toEqual([]);
  });

  test.each([0, 65_535, 0.5, Number.NaN])('refuses a credit of %s bytes', (creditBytes) => {
    expect(() => open({ creditBytes })).toThrow('creditBytes: expected an integer >= 65536');
  });
});
