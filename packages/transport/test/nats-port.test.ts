import { describe, expect, test } from 'vitest';

import { decodeNatsHeader, encodeNatsMessage, natsBody, natsKinds } from '../src/nats-message.ts';
import type { NatsHeader } from '../src/nats-message.ts';
import { NatsPort } from '../src/nats-port.ts';

function openPort(messageBytesMax = 1_000) {
  const published: { readonly header: NatsHeader | undefined; readonly body: Uint8Array }[] = [];
  const heard: unknown[] = [];
  const errors: unknown[] = [];
  const state = { closedCount: 0, failure: undefined as Error | undefined, messageBytesMax };
  const port = new NatsPort({
    localTag: 1,
    remoteTag: 2,
    publish: (message) => {
      if (state.failure !== undefined) throw state.failure;
      published.push({ header: decodeNatsHeader(message), body: natsBody(message) });
    },
    messageBytesMax: () => state.messageBytesMax,
    closed: () => (state.closedCount += 1),
  });
  port.addEventListener('message', ({ data }) => heard.push(data));
  port.addEventListener('messageerror', ({ data }) => errors.push(data));
  const hear = (kind: number, number: number, ...bytes: readonly number[]): void => {
    const header = { kind, number, to: 1, from: 2 };
    port.hear(header, encodeNatsMessage(header, Uint8Array.from(bytes)));
  };
  return { port, published, heard, errors, state, hear };
}

const { data, credit, end } = natsKinds;

describe('NatsPort', () => {
  test('numbers what it sends and names both ends', () => {
    const { port, published } = openPort();
    port.postMessage(Uint8Array.of(7));
    port.postMessage([Uint8Array.of(8), Uint8Array.of(9)]);
    port.postMessage(65_536);
    port.postMessage(null);
    port.postMessage(Uint8Array.of(10));
    expect(published.map(({ header }) => header)).toEqual(
      [data, data, data, credit, end].map((kind, number) => ({ kind, number, to: 2, from: 1 })),
    );
    expect(published.map(({ body }) => [...body])).toEqual([
      [7],
      [8],
      [9],
      [0, 0, 0, 0, 0, 1, 0, 0],
      [],
    ]);
  });

  test('splits what the server would not take in one message, as it stands by then', () => {
    const { port, published, state } = openPort(118);
    const bytes = Uint8Array.from({ length: 250 }, (_, index) => index);
    port.postMessage(bytes);
    expect(published.map(({ body }) => body.length)).toEqual([100, 100, 50]);
    expect(published.flatMap(({ body }) => [...body])).toEqual([...bytes]);
    state.messageBytesMax = 0;
    port.postMessage(bytes);
    expect(published.at(3)?.body).toHaveLength(64);
  });

  test('passes on what comes in order, and nothing twice', () => {
    const { heard, errors, hear } = openPort();
    hear(data, 0, 1);
    hear(data, 0, 1);
    hear(99, 1);
    hear(credit, 2, 0, 0, 0, 0, 0, 1, 0, 0);
    hear(data, 1, 5);
    hear(end, 3);
    hear(end, 3);
    expect(heard).toEqual([Uint8Array.of(1), 65_536, null]);
    expect(errors).toEqual([]);
  });

  test('breaks where a message is missing', () => {
    const { heard, errors, hear } = openPort();
    hear(data, 0, 1);
    hear(data, 2, 3);
    expect(heard).toEqual([Uint8Array.of(1)]);
    expect(errors).toEqual([new Error('link: expected message 1, got 2: some are lost')]);
  });

  test('breaks over credit that is none', () => {
    const { errors, hear } = openPort();
    hear(credit, 0, 1);
    expect(errors).toEqual([expect.any(Error)]);
  });

  test('says once that nothing follows, unless the far end said so first', () => {
    const one = openPort();
    one.port.close();
    one.port.close();
    one.hear(data, 0, 1);
    one.port.break(new Error('too late'));
    expect(one.published.map(({ header }) => header?.kind)).toEqual([end]);
    expect(one.state.closedCount).toBe(1);
    expect([...one.heard, ...one.errors]).toEqual([]);

    const other = openPort();
    other.hear(end, 0);
    other.port.close();
    expect(other.published).toEqual([]);
    expect(other.state.closedCount).toBe(1);
  });

  test('reports a publish that throws, later, and publishes no more', async () => {
    const { port, errors, published, state } = openPort();
    state.failure = new Error('connection closed');
    port.postMessage([Uint8Array.of(1), Uint8Array.of(2)]);
    expect(errors).toEqual([]);
    await Promise.resolve();
    expect(errors).toEqual([state.failure]);
    state.failure = undefined;
    port.postMessage(Uint8Array.of(3));
    expect(published).toEqual([]);
  });
});
