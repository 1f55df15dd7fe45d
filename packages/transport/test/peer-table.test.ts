import { describe, expect, test } from 'vitest';

import { nodeId } from '../src/node-id.ts';
import { protocolName } from '../src/protocol-name.ts';
import { say, story, VirtualNetwork, type Host } from './support/virtual-network.ts';

function pair(network: VirtualNetwork): readonly [Host, Host] {
  const [left, right] = network.mesh(['left', 'right']);
  if (left === undefined || right === undefined) throw new RangeError('expected two hosts');
  return [left, right];
}

describe('a session', () => {
  test('comes up at both ends and carries messages both ways', () => {
    const network = new VirtualNetwork();
    const [left, right] = pair(network);
    expect(story(left)).toEqual(['up']);
    expect(story(right)).toEqual(['up']);
    expect(say(left, right, 'one')).toBe('accepted');
    expect(say(right, left, 'two')).toBe('accepted');
    network.run();
    expect(right.received).toEqual(['one']);
    expect(left.received).toEqual(['two']);
  });

  test('needs only one end that dials', () => {
    const network = new VirtualNetwork();
    const left = network.open('left');
    const right = network.open('right');
    right.table.keepDialing(left.id);
    network.run();
    expect(story(left)).toEqual(['up']);
    expect(story(right)).toEqual(['up']);
  });

  test('many messages of one turn leave in one write', () => {
    const network = new VirtualNetwork();
    const [left, right] = pair(network);
    const before = left.table.stats().carrierWriteCount;
    for (let index = 0; index < 100; index += 1) say(left, right, String(index));
    network.run();
    expect(right.received).toHaveLength(100);
    expect(left.table.stats().carrierWriteCount - before).toBe(1);
  });

  test('urgent protocols overtake what waits, and use the reserve of a full queue', () => {
    const urgent = protocolName('urgent');
    const network = new VirtualNetwork();
    const options = { controlProtocols: [urgent], maxPayloadBytes: 1_200, maxQueueBytes: 16_384 };
    const [left, right] = network.mesh(['left', 'right'], options);
    if (left === undefined || right === undefined) throw new RangeError('expected two hosts');
    const order: string[] = [];
    right.table.subscribe(urgent, () => order.push('urgent'));
    right.table.subscribe(protocolName('bulk'), () => order.push('bulk'));
    const bulk = new Uint8Array(1_000);
    let bulkCount = 0;
    while (left.table.send(right.id, protocolName('bulk'), bulk) !== 'dropped') bulkCount += 1;
    expect(bulkCount).toBe(Math.floor(((16_384 * 7) / 8 - 20) / 1_016));
    expect(left.table.send(right.id, urgent, bulk)).toBe('pressured');
    network.run();
    expect(order).toEqual(['urgent', ...Array<string>(bulkCount).fill('bulk')]);
  });

  test('a far end with a smaller limit is not sent what it would refuse', () => {
    const network = new VirtualNetwork();
    const left = network.open('left');
    const right = network.open('right', { maxPayloadBytes: 1_200 });
    left.table.keepDialing(right.id);
    network.run();
    const send = (sizeBytes: number): string =>
      left.table.send(right.id, protocolName('test'), new Uint8Array(sizeBytes));
    expect(send(1_200)).toBe('accepted');
    expect(send(1_201)).toBe('dropped');
    network.run();
    expect(right.received).toHaveLength(1);
    expect(story(left)).toEqual(['up']);
  });
});

describe('silence', () => {
  test('an idle session stays up by its beats', () => {
    const network = new VirtualNetwork();
    const [left, right] = pair(network);
    network.advance(60_000);
    expect(story(left)).toEqual(['up']);
    expect(story(right)).toEqual(['up']);
  });

  test('a half-open session is down within the bound, at both ends', () => {
    const network = new VirtualNetwork();
    const [left, right] = pair(network);
    left.isListening = false;
    right.isListening = false;
    for (const ends of network.wires) for (const end of ends) end.isSwallowing = true;
    network.advance(6_000);
    expect(story(left)).toEqual(['up', 'down timeout']);
    expect(story(right)).toEqual(['up', 'down timeout']);
    expect(say(left, right, 'lost')).toBe('dropped');
  });

  test('a node that was frozen does not blame its peers for the silence', () => {
    const network = new VirtualNetwork();
    const [left, right] = pair(network);
    network.advance(3_000);
    // Timers fire before the messages that came meanwhile are read.
    network.clock.freeze(30_000);
    network.clock.advance(0);
    network.advance(3_000);
    expect(story(left)).toEqual(['up']);
    expect(story(right)).toEqual(['up']);
    const [wire] = network.wires.filter(([near]) => !near.isClosed);
    if (wire) for (const end of wire) end.isSwallowing = true;
    left.isListening = false;
    right.isListening = false;
    network.advance(7_000);
    expect(story(left)).toEqual(['up', 'down timeout']);
  });

  test('a link that never becomes a session is ended in time', () => {
    const network = new VirtualNetwork();
    const left = network.open('left');
    const silent = network.lay(left, () => undefined);
    expect(left.table.stats().handshakeCount).toBe(1);
    network.advance(5_000);
    expect(silent.isClosed).toBe(true);
    expect(left.table.stats()).toMatchObject({ handshakeCount: 0, refusedHandshakeCount: 1 });
  });
});

describe('a lost session', () => {
  test('what arrived before is a prefix of what was sent, and the peer comes up again', () => {
    const network = new VirtualNetwork();
    const [left, right] = pair(network);
    const sent: string[] = [];
    for (let index = 0; index < 300; index += 1) {
      if (say(left, right, String(index)) !== 'dropped') sent.push(String(index));
      network.step();
    }
    left.isListening = false;
    right.isListening = false;
    for (const [near] of network.wires) near.drop(new Error('cut'));
    network.run();
    expect(right.received.length).toBeGreaterThan(10);
    expect(right.received.length).toBeLessThan(sent.length);
    expect(right.received).toEqual(sent.slice(0, right.received.length));

    right.isListening = true;
    network.advance(1_000);
    expect(story(left)).toEqual(['up', 'down reset', 'up']);
    expect(say(left, right, 'again')).toBe('accepted');
    network.run();
    expect(right.received.at(-1)).toBe('again');
  });

  test('a peer that closes is down at once, as closed', () => {
    const network = new VirtualNetwork();
    const [left, right] = pair(network);
    say(right, left, 'last words');
    void right.table.close();
    right.isListening = false;
    network.run();
    expect(left.received).toEqual(['last words']);
    expect(story(left)).toEqual(['up', 'down closed']);
    expect(story(right)).toEqual(['up']);
  });

  test('close resolves although the far end reads nothing', async () => {
    const network = new VirtualNetwork();
    const [left, right] = pair(network);
    for (const ends of network.wires) for (const end of ends) end.isStalled = true;
    say(left, right, 'stuck');
    network.run();
    let isClosed = false;
    void left.table.close().then(() => (isClosed = true));
    await network.settle();
    expect(isClosed).toBe(false);
    network.advance(1_100);
    await network.settle();
    expect(isClosed).toBe(true);
  });

  test('a peer is dialed again until it is there, ever more rarely', () => {
    const network = new VirtualNetwork();
    const left = network.open('left');
    const right = network.open('right');
    right.isListening = false;
    left.table.keepDialing(right.id);
    network.advance(60_000);
    expect(story(left)).toEqual([]);
    expect(left.table.stats().peers).toMatchObject([
      { peer: 'right', isUp: false, lastError: 'nobody listens' },
    ]);
    right.isListening = true;
    network.advance(10_000);
    expect(story(left)).toEqual(['up']);
    expect(left.table.stats().peers).toMatchObject([{ isUp: true, lastError: undefined }]);
  });

  // Why this test? A server that does not like a certificate hangs up without a word.
  test('says why there is no session where the far end hangs up in the handshake', () => {
    const network = new VirtualNetwork();
    const left = network.open('left');
    const right = network.open('right');
    left.table.keepDialing(right.id);
    network.step();
    network.wires[0]?.[0].drop();
    expect(left.table.stats().peers).toMatchObject([
      { isUp: false, lastError: 'handshake: expected an answer, got hung up on' },
    ]);
  });
});

describe('the address book', () => {
  test('a forgotten peer is closed and not dialed again', () => {
    const network = new VirtualNetwork();
    const left = network.open('left');
    const right = network.open('right');
    left.table.keepDialing(right.id);
    network.run();
    left.table.forget(right.id);
    network.advance(60_000);
    expect(story(left)).toEqual(['up', 'down closed']);
    expect(story(right)).toEqual(['up', 'down closed']);
    expect(network.wires).toHaveLength(1);
    left.table.forget(nodeId('stranger'));
  });

  test('a peer forgotten while it is dialed never comes up', () => {
    const network = new VirtualNetwork();
    const left = network.open('left');
    const right = network.open('right');
    for (let steps = 0; steps < 12; steps += 1) {
      left.table.keepDialing(right.id);
      for (let step = 0; step < steps; step += 1) network.step();
      left.table.forget(right.id);
      network.advance(30_000);
      expect(left.table.send(right.id, protocolName('test'), new Uint8Array(1))).toBe('dropped');
    }
  });

  test('entering a peer twice keeps the session', () => {
    const network = new VirtualNetwork();
    const [left, right] = pair(network);
    left.table.keepDialing(right.id);
    network.advance(10_000);
    expect(story(left)).toEqual(['up']);
  });

  test('refuses the local node', () => {
    const left = new VirtualNetwork().open('left');
    expect(() => left.table.keepDialing(left.id)).toThrow(RangeError);
  });
});

describe('bounds', () => {
  test('the oldest unfinished handshake gives way, not one that is dialed from here', () => {
    const network = new VirtualNetwork();
    const left = network.open('left', { handshakeCountMax: 4 });
    const ends = Array.from({ length: 10 }, () => network.lay(left, () => undefined));
    network.run();
    expect(ends.map((end) => end.isClosed)).toEqual([
      ...Array<boolean>(6).fill(true),
      ...Array<boolean>(4).fill(false),
    ]);
    expect(left.table.stats()).toMatchObject({ handshakeCount: 4, refusedHandshakeCount: 6 });
  });

  test('a flood of silent links does not keep a peer out', () => {
    const network = new VirtualNetwork();
    const left = network.open('left', { handshakeCountMax: 4 });
    const right = network.open('right');
    for (let index = 0; index < 4; index += 1) network.lay(left, () => undefined);
    right.table.keepDialing(left.id);
    network.run();
    expect(story(right)).toEqual(['up']);
  });

  test('peers beyond the limit are refused, and a place is given to the idle longest', () => {
    const network = new VirtualNetwork();
    const left = network.open('left', { peerCountMax: 2 });
    const others = ['n1', 'n2', 'n3'].map((name) => network.open(name));
    const [first, second, third] = others;
    if (!first || !second || !third) throw new RangeError('expected three hosts');
    first.table.keepDialing(left.id);
    second.table.keepDialing(left.id);
    network.run();
    third.table.keepDialing(left.id);
    network.run();
    expect(story(third)).toEqual(['down refused']);
    expect(third.errors.map(String)).toEqual([
      'Error: dialed left, and it refuses this node: busy',
    ]);

    void first.table.close();
    network.advance(20_000);
    expect(story(third)).toEqual(['down refused', 'up']);
    expect(left.table.stats().peers.map(({ peer }) => peer)).toEqual(['n2', 'n3']);
  });

  test('refuses a cluster id and an incarnation out of range', () => {
    const network = new VirtualNetwork();
    for (const clusterId of ['', 'x'.repeat(65), '\ud800']) {
      expect(() => network.open('left', { clusterId })).toThrow(RangeError);
    }
    for (const incarnation of [-1, 1.5, Number.NaN, 2 ** 53]) {
      expect(() => network.open('left', { incarnation })).toThrow(RangeError);
    }
  });
});

test('an error reporter that throws harms nothing', () => {
  const network = new VirtualNetwork();
  const onError = (): never => {
    throw new Error('thrown by the reporter');
  };
  const left = network.open('left', { onError });
  left.table.subscribe(protocolName('bad'), () => {
    throw new Error('thrown by the listener');
  });
  left.table.send(left.id, protocolName('bad'), new Uint8Array(1));
  left.table.send(left.id, protocolName('test'), new Uint8Array(1));
  network.run();
  expect(left.received).toHaveLength(1);
  expect(left.table.stats().reportedErrorCount).toBe(1);
});
