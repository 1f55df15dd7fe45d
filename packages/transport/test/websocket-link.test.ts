import { describe, expect, test } from 'vitest';

import type { LinkHandler } from '../src/link.ts';
import { messageBytesMax, WebSocketLink } from '../src/websocket-link.ts';
import { ManualClock } from './support/manual-clock.ts';
import { ManualSocket, TerminableSocket } from './support/manual-socket.ts';

class Recorder implements LinkHandler {
  readonly chunks: number[][] = [];
  readonly ends: unknown[] = [];
  readonly #link: WebSocketLink;
  writtenCount = 0;

  constructor(link: WebSocketLink) {
    this.#link = link;
  }

  received(chunk: Uint8Array): void {
    this.chunks.push([...chunk]);
  }

  written(): void {
    this.writtenCount += 1;
  }

  /** As a session does. */
  malformed(what: string): void {
    this.ends.push(what);
    this.#link.destroy();
  }

  closed(error?: unknown): void {
    this.ends.push(error);
  }
}

function openLink(socket: ManualSocket = new ManualSocket()) {
  const clock = new ManualClock();
  const link = new WebSocketLink(socket, {
    clock,
    isProtected: false,
    security: undefined,
    crc32: undefined,
    messageBytesMax: 100,
  });
  const handler = new Recorder(link);
  link.open(handler);
  return { clock, link, socket, handler };
}

/** Lets microtasks run. */
const settled = (): Promise<void> => Promise.resolve();

describe('WebSocketLink', () => {
  test('reads binary messages, whatever they lie in', () => {
    const { socket, handler } = openLink();
    expect(socket.binaryType).toBe('arraybuffer');
    socket.hear(Uint8Array.of(1, 2).buffer);
    socket.hear(Uint8Array.of(0, 3, 4, 0).subarray(1, 3));
    socket.hear(Buffer.of(5));
    socket.hear(new ArrayBuffer(0));
    expect(handler.chunks).toEqual([[1, 2], [3, 4], [5], []]);
  });

  test('leaves the buffers of Node as they are', () => {
    const socket = new ManualSocket();
    socket.binaryType = 'nodebuffer';
    openLink(socket);
    expect(socket.binaryType).toBe('nodebuffer');
  });

  test.each<[what: string, data: unknown, code: number]>([
    ['text', '{"type":"hello"}', 4_003],
    ['a Blob', new Blob(['x']), 4_003],
    ['fragments', [Buffer.of(1)], 4_003],
    ['nothing', undefined, 4_003],
    ['another kind of view', new Uint16Array(2), 4_003],
    ['too many bytes', new ArrayBuffer(101), 4_009],
  ])('ends over %s, and says why', (_what, data, code) => {
    const { socket, handler } = openLink(new TerminableSocket());
    socket.hear(data);
    socket.hear(Uint8Array.of(1));
    expect(handler.chunks).toEqual([]);
    expect(handler.ends).toEqual([expect.stringContaining('message')]);
    expect(socket.closeCodes).toEqual([code]);
  });

  test('sends a copy of each batch as a message', async () => {
    const { link, socket, handler } = openLink();
    const batches = [Uint8Array.of(1, 2), Uint8Array.of(0, 3, 0).subarray(1, 2)];
    link.write(batches);
    for (const batch of batches) batch.fill(9);
    expect(socket.sent).toEqual([Uint8Array.of(1, 2), Uint8Array.of(3)]);
    expect(handler.writtenCount).toBe(0);
    await settled();
    expect(handler.writtenCount).toBe(1);
  });

  test('asks for the next write once little is left of the last, ever more rarely', async () => {
    const { link, socket, handler, clock } = openLink();
    socket.bufferedAmount = 64 * 1024 + 1;
    link.write([Uint8Array.of(1)]);
    await settled();
    clock.advance(1_000);
    expect(handler.writtenCount).toBe(0);
    // After 1, 2, 4, 8, 16, 32, 50, 50 … ms.
    expect(clock.setCount).toBeGreaterThan(20);
    expect(clock.setCount).toBeLessThan(30);
    socket.bufferedAmount = 64 * 1024;
    clock.advance(50);
    expect(handler.writtenCount).toBe(1);
    expect(clock.pendingCount).toBe(0);
  });

  test('reports a send that throws, later', async () => {
    const { link, socket, handler } = openLink();
    socket.failure = new Error('too late');
    link.write([Uint8Array.of(1)]);
    expect(handler.ends).toEqual([]);
    await settled();
    expect(handler.ends).toEqual([socket.failure]);
    expect(handler.writtenCount).toBe(0);
  });

  test('passes on what an error event says, once the socket has closed', () => {
    const told = openLink();
    const error = new Error('ECONNRESET');
    told.socket.fire('error', { error });
    told.socket.fire('close');
    told.socket.fire('close');
    expect(told.handler.ends).toEqual([error]);

    const untold = openLink();
    untold.socket.fire('error');
    untold.socket.fire('close');
    expect(untold.handler.ends).toEqual([expect.any(Error)]);

    const clean = openLink();
    clean.socket.fire('close');
    expect(clean.handler.ends).toEqual([undefined]);
  });

  test('closes in good order, and then tells its handler', () => {
    const { link, socket, handler } = openLink();
    link.end();
    expect(socket.closeCodes).toEqual([1_000]);
    expect(handler.ends).toEqual([]);
    socket.fire('close');
    expect(handler.ends).toEqual([undefined]);
  });

  test('hangs up at once where nothing waits', () => {
    const { link, socket, handler, clock } = openLink(new TerminableSocket());
    link.destroy();
    link.destroy();
    socket.hear(Uint8Array.of(1));
    socket.fire('close');
    expect(socket.terminateCount).toBe(1);
    expect(handler.ends).toEqual([]);
    expect(handler.chunks).toEqual([]);
    expect(clock.pendingCount).toBe(0);
  });

  // Why this test? A refusal that still lies in the buffers of TLS must reach the peer it refuses.
  test('lets what waits leave, but not for ever', () => {
    const { link, socket, clock } = openLink(new TerminableSocket());
    socket.bufferedAmount = 1;
    link.destroy();
    expect(socket.closeCodes).toEqual([1_000]);
    expect(socket.terminateCount).toBe(0);
    clock.advance(1_000);
    expect(socket.terminateCount).toBe(1);
  });

  test('cuts nothing off that has closed in time', () => {
    const { link, socket, clock } = openLink(new TerminableSocket());
    socket.bufferedAmount = 1;
    link.destroy();
    socket.fire('close');
    expect(clock.pendingCount).toBe(0);
  });

  test('only closes where a socket cannot hang up', () => {
    const { link, socket, clock } = openLink();
    link.destroy();
    clock.advance(1_000);
    expect(socket.closeCodes).toEqual([1_000]);
  });
});

test('the largest message is a batch of small frames, or one large frame in its block', () => {
  expect(messageBytesMax(1_200)).toBe(65_536);
  expect(messageBytesMax(1_048_576)).toBe(1_048_608);
});
