import { describe, expect, test } from 'vitest';

import { MemoryNetwork } from '../../src/adapters/memory.ts';
import { nodeId } from '../../src/node-id.ts';
import { protocolName } from '../../src/protocol-name.ts';
import type { PeerEvent } from '../../src/transport.ts';
import { ManualClock } from '../support/manual-clock.ts';

const protocol = protocolName('test');
const [n1, n2, n3] = [nodeId('n1'), nodeId('n2'), nodeId('n3')];

describe('a memory network', () => {
  test('carries messages when its clock says so, and not before', () => {
    const clock = new ManualClock(42);
    const network = new MemoryNetwork({ clock });
    const left = network.join(n1);
    const right = network.join(n2);
    const received: [string, number, number][] = [];
    right.subscribe(protocol, ({ from, incarnation, receivedAtMs }) => {
      received.push([from, incarnation, receivedAtMs]);
    });
    expect(left.send(n2, protocol, new Uint8Array(1))).toBe('accepted');
    expect(received).toEqual([]);
    clock.advance(0);
    expect(received).toEqual([['n1', 1, 42]]);
  });

  test('needs no clock', async () => {
    const network = new MemoryNetwork();
    const left = network.join(n1);
    const delivered = new Promise<Uint8Array>((resolve) => {
      network.join(n2).subscribe(protocol, ({ payload }) => resolve(payload.slice()));
    });
    left.send(n2, protocol, Uint8Array.of(7));
    expect(await delivered).toEqual(Uint8Array.of(7));
  });

  test('tells who comes, goes and comes back', async () => {
    const clock = new ManualClock();
    const network = new MemoryNetwork({ clock });
    const left = network.join(n1);
    const events: PeerEvent[] = [];
    left.observePeers((event) => events.push(event));
    const right = network.join(n2);
    await right.close();
    network.join(n2);
    network.join(n2, { incarnation: 9 });
    network.join(n3);
    clock.advance(0);
    expect(events).toEqual([
      { kind: 'up', peer: n2, incarnation: 1 },
      { kind: 'down', peer: n2, reason: 'closed' },
      { kind: 'up', peer: n2, incarnation: 2 },
      { kind: 'down', peer: n2, reason: 'superseded' },
      { kind: 'up', peer: n2, incarnation: 9 },
      { kind: 'up', peer: n3, incarnation: 1 },
    ]);
  });

  test('voids what an older incarnation has under way', () => {
    const clock = new ManualClock();
    const network = new MemoryNetwork({ clock });
    const old = network.join(n1);
    const right = network.join(n2);
    const received: number[] = [];
    right.subscribe(protocol, ({ incarnation }) => received.push(incarnation));
    old.send(n2, protocol, new Uint8Array(1));
    const reborn = network.join(n1);
    expect(old.send(n2, protocol, new Uint8Array(1))).toBe('dropped');
    reborn.send(n2, protocol, new Uint8Array(1));
    clock.advance(0);
    expect(received).toEqual([2]);
  });

  test.each([0, 1, -1, 1.5, Number.NaN, 2 ** 53])(
    'refuses incarnation %d after 1',
    (incarnation) => {
      const network = new MemoryNetwork();
      network.join(n1);
      expect(() => network.join(n1, { incarnation })).toThrow(RangeError);
    },
  );

  test('reports to the node that listens, and survives a reporter that throws', () => {
    const clock = new ManualClock();
    const all: unknown[] = [];
    const network = new MemoryNetwork({ clock, onError: (error) => all.push(error) });
    const left = network.join(n1);
    const own: unknown[] = [];
    const right = network.join(n2, { onError: (error) => own.push(error) });
    const third = network.join(n3, {
      onError: () => {
        throw new Error('thrown by the reporter');
      },
    });
    for (const node of [left, right, third]) {
      node.subscribe(protocol, () => {
        throw new Error('thrown by the listener');
      });
      left.send(node.localId, protocol, new Uint8Array(1));
    }
    clock.advance(0);
    expect([all.length, own.length]).toEqual([1, 1]);
  });

  test('refuses limits out of range', () => {
    expect(() => new MemoryNetwork({ maxPayloadBytes: 1 })).toThrow(RangeError);
    expect(() => new MemoryNetwork({ highWaterBytes: 0 })).toThrow(RangeError);
  });
});
