import { afterEach, describe, expect, test } from 'vitest';

import { NatsTransport } from '../../src/adapters/nats.ts';
import type { NatsTransportOptions } from '../../src/adapters/nats.ts';
import { sharedSecret } from '../../src/adapters/shared-secret.ts';
import { encodeNatsMessage, natsKinds } from '../../src/nats-message.ts';
import { type NodeId, nodeId } from '../../src/node-id.ts';
import { protocolName } from '../../src/protocol-name.ts';
import { seededRandom } from '../../src/seeded-random.ts';
import type { PeerEvent, SendOutcome } from '../../src/transport.ts';
import { type FakeConnection, FakeNats } from '../support/fake-nats.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { nextTurn } from '../support/next-turn.ts';

const protocol = protocolName('test');
const [left, right] = [nodeId('left'), nodeId('right')];

/** A node with what it saw. */
interface Node {
  readonly connection: FakeConnection;
  readonly transport: NatsTransport;
  readonly events: PeerEvent[];
  readonly errors: unknown[];
  readonly received: { readonly incarnation: number; readonly index: number }[];
}

const open_: Node[] = [];
let clock = new ManualClock();
let server = new FakeNats(clock);

afterEach(async () => {
  const closing = open_.splice(0).map(({ transport }) => transport.close());
  await pass(2_000);
  await Promise.all(closing);
  clock = new ManualClock();
  server = new FakeNats(clock);
});

/** Lets `ms` pass, and everything that does not need time happen in each of them. */
async function pass(ms: number, stepMs = 10): Promise<void> {
  for (let passedMs = 0; passedMs <= ms; passedMs += stepMs) {
    clock.advance(stepMs);
    await nextTurn();
  }
}

function open(localId: NodeId, options: Partial<NatsTransportOptions> = {}): Node {
  const connection = server.connect();
  const errors: unknown[] = [];
  const transport = new NatsTransport({
    connection,
    localId,
    clusterId: 'test',
    clock,
    random: seededRandom(localId),
    onError: (error) => errors.push(error),
    ...options,
  });
  const node: Node = { connection, transport, events: [], errors, received: [] };
  transport.observePeers((event) => node.events.push(event));
  transport.subscribe(protocol, ({ incarnation, payload }) => {
    const index = new DataView(payload.buffer, payload.byteOffset).getUint32(0);
    node.received.push({ incarnation, index });
  });
  open_.push(node);
  return node;
}

function numbered(index: number, sizeBytes = 100): Uint8Array {
  const payload = new Uint8Array(sizeBytes);
  new DataView(payload.buffer).setUint32(0, index);
  return payload;
}

function story({ events }: Node): readonly string[] {
  return events.map((event) => (event.kind === 'down' ? `down ${event.reason}` : event.kind));
}

async function pair(options: Partial<NatsTransportOptions> = {}): Promise<readonly [Node, Node]> {
  const other = open(right, options);
  const one = open(left, { peers: [right], ...options });
  await pass(100);
  expect([story(one), story(other)]).toEqual([['up'], ['up']]);
  return [one, other];
}

describe('opening', () => {
  test('refuses what is out of range, before it subscribes', () => {
    const bad: Partial<NatsTransportOptions>[] = [
      { prefix: '' },
      { prefix: 'a.*' },
      { clusterId: '' },
      { creditBytes: 65_535 },
      { maxPayloadBytes: 5 },
      { peers: [''] },
    ];
    for (const options of bad) expect(() => open(left, options)).toThrow(RangeError);
    expect(server.connections.every(({ subjects }) => subjects.size === 0)).toBe(true);
    expect(() => open(left).transport.addPeer(left)).toThrow(RangeError);
  });

  test('subscribes to one subject, whatever the names are made of', () => {
    const { connection } = open(nodeId('a.b *'), { prefix: 'x.y', clusterId: '>' });
    expect([...connection.subjects.keys()]).toEqual(['x.y.%3E.a%2Eb%20%2A']);
  });

  test.each([
    [1_048_576, 1_048_526],
    [65_536, 65_486],
    [8_388_608, 1_048_576],
    [256, 1_200],
  ])('takes its largest payload from what the server takes, %i bytes', (maxPayload, expected) => {
    server.maxPayload = maxPayload;
    expect(open(left).transport.capabilities).toEqual({
      maxPayloadBytes: expected,
      ordering: 'session',
      mayDuplicate: false,
      authenticated: false,
      encrypted: false,
    });
  });

  test('throws what the client throws once its connection is closed', () => {
    const connection = server.connect();
    connection.close();
    expect(() => open(left, { connection })).toThrow('connection closed');
  });
});

describe('presence', () => {
  test('who starts later and names nobody is met by those that name it', async () => {
    const one = open(left, { peers: [right] });
    await pass(30_000);
    expect(one.transport.stats().peers[0]?.lastError).toBe(
      'dial: expected an answer within 5000 ms',
    );
    const other = open(right);
    await pass(20_000);
    expect([story(one), story(other)]).toEqual([['up'], ['up']]);
  });

  test('invites ever more rarely', async () => {
    const { connection } = open(left, { peers: [right], handshakeMs: 100 });
    await pass(1_000);
    const early = connection.published.length;
    await pass(120_000);
    const before = connection.published.length;
    await pass(100_000);
    expect(early).toBeGreaterThan(3);
    // On average one in 5 s and a bit: a random moment of a span of 10 s.
    expect(connection.published.length - before).toBeGreaterThan(10);
    expect(connection.published.length - before).toBeLessThan(40);
  });

  test('a peer that is gone without a word is down when its beats have stopped', async () => {
    const [one, other] = await pair();
    other.connection.vanish();
    await pass(7_000);
    expect(story(one)).toEqual(['up', 'down timeout']);
    expect(one.transport.send(right, protocol, numbered(1))).toBe('dropped');
  });

  test('quiet peers stay up', async () => {
    const [one, other] = await pair();
    await pass(60_000, 100);
    expect([story(one), story(other)]).toEqual([['up'], ['up']]);
  });

  test('clusters do not meet, even on one prefix', async () => {
    const one = open(left, { peers: [right] });
    const other = open(right, { clusterId: 'other', peers: [left] });
    await pass(1_000);
    expect([story(one), story(other)]).toEqual([[], []]);
  });

  test('a peer that is removed is invited no more', async () => {
    const [one, other] = await pair();
    one.transport.removePeer(right);
    await pass(30_000, 100);
    expect([story(one), story(other)]).toEqual([
      ['up', 'down closed'],
      ['up', 'down closed'],
    ]);
  });

  test('of two processes of one name the newer is met, whoever answers first', async () => {
    const old = open(right, { incarnation: 1 });
    const other = open(right, { incarnation: 2 });
    const one = open(left, { peers: [right] });
    await pass(1_000);
    expect(one.events.at(-1)).toEqual({ kind: 'up', peer: right, incarnation: 2 });
    one.transport.send(right, protocol, numbered(7));
    await pass(100);
    expect(other.received.map(({ index }) => index)).toEqual([7]);
    expect(old.received).toEqual([]);
  });

  test('proof is asked of both', async () => {
    const authentication = sharedSecret(new Uint8Array(16).fill(7));
    const [one] = await pair({ authentication });
    expect(one.transport.capabilities.authenticated).toBe(true);
    const thief = open(nodeId('thief'), { peers: [left] });
    await pass(1_000);
    expect(story(thief)).toEqual(['down refused']);
    expect(String(thief.errors[0])).toContain(': proof');
  });
});

describe('a server that loses and repeats', () => {
  test('a message that is lost ends the session, and none comes after it', async () => {
    const [one, other] = await pair();
    for (let index = 0; index < 100; index += 1) {
      one.transport.send(right, protocol, numbered(index));
      if (index === 50) {
        await pass(10);
        server.fateOf = () => {
          server.fateOf = () => 'delivered';
          return 'lost';
        };
      }
      if (index % 10 === 0) await pass(10);
    }
    await pass(1_000);
    const indices = other.received.map(({ index }) => index);
    expect(indices.slice(0, 51)).toEqual(Array.from({ length: 51 }, (_, index) => index));
    // A new session, and with it what was sent once it was there.
    expect(indices[51]).toBeGreaterThan(60);
    expect(story(one)).toEqual(['up', 'down reset', 'up']);
    expect(other.transport.stats()).toMatchObject({ malformedStreamCount: 0 });
    one.transport.send(right, protocol, numbered(1_000));
    await pass(100);
    expect(other.received.at(-1)?.index).toBe(1_000);
  });

  test('a message that comes twice is delivered once', async () => {
    server.fateOf = () => 'doubled';
    const [one, other] = await pair();
    for (let index = 0; index < 100; index += 1) {
      one.transport.send(right, protocol, numbered(index));
      if (index % 10 === 0) await pass(10);
    }
    await pass(1_000);
    expect(other.received.map(({ index }) => index)).toEqual(
      Array.from({ length: 100 }, (_, i) => i),
    );
    expect(story(one)).toEqual(['up']);
  });

  test.each(Array.from({ length: 10 }, (_, seed) => seed))(
    'never reorders or repeats, and recovers, seed %i',
    async (seed) => {
      const random = seededRandom(seed);
      const one = open(left, { peers: [right], redialMsMin: 5, redialMsMax: 50 });
      const other = open(right, { peers: [left], redialMsMin: 5, redialMsMax: 50 });
      server.fateOf = () => {
        const draw = random.float();
        return draw < 0.02 ? 'lost' : draw < 0.1 ? 'doubled' : 'delivered';
      };
      let sentCount = 0;
      for (let round = 0; round < 200; round += 1) {
        if (one.transport.send(right, protocol, numbered(sentCount)) !== 'dropped') sentCount += 1;
        await pass(20);
      }
      server.fateOf = () => 'delivered';
      await pass(10_000, 100);
      const outcome = one.transport.send(right, protocol, numbered(sentCount));
      await pass(100);
      expect(outcome).toBe('accepted');
      const indices = other.received.map(({ index }) => index);
      expect(indices).toEqual([...new Set(indices)].toSorted((a, b) => a - b));
      expect(indices.at(-1)).toBe(sentCount);
      expect(indices.length).toBeGreaterThan(sentCount / 2);
      expect([...one.errors, ...other.errors]).toEqual([]);
    },
  );
});

describe('bounds', () => {
  test('a subscriber that does not read costs the server no more than its credit', async () => {
    const creditBytes = 65_536;
    const [one, other] = await pair({
      creditBytes,
      maxQueueBytes: 400_000,
      maxPayloadBytes: 50_000,
    });
    const resume = other.connection.stall();
    const outcomes = new Set<SendOutcome>();
    for (let round = 0; round < 100; round += 1) {
      outcomes.add(one.transport.send(right, protocol, numbered(round, 50_000)));
      await pass(10);
    }
    expect(outcomes).toEqual(new Set(['accepted', 'pressured', 'dropped']));
    expect(server.pendingBytesMax).toBeLessThan(creditBytes + 300_000);
    resume();
    await pass(1_000);
    expect(server.pendingBytes).toBe(0);
    expect(one.events.some(({ kind }) => kind === 'drained')).toBe(true);
    expect(story(one)).not.toContain('down');
  });

  test('a payload larger than the server takes travels in several messages', async () => {
    server.maxPayload = 1_000;
    const [one, other] = await pair({ maxPayloadBytes: 100_000 });
    one.transport.send(right, protocol, numbered(7, 100_000));
    await pass(100);
    expect(other.received.map(({ index }) => index)).toEqual([7]);
    expect(one.connection.published.every(({ message }) => message.length <= 1_000)).toBe(true);
  });
});

describe('bad input', () => {
  test('messages that belong to no link are counted, and open none', async () => {
    const [one] = await pair();
    const say = (kind: number, to: number, from: number, body: string): void => {
      const header = { kind, to, from, number: 0 };
      server.carry('quorate.test.left', encodeNatsMessage(header, new TextEncoder().encode(body)));
    };
    server.carry('quorate.test.left', new Uint8Array(0));
    server.carry('quorate.test.left', new Uint8Array(17).fill(1));
    server.carry('quorate.test.left', new TextEncoder().encode('{"op":"hello there, anybody"}'));
    say(natsKinds.open, 0, 5, '');
    say(natsKinds.open, 0, 5, 'x'.repeat(65));
    say(natsKinds.open, 0, 5, 'left');
    say(natsKinds.opened, 5, 6, 'right');
    say(natsKinds.opened, 5, 6, 'left');
    say(natsKinds.data, 5, 6, 'frames');
    say(natsKinds.end, 0, 0, '');
    say(77, 5, 6, '');
    await pass(100);
    expect(one.transport.stats()).toMatchObject({ strayMessageCount: 11, handshakeCount: 0 });
    expect(story(one)).toEqual(['up']);
  });

  test('a flood of invitations costs a bounded number of links, and keeps nobody out', async () => {
    const one = open(left, { handshakeCountMax: 8 });
    for (let tag = 1; tag <= 200; tag += 1) {
      const header = { kind: natsKinds.open, to: 0, from: tag, number: 0 };
      const body = new TextEncoder().encode(`stranger-${tag}`);
      server.carry('quorate.test.left', encodeNatsMessage(header, body));
    }
    await pass(10);
    expect(one.transport.stats().handshakeCount).toBe(8);
    const other = open(right, { peers: [left] });
    await pass(100);
    expect(story(other)).toEqual(['up']);
    await pass(6_000);
    expect(one.transport.stats().handshakeCount).toBe(0);
  });

  test('an error of the subscription is reported', () => {
    const { connection, errors } = open(left);
    const failure = new Error('permissions violation');
    connection.subjects.get('quorate.test.left')?.(failure, { data: new Uint8Array(0) });
    expect(errors).toEqual([failure]);
  });
});

describe('a connection that is lost', () => {
  test('and found again begins anew with all peers, at once', async () => {
    const [one, other] = await pair({ redialMsMin: 5 });
    for (const type of ['disconnect', 'reconnecting', 'ping']) {
      other.connection.tell(type);
      await pass(20);
    }
    expect(story(one)).toEqual(['up']);
    other.connection.tell('reconnect');
    await pass(100);
    expect(story(one)).toEqual(['up', 'down reset', 'up']);
    expect(story(other)).toEqual(['up', 'down reset', 'up']);
  });

  test('is no concern of a transport that has closed', async () => {
    const [one] = await pair();
    const closing = one.transport.close();
    await pass(100);
    await closing;
    one.connection.tell('reconnect');
    await pass(100);
    expect(one.errors).toEqual([]);
  });
});

describe('a connection that is closed for good', () => {
  test('takes all peers down, and sending throws nothing', async () => {
    const [one, other] = await pair();
    one.connection.close(new Error('authorization violation'));
    expect(one.transport.send(right, protocol, numbered(1))).toBe('accepted');
    await pass(100);
    expect(story(one)).toEqual(['up', 'down reset']);
    expect(one.transport.send(right, protocol, numbered(1))).toBe('dropped');
    await pass(60_000, 100);
    expect(one.transport.stats().peers[0]?.lastError).toBe('connection closed');
    expect(story(other)).toEqual(['up', 'down timeout']);
  });
});
