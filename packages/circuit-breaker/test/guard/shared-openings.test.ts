import {
  type Delivery,
  nodeId,
  type NodeId,
  protocolName,
  type SendOutcome,
  type Transport,
} from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import type { CircuitBreakerOptions } from '../../src/circuit-breaker-options.ts';
import {
  CircuitBreakerRegistry,
  type CircuitBreakerRegistryOptions,
} from '../../src/circuit-breaker-registry.ts';
import { type Opening, openingCodec } from '../../src/guard/codec.ts';
import { shareOpenings, type SharedOpeningsOptions } from '../../src/guard/shared-openings.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { permitOf } from '../support/scene.ts';

const [n1, n2, n3] = [nodeId('n1'), nodeId('n2'), nodeId('n3')];

interface StageOptions extends Partial<SharedOpeningsOptions> {
  readonly registry?: CircuitBreakerRegistryOptions;
  readonly breaker?: CircuitBreakerOptions;
}

/** Breakers of n1 that open after one failure for 2,000 ms, and what n1 sends and may hear. */
function stage({ registry = {}, breaker = {}, ...options }: StageOptions = {}) {
  const clock = new ManualClock(1_000);
  const errors: unknown[] = [];
  const sent: (readonly [NodeId, Opening])[] = [];
  const listeners = new Map<string, (delivery: Delivery) => void>();
  let answer: SendOutcome = 'accepted';
  const transport: Transport = {
    localId: n1,
    capabilities: {
      ...{ maxPayloadBytes: 1_200, ordering: 'none', mayDuplicate: true },
      ...{ authenticated: false, encrypted: false },
    },
    send: (to, _protocol, payload) => {
      sent.push([to, openingCodec.decode(payload)]);
      return answer;
    },
    subscribe: (protocol, listener) => {
      listeners.set(protocol, listener);
      return () => listeners.delete(protocol);
    },
    observePeers: () => () => undefined,
    close: () => Promise.resolve(),
  };
  const breakers = new CircuitBreakerRegistry({
    optionsFor: () => ({
      clock,
      trip: { kind: 'consecutiveFailures', failureThreshold: 1 },
      openForMs: 2_000,
      halfOpen: { permittedCalls: 1 },
      onError: (error) => errors.push(error),
      ...breaker,
    }),
    ...registry,
  });
  const sharing = shareOpenings(breakers, transport, { peers: () => [n1, n2, n3], ...options });
  const hearBytes = (payload: Uint8Array, from = n2, incarnation = 1): void =>
    listeners.get(options.protocol ?? 'circuit-breaker')?.({
      from,
      incarnation,
      payload,
      receivedAtMs: 0,
    });
  const hear = (opening: Opening, from = n2, incarnation = 1): void =>
    hearBytes(openingCodec.encode(opening), from, incarnation);
  const answerWith = (outcome: SendOutcome): void => {
    answer = outcome;
  };
  return {
    clock,
    errors,
    sent,
    transport,
    listeners,
    breakers,
    sharing,
    hear,
    hearBytes,
    answerWith,
  };
}

const opening = (sequence: number, key = 'a', remainingMs = 3_000): Opening => ({
  ...{ sequence, key, remainingMs },
});

describe('a process whose circuit opens', () => {
  test('tells its peers, but not itself, for how long', () => {
    const { breakers, sent, sharing } = stage();
    permitOf(breakers.get('a')).fail();
    expect(sent).toEqual([
      [n2, opening(1, 'a', 2_000)],
      [n3, opening(1, 'a', 2_000)],
    ]);
    permitOf(breakers.get('b')).fail();
    expect(sent.at(-1)).toEqual([n3, opening(2, 'b', 2_000)]);
    expect(sharing.counters().toldCount).toBe(4);
  });

  test('tells once: not when its trial calls fail', () => {
    const { breakers, clock, sent } = stage();
    permitOf(breakers.get('a')).fail();
    clock.advance(2_000);
    permitOf(breakers.get('a')).fail();
    expect(breakers.get('a').state).toBe('open');
    expect(sent).toHaveLength(2);
  });

  test('tells nothing that was said by hand, restored, or heard of others', () => {
    const { breakers, sent, hear } = stage();
    breakers.get('a').trip(1_000);
    breakers.get('b').forceOpen();
    breakers.get('c').hydrate(breakers.get('a').snapshot());
    breakers.get('d');
    hear(opening(1, 'd'));
    expect([...breakers.entries()].map(([, { state }]) => state)).toEqual([
      ...['open', 'forcedOpen', 'open', 'open'],
    ]);
    expect(sent).toEqual([]);
  });

  test('counts what it could not tell: refused by the transport, or a key too long', () => {
    const { breakers, sent, sharing, answerWith } = stage();
    answerWith('dropped');
    permitOf(breakers.get('a')).fail();
    expect(sharing.counters()).toMatchObject({ toldCount: 0, untoldCount: 2 });
    permitOf(breakers.get('x'.repeat(257))).fail();
    expect(sharing.counters().untoldCount).toBe(3);
    expect(sent).toHaveLength(2);
  });

  test('is not harmed by peers that cannot be named', () => {
    const { breakers, errors } = stage({
      peers: () => {
        throw new Error('no peers');
      },
    });
    permitOf(breakers.get('a')).fail();
    expect(breakers.get('a').state).toBe('open');
    expect(errors.map(String)).toEqual(['Error: no peers']);
  });
});

describe('a process that hears of an opening', () => {
  test('opens its own circuit for as long, and tries it then', () => {
    const { breakers, clock, hear, sharing } = stage();
    const breaker = breakers.get('a');
    hear(opening(1));
    expect([breaker.state, breaker.retryAfterMs]).toEqual(['open', 3_000]);
    clock.advance(3_000);
    permitOf(breaker).succeed();
    expect(breaker.state).toBe('closed');
    expect(sharing.counters().openedCount).toBe(1);
  });

  test.each([
    [5_000, {}],
    [700, { openForMsMax: 700 }],
    [400, { breaker: { openForMsMax: 400 } }],
  ])('opens it for %i ms at most', (capMs, options) => {
    const { breakers, hear } = stage(options);
    breakers.get('a');
    hear(opening(1, 'a', 2 ** 31 - 1));
    expect(breakers.get('a').retryAfterMs).toBe(capMs);
  });

  test('leaves every circuit alone that is not closed', () => {
    const { breakers, clock, hear, sharing } = stage();
    permitOf(breakers.get('a')).fail();
    hear(opening(1, 'a', 5_000));
    expect(breakers.get('a').retryAfterMs).toBe(2_000);
    clock.advance(2_000);
    hear(opening(2));
    expect(breakers.get('a').state).toBe('halfOpen');
    const trial = permitOf(breakers.get('a'));
    hear(opening(3));
    expect(breakers.get('a').state).toBe('halfOpen');
    trial.succeed();
    breakers.get('a').disable();
    hear(opening(4));
    breakers.get('a').metricsOnly();
    hear(opening(5));
    expect(breakers.get('a').state).toBe('metricsOnly');
    breakers.get('a').forceOpen();
    hear(opening(6));
    expect(breakers.get('a').state).toBe('forcedOpen');
    expect(sharing.counters()).toMatchObject({ openedCount: 0, notClosedCount: 6 });
  });

  test('believes a message once, and none after a later one', () => {
    const { breakers, clock, hear, sharing } = stage();
    const breaker = breakers.get('a');
    hear(opening(2));
    clock.advance(3_000);
    permitOf(breaker).succeed();
    hear(opening(2));
    hear(opening(1));
    expect(breaker.state).toBe('closed');
    expect(sharing.counters().staleCount).toBe(2);
    hear(opening(1), n3);
    expect(breaker.state).toBe('open');
  });

  test('listens to a sender that has restarted, and no more to the process before', () => {
    const { breakers, hear, sharing } = stage();
    breakers.get('a');
    breakers.get('b');
    hear(opening(9), n2, 1);
    hear(opening(1, 'b'), n2, 2);
    expect(breakers.get('b').state).toBe('open');
    hear(opening(10), n2, 1);
    expect(sharing.counters().staleCount).toBe(1);
  });

  test('opens no more of them than may be open', () => {
    const { breakers, hear, sharing } = stage({
      registry: {
        maxOpenShare: 0.5,
        optionsFor: () => ({ trip: { kind: 'consecutiveFailures', failureThreshold: 1 } }),
      },
    });
    const all = ['a', 'b', 'c', 'd'].map((key) => breakers.get(key));
    for (const [index, { name }] of all.entries()) hear(opening(index + 1, name));
    expect(all.map(({ state }) => state)).toEqual(['open', 'open', 'closed', 'closed']);
    expect(breakers.stats().openCount).toBe(2);
    expect(sharing.counters()).toMatchObject({ openedCount: 2, deniedCount: 2 });
    const [, , third] = all;
    if (third !== undefined) permitOf(third).fail();
    expect(third?.state).toBe('closed');
  });

  test('makes no breakers for keys that nobody has called here', () => {
    const { breakers, hear, sharing } = stage();
    for (const [index, key] of ['a', '__proto__', '\ud800', ''].entries()) {
      hear(opening(index + 1, key));
    }
    expect(breakers.stats().size).toBe(0);
    expect(sharing.counters().unknownCount).toBe(4);
  });

  test('drops and counts bytes that say nothing', () => {
    const { breakers, hearBytes, sharing } = stage();
    breakers.get('a');
    const bytes = openingCodec.encode(opening(1));
    for (let size = 0; size < bytes.length; size += 1) hearBytes(bytes.subarray(0, size));
    expect(breakers.get('a').state).toBe('closed');
    expect(sharing.counters().malformedCount).toBe(bytes.length);
    hearBytes(bytes);
    expect(breakers.get('a').state).toBe('open');
  });

  test('remembers a bounded number of senders, those that spoke last', () => {
    const { breakers, hear, sharing } = stage();
    breakers.get('a');
    const staleCount = (): number => sharing.counters().staleCount;
    const [first, next, last] = [nodeId('first'), nodeId('next'), nodeId('last')];
    hear(opening(5), first);
    hear(opening(5), next);
    for (let index = 0; index < 1_022; index += 1) hear(opening(5), nodeId(`s${index}`));
    hear(opening(6), first);
    expect(staleCount()).toBe(0);
    hear(opening(5), last);
    hear(opening(6), first);
    hear(opening(5), last);
    expect(staleCount()).toBe(2);
    hear(opening(5), next);
    expect(staleCount()).toBe(2);
  });
});

describe('sharing', () => {
  test('ends when it is disposed of, and leaves open what is open', () => {
    const { breakers, sent, listeners, hear, sharing } = stage();
    breakers.get('a');
    breakers.get('b');
    hear(opening(1));
    sharing[Symbol.dispose]();
    sharing[Symbol.dispose]();
    expect(listeners.size).toBe(0);
    permitOf(breakers.get('b')).fail();
    permitOf(breakers.get('c')).fail();
    expect(sent).toEqual([]);
    expect(breakers.get('a').state).toBe('open');
  });

  test('goes by a protocol of its own where told to', () => {
    const { listeners } = stage({ protocol: protocolName('payments-breakers') });
    expect([...listeners.keys()]).toEqual(['payments-breakers']);
  });

  test.each([0, -1, 0.5, Number.NaN, Infinity, 2 ** 31, '5', null])(
    'is for no cap of %o',
    (openForMsMax) => {
      // @ts-expect-error -- Some are no numbers.
      expect(() => stage({ openForMsMax })).toThrow('openForMsMax: expected an integer in 1..');
    },
  );

  test('names what is wrong with the rest, and listens to nothing then', () => {
    const { breakers, transport, listeners, sharing } = stage();
    sharing[Symbol.dispose]();
    const peers = (): NodeId[] => [];
    // @ts-expect-error -- No function.
    expect(() => shareOpenings(breakers, transport, { peers: [] })).toThrow('peers: expected');
    // @ts-expect-error -- No options.
    expect(() => shareOpenings(breakers, transport)).toThrow('options: expected an object');
    // @ts-expect-error -- No registry.
    expect(() => shareOpenings(null, transport, { peers })).toThrow('breakers: expected');
    // @ts-expect-error -- No transport.
    expect(() => shareOpenings(breakers, 1, { peers })).toThrow('transport: expected');
    const bad = { peers, protocol: 'No Name' };
    // @ts-expect-error -- No name of a protocol.
    expect(() => shareOpenings(breakers, transport, bad)).toThrow('protocolName: expected');
    expect(listeners.size).toBe(0);
  });
});
