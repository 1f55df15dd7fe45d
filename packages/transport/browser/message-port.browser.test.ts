import { afterEach, describe, expect, test } from 'vitest';

import { MessagePortTransport } from '../src/adapters/message-port.ts';
import { nodeId } from '../src/node-id.ts';
import { protocolName } from '../src/protocol-name.ts';
import type { PeerEvent } from '../src/transport.ts';

const echo = protocolName('echo');
const worker = nodeId('worker');
const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

/** A node in this page, one in a worker, and a channel between them. */
function openPage(options: { readonly beatMs?: number; readonly silenceMs?: number } = {}) {
  const transport = new MessagePortTransport({ localId: nodeId('page'), ...options });
  const events: PeerEvent[] = [];
  const waiting: (() => void)[] = [];
  transport.observePeers((event) => {
    events.push(event);
    for (const wake of waiting.splice(0)) wake();
  });
  const until = async (kind: PeerEvent['kind']): Promise<void> => {
    while (!events.some((event) => event.kind === kind)) {
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  const thread = new Worker(new URL('./echo-worker.ts', import.meta.url), { type: 'module' });
  const { port1, port2 } = new MessageChannel();
  transport.connect(port1, worker);
  thread.postMessage(port2, [port2]);
  cleanUps.push(
    () => transport.close(),
    () => thread.terminate(),
  );
  return { transport, thread, events, until };
}

describe('MessagePortTransport in a page', () => {
  test('carries messages to a web worker and back, in order, whatever their size', async () => {
    const { transport, until } = openPage();
    await until('up');
    const sizes = [0, 1, 100, 65_536, 70_000, 1_000_000, 3];
    const echoed: Uint8Array[] = [];
    const done = new Promise<void>((resolve) => {
      transport.subscribe(echo, ({ payload }) => {
        if (echoed.push(payload.slice()) === sizes.length) resolve();
      });
    });
    for (const [index, size] of sizes.entries()) {
      transport.send(worker, echo, new Uint8Array(size).fill(index + 1));
    }
    await done;
    expect(echoed.map((payload) => payload.length)).toEqual(sizes);
    expect(echoed.every((payload, index) => payload.every((byte) => byte === index + 1))).toBe(
      true,
    );
  });

  // Why this test? Browsers say nothing when a worker is gone: only the beats tell.
  test('reports a terminated worker down once its beats have stopped', async () => {
    const { transport, thread, events, until } = openPage({ beatMs: 50, silenceMs: 200 });
    await until('up');
    thread.terminate();
    await until('down');
    expect(events.at(-1)).toMatchObject({ kind: 'down', peer: worker });
    expect(transport.send(worker, echo, Uint8Array.of(1))).toBe('dropped');
  });
});
