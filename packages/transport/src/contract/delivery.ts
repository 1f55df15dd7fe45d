import { expect } from 'vitest';

import { protocolName } from '../protocol-name.ts';
import type { Transport } from '../transport.ts';
import {
  collect,
  noise,
  numbered,
  numberIn,
  protocol,
  type ClauseTest,
  type Kept,
} from './scene.ts';

/** C1, C2, C5: what arrives, in which order, and from where in the program. */
export function describeDelivery(clause: ClauseTest): void {
  clause('C1', 'delivers the bytes that were sent, whatever they are', async (scene) => {
    const [left, right] = await scene.pair();
    const received = collect(right);
    const sizes = [0, 1, 15, 16, 17, 255, 1_200];
    const payloads = sizes.map((sizeBytes, index) => noise(index, sizeBytes));
    payloads.push(Uint8Array.from({ length: 256 }, (_, index) => index));
    for (const payload of payloads) left.send(right.localId, protocol, payload);
    await scene.until('all delivered', () => received.length >= payloads.length);
    expect(sorted(received)).toEqual(payloads.map(hex).toSorted());
  });

  clause('C1', 'delivers a payload as large as the capabilities allow', async (scene) => {
    const [left, right] = await scene.pair();
    const received = collect(right);
    const payload = noise(7, left.capabilities.maxPayloadBytes);
    expect(left.send(right.localId, protocol, payload)).not.toBe('dropped');
    await scene.until('delivered', () => received.length > 0);
    // `toEqual` on a megabyte takes longer than sending it.
    const bytes = received[0]?.bytes;
    expect(bytes?.length).toBe(payload.length);
    expect(bytes?.every((byte, index) => byte === payload[index])).toBe(true);
  });

  clause('C1', 'delivers what the payload was when it was sent', async (scene) => {
    const [left, right] = await scene.pair();
    for (const receiver of [left, right]) {
      const received = collect(receiver);
      const payload = numbered(1);
      left.send(receiver.localId, protocol, payload);
      payload.fill(0xff);
      await scene.until('delivered', () => received.length > 0);
      expect(received[0]?.bytes).toEqual(numbered(1));
    }
  });

  clause('C1', 'delivers a view as the bytes it shows, not the buffer behind it', async (scene) => {
    const [left, right] = await scene.pair();
    const received = collect(right);
    const buffer = noise(3, 64);
    left.send(right.localId, protocol, buffer.subarray(8, 24));
    await scene.until('delivered', () => received.length > 0);
    expect(received[0]?.bytes).toEqual(buffer.slice(8, 24));
  });

  clause('C1', 'says who sent a message, in which incarnation, and when it came', async (scene) => {
    const [left, right] = await scene.pair();
    const received = collect(right);
    for (let index = 0; index < 10; index += 1) left.send(right.localId, protocol, numbered(index));
    await scene.until('all delivered', () => received.length >= 10);
    const times = received.map(({ receivedAtMs }) => receivedAtMs);
    expect(times.every(Number.isFinite)).toBe(true);
    expect(times).toEqual(times.toSorted((before, after) => before - after));
    expect(new Set(received.map(({ from }) => from))).toEqual(new Set([left.localId]));
    const [incarnation = -1, ...others] = new Set(received.map((kept) => kept.incarnation));
    expect(Number.isSafeInteger(incarnation)).toBe(true);
    expect(incarnation).toBeGreaterThanOrEqual(0);
    expect(others).toEqual([]);
  });

  clause('C2', 'keeps order and uniqueness as far as the capabilities promise', async (scene) => {
    const [left, right] = await scene.pair();
    const other = protocolName('contract.other');
    const lists = [collect(right), collect(right, other)];
    for (let index = 0; index < 500; index += 1) {
      left.send(right.localId, index % 2 === 0 ? protocol : other, numbered(index, 4 + index));
    }
    await scene.until('all delivered', () => lists.every((list) => list.length >= 250));
    for (const list of lists)
      expectOrder(
        left,
        list.map(({ bytes }) => numberIn(bytes)),
      );
  });

  clause('C5', 'delivers nothing from inside send, not even to itself', async (scene) => {
    const [left, right] = await scene.pair();
    for (const receiver of [left, right]) {
      const received = collect(receiver);
      left.send(receiver.localId, protocol, numbered(1));
      expect(received).toEqual([]);
      await scene.until('delivered', () => received.length > 0);
      expect(received[0]?.from).toBe(left.localId);
    }
  });

  clause('C5', 'never enters a listener that is still running', async (scene) => {
    const [left] = await scene.pair();
    let depth = 0;
    let deepest = 0;
    let count = 0;
    left.subscribe(protocol, () => {
      depth += 1;
      deepest = Math.max(deepest, depth);
      count += 1;
      if (count < 50) left.send(left.localId, protocol, numbered(count));
      depth -= 1;
    });
    left.send(left.localId, protocol, numbered(0));
    await scene.until('all delivered', () => count >= 50);
    expect(deepest).toBe(1);
  });
}

/** Holds `indices` to what the capabilities of `sender` say. */
function expectOrder(sender: Transport, indices: readonly number[]): void {
  const { ordering, mayDuplicate } = sender.capabilities;
  if (!mayDuplicate) expect(new Set(indices).size).toBe(indices.length);
  if (ordering === 'session') {
    const inOrder = indices.toSorted((before, after) => before - after);
    expect(indices).toEqual(inOrder);
  }
}

function sorted(received: readonly Kept[]): readonly string[] {
  return received.map(({ bytes }) => hex(bytes)).toSorted();
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
