import { afterEach, describe, expect, inject, test } from 'vitest';

import { sharedSecret, WebSocketTransport } from '../src/adapters/websocket.ts';
import type { WebSocketTransportOptions } from '../src/adapters/websocket.ts';
import { nodeId } from '../src/node-id.ts';
import { protocolName } from '../src/protocol-name.ts';
import type { PeerEvent } from '../src/transport.ts';
import './hub-url.ts';

const echo = protocolName('echo');
const hub = nodeId('hub');
const pages: WebSocketTransport[] = [];

afterEach(async () => {
  await Promise.all(pages.splice(0).map((page) => page.close()));
});

/** This page as a node that dials the hub, which runs in a process of Node. */
function openPage(options: Partial<WebSocketTransportOptions> = {}) {
  const errors: unknown[] = [];
  const transport = new WebSocketTransport({
    localId: nodeId(`page-${crypto.randomUUID()}`),
    clusterId: 'browser',
    authentication: sharedSecret(new TextEncoder().encode('the secret of the tests')),
    redialMsMin: 10,
    redialMsMax: 100,
    peers: { hub: inject('hubUrl') },
    onError: (error) => errors.push(error),
    ...options,
  });
  pages.push(transport);
  const events: PeerEvent[] = [];
  const waiting: (() => void)[] = [];
  transport.observePeers((event) => {
    events.push(event);
    for (const wake of waiting.splice(0)) wake();
  });
  const until = async (count: number, kind: PeerEvent['kind']): Promise<void> => {
    while (events.filter((event) => event.kind === kind).length < count) {
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  return { transport, events, errors, until };
}

/** Sends payloads of `sizes` one after another and waits until all are back. */
async function echoed(transport: WebSocketTransport, sizes: readonly number[]) {
  const back: Uint8Array[] = [];
  const done = new Promise<void>((resolve) => {
    const unsubscribe = transport.subscribe(echo, ({ payload }) => {
      if (back.push(payload.slice()) < sizes.length) return;
      unsubscribe();
      resolve();
    });
  });
  for (const [index, size] of sizes.entries()) {
    transport.send(hub, echo, new Uint8Array(size).fill(index + 1));
  }
  await done;
  return back;
}

describe('WebSocketTransport in a page', () => {
  test('carries messages to a process and back, in order, whatever their size', async () => {
    const { transport, until } = openPage();
    await until(1, 'up');
    const sizes = [0, 1, 100, 65_536, 70_000, 1_000_000, 3];
    const back = await echoed(transport, sizes);
    expect(back.map((payload) => payload.length)).toEqual(sizes);
    expect(back.every((payload, index) => payload.every((byte) => byte === index + 1))).toBe(true);
    expect(transport.capabilities.authenticated).toBe(true);
  });

  test('sends a full queue, pressured and drained by what the browser has not sent', async () => {
    const { transport, until } = openPage();
    await until(1, 'up');
    const sizes: number[] = [];
    let outcome = transport.send(hub, protocolName('nobody'), new Uint8Array(50_000));
    while (outcome !== 'dropped') {
      sizes.push(50_000);
      outcome = transport.send(hub, protocolName('nobody'), new Uint8Array(50_000));
    }
    expect(sizes.length).toBeLessThan(4_194_304 / 50_000);
    await until(1, 'drained');
    expect((await echoed(transport, [5])).length).toBe(1);
  });

  test('has a session again after the process cut the connection', async () => {
    const { transport, events, until } = openPage();
    await until(1, 'up');
    transport.send(hub, protocolName('cut'), new Uint8Array(0));
    await until(2, 'up');
    expect(events.map(({ kind }) => kind)).toEqual(['up', 'down', 'up']);
    expect((await echoed(transport, [10])).length).toBe(1);
  });

  test('hangs up on a server that sends text, and counts it', async () => {
    const { transport, until } = openPage();
    await until(1, 'up');
    transport.send(hub, protocolName('text'), new Uint8Array(0));
    await until(2, 'up');
    expect(transport.stats().malformedStreamCount).toBe(1);
  });

  test('is refused without the secret', async () => {
    const authentication = sharedSecret(new TextEncoder().encode('another secret altogether'));
    const { errors, events, until } = openPage({ authentication });
    await until(1, 'down');
    expect(events[0]).toMatchObject({ kind: 'down', reason: 'refused' });
    expect(String(errors[0])).toContain(': proof');
  });
});
