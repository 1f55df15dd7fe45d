import { createHmac, timingSafeEqual } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import type { Authentication } from '../src/authentication.ts';
import type { frameKinds } from '../src/frame.ts';
import { decodeHello, encodeHello, type Hello } from '../src/hello.ts';
import { nodeId } from '../src/node-id.ts';
import { honestHello, RawPeer } from './support/raw-peer.ts';
import { say, story, VirtualNetwork } from './support/virtual-network.ts';

const eightBytes = new Uint8Array(8).fill(1);

/** A host `left` and somebody who dials it. */
function scene(options: Parameters<VirtualNetwork['open']>[1] = {}): {
  readonly network: VirtualNetwork;
  readonly left: ReturnType<VirtualNetwork['open']>;
  readonly raw: RawPeer;
} {
  const network = new VirtualNetwork();
  const left = network.open('left', options);
  return { network, left, raw: new RawPeer(network, left) };
}

describe('the acceptor', () => {
  test('says nothing before it has heard a HELLO for its cluster', () => {
    const { network, raw } = scene();
    network.advance(1_000);
    expect(network.written).toBe(0);
    raw.greet({ clusterId: 'other' });
    network.run();
    expect(raw.heard('hello')).toEqual([]);
    expect(raw.refusal).toBe('cluster');
  });

  test('answers with its own HELLO, a proof and, having the smaller id, its choice', () => {
    const { network, left, raw } = scene();
    raw.greet();
    network.run();
    const [answer] = raw.heard('hello');
    expect(decodeHello(answer?.payload ?? new Uint8Array())).toMatchObject({
      nodeId: 'left',
      clusterId: 'virtual',
      incarnation: left.table.incarnation,
      expects: undefined,
    });
    expect(raw.heard('proof')).toHaveLength(1);
    expect(raw.heard('accept')).toHaveLength(1);
    expect(story(left)).toEqual([]);
    raw.say(['confirm']);
    network.run();
    expect(story(left)).toEqual(['up']);
  });

  test.each<[string, Partial<Hello>]>([
    ['version', { versionMin: 2, versionMax: 5 }],
    ['version', { versionMin: 0, versionMax: 0 }],
    ['cluster', { clusterId: 'another' }],
    ['identity', { nodeId: nodeId('left') }],
    ['identity', { expects: nodeId('right') }],
  ])('refuses for its %s, and goes on accepting others', (reason, change) => {
    const { network, left, raw } = scene();
    raw.greet(change);
    network.run();
    expect(raw.refusal).toBe(reason);
    expect(raw.isClosed).toBe(true);
    expect(left.table.stats()).toMatchObject({ refusedHandshakeCount: 1, handshakeCount: 0 });
    const right = network.open('right');
    right.table.keepDialing(left.id);
    network.run();
    expect(story(left)).toEqual(['up']);
  });

  test('talks with a later version that still speaks this one', () => {
    const { network, left, raw } = scene();
    raw.greet({ versionMin: 1, versionMax: 200, features: 0xffff_fffc });
    raw.say(['confirm']);
    network.run();
    expect(story(left)).toEqual(['up']);
  });

  test.each<[string, readonly (readonly [keyof typeof frameKinds, Uint8Array?])[]]>([
    ['a proof before any HELLO', [['proof']]],
    ['a choice before any HELLO', [['accept', eightBytes]]],
    ['a message before any HELLO', [['data']]],
    ['a beat before any HELLO', [['beat']]],
    ['a block before any HELLO', [['block']]],
    ['a HELLO that is none', [['hello', eightBytes]]],
    [
      'two HELLOs',
      [
        ['hello', encodeHello(honestHello)],
        ['hello', encodeHello(honestHello)],
      ],
    ],
    [
      'a choice before the proof',
      [
        ['hello', encodeHello(honestHello)],
        ['accept', eightBytes],
      ],
    ],
    ['a message before the proof', [['hello', encodeHello(honestHello)], ['data']]],
  ])('refuses %s', (_what, frames) => {
    const { network, left, raw } = scene();
    raw.say(...frames);
    network.run();
    expect(raw.refusal).toBe('malformed');
    expect(raw.isClosed).toBe(true);
    expect(story(left)).toEqual([]);
    expect(left.table.stats()).toMatchObject({ handshakeCount: 0, peers: [] });
  });

  test.each<[string, readonly (readonly [keyof typeof frameKinds, Uint8Array?])[]]>([
    ['a second proof', [['proof']]],
    ['a choice by an end that is not the arbiter', [['accept', eightBytes]]],
    ['a message instead of the confirmation', [['data']]],
  ])('refuses %s', (_what, frames) => {
    const { network, left, raw } = scene();
    raw.greet();
    raw.say(...frames);
    network.run();
    expect(raw.refusal).toBe('malformed');
    expect(story(left)).toEqual([]);
  });

  test.each([
    ['no number', new Uint8Array(0)],
    ['a number beyond 2^53', new Uint8Array(8).fill(0xff)],
    ['more than a number', new Uint8Array(9)],
  ])('refuses a choice that is %s', (_what, payload) => {
    const network = new VirtualNetwork();
    const left = network.open('left');
    const raw = new RawPeer(network, left);
    // The raw peer has the smaller id, so that the choice is its own.
    raw.greet({ nodeId: nodeId('arbiter') });
    raw.say(['accept', payload]);
    network.run();
    expect(raw.refusal).toBe('malformed');
  });

  test('confirms the choice of an arbiter, and refuses an older one', () => {
    const { network, left, raw } = scene();
    const numbered = (number: number): Uint8Array => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, number);
    raw.greet({ nodeId: nodeId('arbiter') });
    raw.say(['accept', numbered(5)]);
    network.run();
    expect(raw.heard('confirm')).toHaveLength(1);
    expect(story(left)).toEqual(['up']);
    const late = new RawPeer(network, left);
    late.greet({ nodeId: nodeId('arbiter'), number: 2 });
    late.say(['accept', numbered(4)]);
    network.run();
    expect(late.refusal).toBe('duplicate');
    expect(story(left)).toEqual(['up']);
  });

  test('bounds what it reads before the session is established', () => {
    const { network, left, raw } = scene();
    const padding = new Uint8Array(4_000);
    raw.say(['hello', Uint8Array.of(...encodeHello(honestHello), ...padding.slice(0, 3_900))]);
    raw.say(['proof'], ['refuse', padding.fill(9)]);
    network.run();
    expect(raw.isClosed).toBe(true);
    const flood = new RawPeer(network, left);
    flood.say(...Array.from({ length: 5 }, () => ['hello', padding] as const));
    network.run();
    expect(flood.isClosed).toBe(true);
    expect(flood.refusal).toBeUndefined();
    expect(left.table.stats().malformedStreamCount).toBe(1);
  });
});

describe('the dialer', () => {
  test('refuses whoever answers in the name of another', () => {
    const network = new VirtualNetwork();
    const left = network.open('left');
    const impostor = network.open('impostor');
    // The address of `right` leads to somebody else.
    const right = nodeId('right');
    network.hosts.set(right, impostor);
    left.table.keepDialing(right);
    network.advance(30_000);
    expect(story(left)).toEqual(['down refused']);
    expect(story(impostor)).toEqual([]);
    expect(left.errors.map(String)).toEqual([
      'Error: dialed right, and it refuses this node: identity',
    ]);
  });

  test('finds out that it dialed itself', () => {
    const network = new VirtualNetwork();
    const left = network.open('left');
    network.hosts.set(nodeId('right'), left);
    left.table.keepDialing(nodeId('right'));
    network.advance(10_000);
    expect(story(left)).toEqual(['down refused']);
  });

  test('reports a refusal once, and again only after a session', () => {
    const network = new VirtualNetwork();
    const left = network.open('left', { clusterId: 'one' });
    const right = network.open('right', { clusterId: 'two' });
    left.table.keepDialing(right.id);
    network.advance(60_000);
    expect(network.wires.length).toBeGreaterThan(5);
    expect(left.errors).toHaveLength(1);
    expect(story(left)).toEqual(['down refused']);
    expect(left.table.stats().refusedHandshakeCount).toBe(network.wires.length);
  });

  test('tells its old self from the new: the older incarnation is refused as stale', () => {
    const network = new VirtualNetwork();
    const right = network.open('right');
    const left = network.open('left', { incarnation: 10 });
    left.table.keepDialing(right.id);
    network.run();
    const older = network.open('left', { incarnation: 9 });
    older.table.keepDialing(right.id);
    network.run();
    expect(older.errors.map(String)).toEqual([
      'Error: dialed right, and it refuses this node: stale',
    ]);
    expect(story(right)).toEqual(['up']);
  });
});

describe('authentication', () => {
  const keyed = (secret: string): Authentication => {
    const sign = (transcript: Uint8Array): Uint8Array =>
      createHmac('sha256', secret).update(transcript).digest();
    return {
      prove: ({ transcript }) => sign(transcript),
      verify: ({ proof, transcript }) =>
        proof.length === 32 && timingSafeEqual(proof, sign(transcript)),
    };
  };

  async function meet(
    one: Authentication | undefined,
    other: Authentication | undefined,
  ): Promise<{
    readonly stories: readonly (readonly string[])[];
    readonly errors: readonly string[];
  }> {
    const network = new VirtualNetwork();
    const left = network.open('left', one && { authentication: one });
    const right = network.open('right', other && { authentication: other });
    left.table.keepDialing(right.id);
    await network.settle();
    return { stories: [story(left), story(right)], errors: left.errors.map(String) };
  }

  test('lets in who can prove its id', async () => {
    const { stories } = await meet(keyed('secret'), keyed('secret'));
    expect(stories).toEqual([['up'], ['up']]);
  });

  test('waits for hooks that answer later', async () => {
    const base = keyed('secret');
    const slow: Authentication = {
      prove: async (challenge) => {
        await Promise.resolve();
        return base.prove(challenge);
      },
      verify: async (claim) => {
        await Promise.resolve();
        return base.verify(claim);
      },
    };
    expect((await meet(slow, slow)).stories).toEqual([['up'], ['up']]);
  });

  test('refuses another secret, whoever has it, and who proves nothing', async () => {
    for (const [one, other] of [
      ['secret', 'guess'],
      ['secret', undefined],
      [undefined, 'secret'],
    ] as const) {
      const { stories } = await meet(
        one ? keyed(one) : undefined,
        other ? keyed(other) : undefined,
      );
      expect(stories).toEqual([['down refused'], []]);
    }
  });

  test('refuses and reports when a hook fails', async () => {
    const failure = new Error('no key');
    const cases: Partial<Record<keyof Authentication, () => never>>[] = [
      {
        prove: () => {
          throw failure;
        },
      },
      {
        verify: () => {
          throw failure;
        },
      },
    ];
    for (const broken of cases) {
      const { stories, errors } = await meet({ ...keyed('secret'), ...broken }, keyed('secret'));
      expect(stories).toEqual([['down refused'], []]);
      expect(errors).toContain('Error: no key');
    }
  });

  test('takes nothing but true for a proof that holds, and only bytes for a proof', async () => {
    const truthy: unknown = 1;
    const careless = Object.assign(keyed('secret'), { verify: () => truthy });
    expect((await meet(careless, keyed('secret'))).stories).toEqual([['down refused'], []]);
    for (const proof of ['text', new Uint8Array(1_025)]) {
      const odd = Object.assign(keyed('secret'), { prove: () => proof });
      const { stories, errors } = await meet(odd, keyed('secret'));
      expect(stories).toEqual([['down refused'], []]);
      expect(errors[0]).toBe(
        'RangeError: proof: expected a Uint8Array of 0..1024 bytes, got another',
      );
    }
  });

  test('a recorded conversation is worth nothing later', async () => {
    const network = new VirtualNetwork();
    const authentication = keyed('secret');
    const left = network.open('left', { authentication });
    const right = network.open('right', { authentication });
    const recorded: Uint8Array[] = [];
    left.table.keepDialing(right.id);
    while (network.wires.length === 0) network.step();
    const acceptor = network.wires[0]?.[1];
    if (acceptor === undefined) throw new RangeError('expected a wire');
    const feed = acceptor.feed.bind(acceptor);
    acceptor.feed = (...chunks) => {
      recorded.push(...chunks.map((chunk) => chunk.slice()));
      feed(...chunks);
    };
    await network.settle();
    expect(story(right)).toEqual(['up']);
    expect(recorded.length).toBeGreaterThan(1);

    const thief = new RawPeer(network, right);
    for (const chunk of recorded) thief.write(chunk);
    await network.settle();
    expect(thief.isClosed).toBe(true);
    expect(thief.refusal).toBe('proof');
    expect(story(right)).toEqual(['up']);
    say(left, right, 'still here');
    await network.settle();
    expect(right.received).toEqual(['still here']);
  });

  test('says what a claim is made of', async () => {
    const network = new VirtualNetwork({
      security: {
        isAuthorized: true,
        fingerprint: 'AB:CD',
        commonName: 'left',
        alternativeNames: undefined,
        binding: Uint8Array.of(1, 2, 3),
      },
    });
    const claims: unknown[] = [];
    const authentication: Authentication = {
      ...keyed('secret'),
      verify: ({ claimedId, security }) => {
        claims.push([claimedId, security?.commonName]);
        return true;
      },
    };
    const left = network.open('left', { authentication: keyed('secret') });
    const right = network.open('right', { authentication });
    left.table.keepDialing(right.id);
    await network.settle();
    expect(claims).toEqual([['left', 'left']]);
    expect(right.table.capabilities.authenticated).toBe(true);
  });
});

describe('how damage is found', () => {
  const crc32 = (): number => 1;

  test.each([
    ['checksums in frames, where nothing else is there', {}],
    ['checksums of blocks, where the platform has them', { crc32 }],
    ['no checksum, where the carrier protects', { crc32, isProtected: true }],
  ])('is agreed on: %s', (_what, traits) => {
    const network = new VirtualNetwork(traits);
    const [left, right] = network.mesh(['left', 'right']);
    if (!left || !right) throw new RangeError('expected two hosts');
    say(left, right, 'hello');
    say(right, left, 'hello');
    network.run();
    expect([left.received, right.received]).toEqual([['hello'], ['hello']]);
  });
});
