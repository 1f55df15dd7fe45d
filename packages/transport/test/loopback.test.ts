import { describe, expect, test } from 'vitest';

import { Loopback } from '../src/loopback.ts';
import { protocolName } from '../src/protocol-name.ts';
import { ProtocolTable } from '../src/protocol-table.ts';

/** A loopback whose turns the test takes. */
function scene(listener: (first: number) => void = () => undefined): {
  readonly loopback: Loopback;
  readonly turns: (() => void)[];
  readonly delivered: number[];
  readonly drained: { count: number };
  readonly send: (first: number, sizeBytes?: number) => string;
} {
  const turns: (() => void)[] = [];
  const delivered: number[] = [];
  const drained = { count: 0 };
  const next = (callback: () => void): void => void turns.push(callback);
  const loopback = new Loopback({
    turn: { flush: next, next },
    limits: { queueBytesMax: 1_000, highWaterBytes: 500 },
    deliverLocally: (_entry, payload) => {
      const first = payload[0] ?? -1;
      delivered.push(first);
      listener(first);
    },
    loopbackDrained: () => (drained.count += 1),
  });
  const entry = new ProtocolTable([], () => undefined).entryOf(protocolName('self'));
  const send = (first: number, sizeBytes = 84): string =>
    loopback.send(entry, new Uint8Array(sizeBytes).fill(first));
  return { loopback, turns, delivered, drained, send };
}

describe('a loopback', () => {
  test('delivers in the next turn, in order, and says once that it has drained', () => {
    const { turns, delivered, drained, send } = scene();
    const outcomes = Array.from({ length: 12 }, (_, index) => send(index));
    expect(outcomes).toEqual([
      ...Array<string>(5).fill('accepted'),
      ...Array<string>(5).fill('pressured'),
      ...Array<string>(2).fill('dropped'),
    ]);
    expect(delivered).toEqual([]);
    expect(turns).toHaveLength(1);
    turns.shift()?.();
    expect(delivered).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(drained.count).toBe(1);
    expect(send(1)).toBe('accepted');
    turns.shift()?.();
    expect(drained.count).toBe(1);
  });

  test('gives what a listener sends a turn of its own', () => {
    const { loopback, turns, delivered } = scene();
    const entry = new ProtocolTable([], () => undefined).entryOf(protocolName('self'));
    loopback.send(entry, Uint8Array.of(1));
    const [first] = turns.splice(0);
    first?.();
    loopback.send(entry, Uint8Array.of(2));
    expect(delivered).toEqual([1]);
    expect(turns).toHaveLength(1);
  });

  test('delivers nothing once closed', () => {
    const { loopback, turns, delivered, send } = scene();
    send(1);
    loopback.close();
    turns.shift()?.();
    expect(delivered).toEqual([]);
    expect(send(2)).toBe('dropped');
  });

  test('that a listener closes delivers no more of the same turn', () => {
    const { loopback, turns, delivered, send } = scene((first) => {
      if (first === 1) loopback.close();
    });
    send(1);
    send(2);
    turns.shift()?.();
    expect(delivered).toEqual([1]);
  });
});
