import { describe, expect, test } from 'vitest';

import type { LinkHandler } from '../src/link.ts';
import { type MessagePortLike, PortLink } from '../src/port-link.ts';

const windowBytes = 1_000_000;
const firstCreditBytes = 65_536;

/** A port whose other end is the test. */
class ManualPort implements MessagePortLike {
  readonly posted: { readonly message: unknown; readonly transfer: readonly ArrayBuffer[] }[] = [];
  readonly #listeners = new Map<string, (event: { readonly data?: unknown }) => void>();
  isStarted = false;
  closeCount = 0;

  get messages(): unknown[] {
    return this.posted.map(({ message }) => message);
  }

  postMessage(message: unknown, transfer: ArrayBuffer[]): void {
    this.posted.push({ message, transfer });
  }

  addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void {
    this.#listeners.set(type, listener);
  }

  start(): void {
    this.isStarted = true;
  }

  close(): void {
    this.closeCount += 1;
  }

  hear(data: unknown): void {
    this.#listeners.get('message')?.({ data });
  }

  fire(type: 'messageerror' | 'close'): void {
    this.#listeners.get(type)?.({});
  }
}

class Recorder implements LinkHandler {
  readonly chunks: number[][] = [];
  readonly ends: unknown[] = [];
  writtenCount = 0;

  received(chunk: Uint8Array): void {
    this.chunks.push([...chunk]);
  }

  written(): void {
    this.writtenCount += 1;
  }

  malformed(what: string): void {
    this.ends.push(what);
  }

  closed(error?: unknown): void {
    this.ends.push(error);
  }
}

function openLink() {
  const port = new ManualPort();
  const handler = new Recorder();
  const link = new PortLink(port, windowBytes);
  link.open(handler);
  return { port, handler, link };
}

/** Lets microtasks run. */
const settled = (): Promise<void> => Promise.resolve();

describe('PortLink', () => {
  test('starts the port and grants its window', () => {
    const { port } = openLink();
    expect(port.isStarted).toBe(true);
    expect(port.messages).toEqual([windowBytes]);
  });

  test('moves what it posts: small batches as copies, large ones themselves', () => {
    const { port, link } = openLink();
    const small = new Uint8Array(4_096).subarray(0, 3);
    const large = new Uint8Array(70_000);
    link.write([small]);
    link.write([small, large]);
    const [, single, double] = port.posted;
    expect(single).toEqual({ message: Uint8Array.of(0, 0, 0), transfer: [new ArrayBuffer(3)] });
    expect(double?.transfer.map(({ byteLength }) => byteLength)).toEqual([3, 70_000]);
    expect(double?.transfer[1]).toBe(large.buffer);
  });

  test('says "written" after the call while there is credit', async () => {
    const { handler, link } = openLink();
    link.write([new Uint8Array(10)]);
    expect(handler.writtenCount).toBe(0);
    await settled();
    expect(handler.writtenCount).toBe(1);
  });

  test('says "written" without credit only when the other end grants more', async () => {
    const { port, handler, link } = openLink();
    link.write([new Uint8Array(firstCreditBytes)]);
    await settled();
    expect(handler.writtenCount).toBe(0);
    // Old, absurd and repeated grants change nothing.
    for (const credit of [-1, Number.NaN, 7, firstCreditBytes]) port.hear(credit);
    expect(handler.writtenCount).toBe(0);
    port.hear(firstCreditBytes + 1);
    port.hear(firstCreditBytes + 1);
    expect(handler.writtenCount).toBe(1);
    link.write([new Uint8Array(2)]);
    await settled();
    expect(handler.writtenCount).toBe(1);
  });

  test('grants as it reads, a quarter of the window at a time', () => {
    const { port, handler } = openLink();
    const batch = new Uint8Array(100_000);
    for (let count = 0; count < 7; count += 1) port.hear([batch]);
    expect(handler.chunks.length).toBe(7);
    expect(port.messages).toEqual([windowBytes, windowBytes + 300_000, windowBytes + 600_000]);
  });

  test('reads batches one by one, and nothing else', () => {
    const { port, handler } = openLink();
    port.hear(Uint8Array.of(1));
    port.hear([Uint8Array.of(2), 'text', Uint8Array.of(3)]);
    for (const garbage of ['text', undefined, {}, true, new ArrayBuffer(3)]) port.hear(garbage);
    expect(handler.chunks).toEqual([[1], [2], [3]]);
    expect(handler.ends).toEqual([]);
  });

  test('ends with a last word, and closes once', async () => {
    const { port, handler, link } = openLink();
    link.end();
    expect(handler.ends).toEqual([]);
    await settled();
    expect(port.messages.at(-1)).toBeNull();
    expect(handler.ends).toEqual([undefined]);
    port.fire('close');
    port.hear(Uint8Array.of(1));
    link.destroy();
    link.write([Uint8Array.of(1)]);
    expect({ ends: handler.ends.length, closes: port.closeCount }).toEqual({ ends: 1, closes: 1 });
    expect(handler.chunks).toEqual([]);
  });

  test.each(['null', 'close', 'messageerror'] as const)('ends when it hears %s', (event) => {
    const { port, handler } = openLink();
    if (event === 'null') port.hear(null);
    else port.fire(event);
    expect(handler.ends.length).toBe(1);
    expect(handler.ends[0] instanceof Error).toBe(event === 'messageerror');
    expect(port.closeCount).toBe(1);
  });

  test('says nothing after destroy, not even what it owed', async () => {
    const { port, handler, link } = openLink();
    link.write([Uint8Array.of(1)]);
    link.destroy();
    await settled();
    port.fire('close');
    expect(handler.writtenCount).toBe(0);
    expect(handler.ends).toEqual([]);
  });
});
