import {
  type Delivery,
  nodeId,
  type PeerEvent,
  protocolName,
  type ProtocolName,
  type SendOutcome,
  type Transport,
} from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { readEnvelope } from '../../src/multi/envelope.ts';
import { Switchboard } from '../../src/multi/switchboard.ts';

const [a, b, c] = [nodeId('a'), nodeId('b'), nodeId('c')];
const raft = protocolName('raft');

/** A carrier that keeps what is sent, and delivers what a test says. */
class Carrier implements Transport {
  readonly localId = a;
  readonly capabilities = {
    maxPayloadBytes: 1_200,
    ordering: 'session',
    mayDuplicate: false,
    authenticated: true,
    encrypted: true,
  } as const;
  readonly sent: { readonly to: string; readonly payload: Uint8Array }[] = [];
  outcome: SendOutcome = 'accepted';
  listener: (delivery: Delivery) => void = () => undefined;
  observer: (event: PeerEvent) => void = () => undefined;

  send(to: string, _protocol: ProtocolName, payload: Uint8Array): SendOutcome {
    this.sent.push({ to, payload: payload.slice() });
    return this.outcome;
  }

  subscribe(_protocol: ProtocolName, listener: (delivery: Delivery) => void): () => void {
    this.listener = listener;
    return () => (this.listener = () => undefined);
  }

  observePeers(observer: (event: PeerEvent) => void): () => void {
    this.observer = observer;
    return () => (this.observer = () => undefined);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  deliver(payload: Uint8Array): void {
    this.listener({ from: b, incarnation: 1, payload, receivedAtMs: 5 });
  }
}

function setUp() {
  const carrier = new Carrier();
  const unknown: string[] = [];
  const errors: unknown[] = [];
  const switchboard = new Switchboard(carrier, {
    onUnknown: (groupId) => {
      unknown.push(groupId);
      if (groupId === 'black') throw new Error('a mistake about black');
    },
    onError: (error) => errors.push(error),
  });
  return { carrier, switchboard, unknown, errors };
}
const turn = async (): Promise<void> => {
  for (let count = 0; count < 30; count += 1) await Promise.resolve();
};

describe('Switchboard', () => {
  test('sends what all groups say in one turn in one envelope for each peer', async () => {
    const { carrier, switchboard } = setUp();
    const [red, blue] = [switchboard.attach('red'), switchboard.attach('blue')];
    red.send(b, raft, Uint8Array.of(1));
    blue.send(c, raft, Uint8Array.of(2));
    await Promise.resolve();
    await Promise.resolve();
    blue.send(b, raft, Uint8Array.of(3));
    await turn();
    expect(carrier.sent.map(({ to }) => to)).toEqual([b, c]);
    const [first] = carrier.sent.map(({ payload }) => readEnvelope(payload));
    expect(first?.map(({ groupId, payload }) => [groupId, payload[0]])).toEqual([
      ['red', 1],
      ['blue', 3],
    ]);
    expect(switchboard.envelopeCount).toBe(2);
  });

  test('begins another envelope where one is full, and refuses what fits none', async () => {
    const { carrier, switchboard } = setUp();
    const red = switchboard.attach('red');
    const { maxPayloadBytes } = red.capabilities;
    for (const size of [maxPayloadBytes, 1, maxPayloadBytes])
      red.send(b, raft, new Uint8Array(size));
    expect(() => red.send(b, raft, new Uint8Array(maxPayloadBytes + 1))).toThrow(RangeError);
    await turn();
    expect(carrier.sent).toHaveLength(3);
    expect(Math.max(...carrier.sent.map(({ payload }) => payload.length))).toBeLessThanOrEqual(
      1_200,
    );
  });

  test('answers with what became of the envelope before', async () => {
    const { carrier, switchboard } = setUp();
    const red = switchboard.attach('red');
    carrier.outcome = 'dropped';
    expect(red.send(b, raft, Uint8Array.of(1))).toBe('accepted');
    await turn();
    carrier.outcome = 'accepted';
    expect(red.send(b, raft, Uint8Array.of(1))).toBe('dropped');
    await turn();
    expect(red.send(b, raft, Uint8Array.of(1))).toBe('accepted');
  });

  test('delivers to each group what is its own, and counts the rest', async () => {
    const { carrier, switchboard, unknown, errors } = setUp();
    const heard: string[] = [];
    for (const name of ['red', 'blue']) {
      switchboard.attach(name).subscribe(raft, ({ from, payload }) => {
        if (payload[0] === 9) throw new Error('a mistake of red');
        heard.push(`${name} ${from} ${payload[0]}`);
      });
    }
    const sender = setUp();
    for (const [name, byte] of [
      ['red', 9],
      ['grey', 2],
      ['black', 2],
      ['blue', 3],
    ] as const) {
      sender.switchboard.attach(name).send(b, raft, Uint8Array.of(byte));
    }
    await turn();
    carrier.deliver(sender.carrier.sent[0]!.payload);
    carrier.deliver(Uint8Array.of(7, 7, 7));
    expect([heard, unknown]).toEqual([['blue b 3'], ['grey', 'black']]);
    expect([switchboard.unknownCount, switchboard.malformedCount]).toEqual([2, 1]);
    expect(errors.map(String)).toEqual(['Error: a mistake of red', 'Error: a mistake about black']);
  });

  test('tells every group how peers are, until it is detached', () => {
    const { carrier, switchboard } = setUp();
    const told: string[] = [];
    for (const name of ['red', 'blue']) {
      switchboard.attach(name).observePeers(({ kind }) => told.push(`${name} ${kind}`));
    }
    carrier.observer({ kind: 'down', peer: b, reason: 'reset' });
    switchboard.detach('red');
    carrier.observer({ kind: 'up', peer: b, incarnation: 2 });
    expect(told).toEqual(['red down', 'blue down', 'blue up']);
  });

  test('takes no second listener for a protocol, and sends nothing once closed', async () => {
    const { carrier, switchboard } = setUp();
    const red = switchboard.attach('red');
    const leave = red.subscribe(raft, () => undefined);
    expect(() => red.subscribe(raft, () => undefined)).toThrow(/^protocol: expected one without/);
    leave();
    red.subscribe(raft, () => undefined);
    await red.close();
    expect(red.send(b, raft, Uint8Array.of(1))).toBe('dropped');
    switchboard.close();
    expect(carrier.sent).toEqual([]);
  });
});
