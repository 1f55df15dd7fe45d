import { describe, expect, test } from 'vitest';

import { FaultyTransport } from '../src/faulty-transport.ts';
import { protocolName } from '../src/protocol-name.ts';
import { seededRandom } from '../src/seeded-random.ts';
import { ManualClock } from './support/manual-clock.ts';
import { ManualNetwork } from './support/manual-network.ts';
import { localId, remoteId } from './support/requests.ts';

const protocol = protocolName('test');
const payload = Uint8Array.of(1);
const constantMs = (ms: number) => ({ kind: 'uniform', minMs: ms, maxMs: ms }) as const;

function createFaulty(heldBytesMax = 1_000) {
  const clock = new ManualClock();
  const network = new ManualNetwork(clock, { ordering: 'session', mayDuplicate: false });
  const carrier = network.join(localId);
  const options = { clock, random: seededRandom(1), heldBytesMax };
  return { clock, network, carrier, transport: new FaultyTransport(carrier, options) };
}

describe('FaultyTransport', () => {
  test('passes everything on, and admits what it may do', () => {
    const { network, transport } = createFaulty();
    expect(transport.localId).toBe(localId);
    expect(transport.capabilities).toMatchObject({ ordering: 'none', mayDuplicate: true });
    network.outcome = 'pressured';
    expect(transport.send(remoteId, protocol, payload)).toBe('pressured');
    network.outcome = 'dropped';
    expect(transport.send(remoteId, protocol, payload)).toBe('dropped');
    expect(network.underway.length).toBe(1);
  });

  test('answers "accepted" to a message it loses', () => {
    const { network, transport } = createFaulty();
    transport.setRules([{ kind: 'disturb', lossRate: 1 }]);
    expect(transport.send(remoteId, protocol, payload)).toBe('accepted');
    expect(network.underway).toEqual([]);
    expect(transport.counters.lostMessageCount).toBe(1);
    transport.setRules([]);
    transport.send(remoteId, protocol, payload);
    expect(network.underway.length).toBe(1);
  });

  test('sends a late message as it was, in order, when its time has come', () => {
    const { clock, network, transport } = createFaulty();
    transport.setRules([{ kind: 'disturb', delayMs: constantMs(50) }]);
    const reused = Uint8Array.of(1);
    for (const byte of [1, 2, 3]) {
      reused[0] = byte;
      expect(transport.send(remoteId, protocol, reused)).toBe('accepted');
    }
    transport.setRules([]);
    clock.advance(49);
    expect(network.underway).toEqual([]);
    clock.advance(1);
    expect(network.take().map((envelope) => [...envelope.payload])).toEqual([[1], [2], [3]]);
    expect(transport.counters.delayedMessageCount).toBe(3);
  });

  test('holds back no more than it may, and makes room again', () => {
    const { clock, transport } = createFaulty(10);
    transport.setRules([{ kind: 'disturb', delayMs: constantMs(50) }]);
    expect(transport.send(remoteId, protocol, new Uint8Array(6))).toBe('accepted');
    expect(transport.send(remoteId, protocol, new Uint8Array(5))).toBe('dropped');
    expect(transport.send(remoteId, protocol, new Uint8Array(4))).toBe('accepted');
    clock.advance(50);
    expect(transport.send(remoteId, protocol, new Uint8Array(10))).toBe('accepted');
  });

  test('sends a doubled message twice', () => {
    const { network, transport } = createFaulty();
    transport.setRules([{ kind: 'disturb', duplicationRate: 1 }]);
    transport.send(remoteId, protocol, payload);
    expect(network.underway.length).toBe(2);
    expect(transport.counters.duplicatedMessageCount).toBe(1);
  });

  test('a partition stops what comes in too, and what was under way', () => {
    const { network, transport } = createFaulty();
    const heard: number[] = [];
    transport.subscribe(protocol, (delivery) => heard.push(delivery.payload[0]!));
    const peer = network.join(remoteId);
    peer.send(localId, protocol, Uint8Array.of(1));
    transport.setRules([{ kind: 'partition', groups: [[localId], [remoteId]] }]);
    network.deliverAll();
    transport.setRules([{ kind: 'cut', from: [localId], to: [remoteId] }]);
    peer.send(localId, protocol, Uint8Array.of(2));
    network.deliverAll();
    expect(heard).toEqual([2]);
    expect(transport.counters.lostMessageCount).toBe(1);
  });

  test('throws for a bug of its caller even where it would lose the message', () => {
    const { transport } = createFaulty();
    transport.setRules([{ kind: 'disturb', lossRate: 1 }]);
    expect(() => transport.send(remoteId, protocol, new Uint8Array(1_201))).toThrow(RangeError);
    // @ts-expect-error: a caller written in JavaScript may do this.
    expect(() => transport.send(remoteId, protocol, 'text')).toThrow(TypeError);
  });

  test('refuses rules that cannot be followed, and keeps the old ones', () => {
    const { transport } = createFaulty();
    transport.setRules([{ kind: 'disturb', lossRate: 1 }]);
    expect(() => transport.setRules([{ kind: 'disturb', lossRate: 2 }])).toThrow(RangeError);
    expect(transport.rules).toEqual([{ kind: 'disturb', lossRate: 1 }]);
  });

  test('sends nothing after close, and closes the carrier', async () => {
    const { clock, network, carrier, transport } = createFaulty();
    transport.setRules([{ kind: 'disturb', delayMs: constantMs(50) }]);
    transport.send(remoteId, protocol, payload);
    await transport.close();
    expect(transport.send(remoteId, protocol, payload)).toBe('dropped');
    clock.advance(100);
    expect(network.underway).toEqual([]);
    expect(carrier.isClosed).toBe(true);
  });

  test('passes peer events on', () => {
    const { network, transport } = createFaulty();
    const kinds: string[] = [];
    const unsubscribe = transport.observePeers(({ kind }) => kinds.push(kind));
    network.announce({ kind: 'up', peer: remoteId, incarnation: 1 });
    unsubscribe();
    network.announce({ kind: 'drained', peer: remoteId });
    expect(kinds).toEqual(['up']);
  });
});
