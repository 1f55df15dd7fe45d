import { describe, expect, test } from 'vitest';

import { nodeId } from '../src/node-id.ts';
import type { RequestMessage } from '../src/request-codec.ts';
import { createBench, outcomeOf, peerChannel, remoteId } from './support/requests.ts';

const payload = Uint8Array.of(1, 2);
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

/** The number of the only message. */
function correlationOf(messages: readonly RequestMessage[]): number {
  expect(messages.length).toBe(1);
  return messages[0]!.correlation;
}

describe('a request', () => {
  test('carries the method, the payload and the time that remains', () => {
    const { requester, heard } = createBench();
    void requester.request(remoteId, 'get', payload, { timeoutMs: 1_500.2 }).catch(() => {});
    expect(heard()).toEqual([
      { kind: 'request', correlation: 5_000, remainingMs: 1_501, method: 'get', payload },
    ]);
  });

  test('ends with the reply, which stays as it is when the carrier reuses its buffer', async () => {
    const { requester, heard, say } = createBench();
    const request = requester.request(remoteId, 'get', payload, { timeoutMs: 100 });
    say({ kind: 'reply', correlation: correlationOf(heard()), payload: bytes(7, 8) });
    expect(await outcomeOf(request)).toEqual({ kind: 'replied', payload: [7, 8] });
    expect(requester.counters.unexpectedAnswerCount).toBe(0);
  });

  test.each([
    ['before the deadline', 99, { kind: 'replied', payload: [7] }],
    [
      'at the deadline',
      100,
      { kind: 'failed', code: 'REQUEST_DEADLINE_EXCEEDED', definite: false },
    ],
    [
      'after the deadline',
      101,
      { kind: 'failed', code: 'REQUEST_DEADLINE_EXCEEDED', definite: false },
    ],
  ])('with a reply %s ends as it must', async (_when, afterMs, outcome) => {
    const { requester, clock, heard, say } = createBench();
    const request = requester.request(remoteId, 'get', payload, { timeoutMs: 100 });
    const correlation = correlationOf(heard());
    clock.advance(afterMs);
    say({ kind: 'reply', correlation, payload: bytes(7) });
    expect(await outcomeOf(request)).toEqual(outcome);
    expect(requester.counters.unexpectedAnswerCount).toBe(afterMs < 100 ? 0 : 1);
  });

  // Why this test? A process that was frozen has the reply in hand: failing would help nobody.
  test('takes a reply that is read before the timer of a passed deadline runs', async () => {
    const { requester, clock, heard, say } = createBench();
    const request = requester.request(remoteId, 'get', payload, { timeoutMs: 100 });
    clock.freeze(5_000);
    say({ kind: 'reply', correlation: correlationOf(heard()), payload: bytes(7) });
    expect(await outcomeOf(request)).toEqual({ kind: 'replied', payload: [7] });
  });

  test.each<[answer: RequestMessage, code: string, definite: boolean]>([
    [
      { kind: 'refusal', correlation: 5_000, reason: 'expired', message: 'late' },
      'REQUEST_REFUSED',
      true,
    ],
    [{ kind: 'failure', correlation: 5_000, message: 'boom' }, 'REQUEST_FAILED', false],
  ])('fails as %j says', async (answer, code, definite) => {
    const { requester, say } = createBench();
    const request = requester.request(remoteId, 'get', payload, { timeoutMs: 100 });
    say(answer);
    expect(await outcomeOf(request)).toEqual({ kind: 'failed', code, definite });
    await expect(request).rejects.toMatchObject({
      message: answer.kind === 'failure' ? 'boom' : 'late',
    });
  });

  test('ignores and counts answers that are wrong, foreign, repeated or malformed', async () => {
    const { requester, network, transport, heard, say } = createBench();
    const request = requester.request(remoteId, 'get', payload, { timeoutMs: 100 });
    const correlation = correlationOf(heard());
    say({ kind: 'reply', correlation: correlation + 1, payload: bytes(1) });
    peerChannel(network.join(nodeId('other'))).send(transport.localId, {
      ...{ kind: 'reply', correlation, payload: bytes(2) },
    });
    const [foreign] = network.take();
    network.deliver(foreign!);
    network.deliver({ ...foreign!, from: remoteId, payload: bytes(1, 2) });
    say({ kind: 'reply', correlation, payload: bytes(3) });
    say({ kind: 'reply', correlation, payload: bytes(4) });
    expect(await outcomeOf(request)).toEqual({ kind: 'replied', payload: [3] });
    expect(requester.counters).toMatchObject({ unexpectedAnswerCount: 3, malformedCount: 1 });
  });

  test('that the transport drops is refused, definitely, and leaves nothing behind', async () => {
    const { requester, network, clock } = createBench();
    network.outcome = 'dropped';
    const request = requester.request(remoteId, 'get', payload, { timeoutMs: 100 });
    await expect(request).rejects.toMatchObject({ reason: 'unreachable', definite: true });
    expect(clock.pendingCount).toBe(0);
  });

  test('is sent while the transport is pressured', async () => {
    const { requester, network, heard, say } = createBench();
    network.outcome = 'pressured';
    const request = requester.request(remoteId, 'get', payload, { timeoutMs: 100 });
    say({ kind: 'reply', correlation: correlationOf(heard()), payload: bytes(7) });
    expect(await outcomeOf(request)).toEqual({ kind: 'replied', payload: [7] });
  });

  test.each([
    ['an empty method', '', 100, 'method: expected 1..64 bytes of UTF-8, got 0'],
    ['no time', 'get', 0, 'timeoutMs: expected a finite number > 0, got 0'],
    ['time without end', 'get', Infinity, 'timeoutMs: expected a finite number > 0, got Infinity'],
    ['no number', 'get', Number.NaN, 'timeoutMs: expected a finite number > 0, got NaN'],
  ])('with %s is rejected and not sent', async (_what, method, timeoutMs, message) => {
    const { requester, heard } = createBench();
    const request = requester.request(remoteId, method, payload, { timeoutMs });
    await expect(request).rejects.toThrow(RangeError);
    expect(await outcomeOf(request)).toEqual({ kind: 'misused', message });
    expect(heard()).toEqual([]);
  });

  test('whose payload is not bytes is rejected and not sent', async () => {
    const { requester, heard } = createBench();
    // @ts-expect-error: a caller written in JavaScript may do this.
    const request = requester.request(remoteId, 'get', 'text', { timeoutMs: 100 });
    await expect(request).rejects.toThrow(TypeError);
    expect(heard()).toEqual([]);
  });

  test('larger than the carrier takes is rejected and not sent', async () => {
    const { requester, heard } = createBench();
    const large = new Uint8Array(1_200);
    const request = requester.request(remoteId, 'get', large, { timeoutMs: 100 });
    await expect(request).rejects.toThrow(RangeError);
    expect(heard()).toEqual([]);
  });
});

describe('cancellation', () => {
  test('before the start is definite, and nothing is sent', async () => {
    const { requester, heard } = createBench();
    const signal = AbortSignal.abort('changed my mind');
    const request = requester.request(remoteId, 'get', payload, { timeoutMs: 100, signal });
    await expect(request).rejects.toMatchObject({
      ...{ code: 'REQUEST_CANCELLED', definite: true, cause: 'changed my mind' },
    });
    expect(heard()).toEqual([]);
  });

  test('while waiting ends the request at once, indefinitely, and tells the peer', async () => {
    const { requester, clock, heard, say } = createBench();
    const controller = new AbortController();
    const { signal } = controller;
    const request = requester.request(remoteId, 'get', payload, { timeoutMs: 100, signal });
    const correlation = correlationOf(heard());
    controller.abort('changed my mind');
    expect(heard()).toEqual([{ kind: 'cancel', correlation }]);
    await expect(request).rejects.toMatchObject({
      ...{ code: 'REQUEST_CANCELLED', definite: false, cause: 'changed my mind' },
    });
    say({ kind: 'reply', correlation, payload: bytes(1) });
    clock.advance(1_000);
    expect(requester.counters.unexpectedAnswerCount).toBe(1);
  });

  test('after the reply does nothing', async () => {
    const { requester, heard, say } = createBench();
    const controller = new AbortController();
    const { signal } = controller;
    const request = requester.request(remoteId, 'get', payload, { timeoutMs: 100, signal });
    say({ kind: 'reply', correlation: correlationOf(heard()), payload: bytes(1) });
    controller.abort();
    expect(heard()).toEqual([]);
    expect(await outcomeOf(request)).toEqual({ kind: 'replied', payload: [1] });
  });
});

describe('a restart of the peer', () => {
  const up = (incarnation: number) => ({ kind: 'up', peer: remoteId, incarnation }) as const;
  const down = { kind: 'down', peer: remoteId, reason: 'reset' } as const;
  const restarted = { kind: 'failed', code: 'PEER_RESTARTED', definite: false };

  test('fails what was asked of the old process, and nothing else', async () => {
    const { requester, network, heard, say } = createBench();
    const ask = (peer = remoteId) => requester.request(peer, 'get', payload, { timeoutMs: 100 });
    network.announce(up(1));
    network.announce({ kind: 'up', peer: nodeId('third'), incarnation: 9 });
    const asked = ask();
    const other = ask(nodeId('third'));
    network.announce(down);
    const between = ask();
    network.announce(up(2));
    expect(await outcomeOf(asked)).toEqual(restarted);
    const last = heard().at(-1)!;
    say({ kind: 'reply', correlation: last.correlation, payload: bytes(1) });
    expect(await outcomeOf(between)).toEqual({ kind: 'replied', payload: [1] });
    requester.close();
    expect(await outcomeOf(other)).toMatchObject({ code: 'TRANSPORT_CLOSED' });
  });

  test('is not seen in a session that broke and came back', async () => {
    const { requester, network, heard, say } = createBench();
    network.announce(up(1));
    const request = requester.request(remoteId, 'get', payload, { timeoutMs: 100 });
    network.announce(down);
    network.announce(up(1));
    say({ kind: 'reply', correlation: correlationOf(heard()), payload: bytes(1) });
    expect(await outcomeOf(request)).toEqual({ kind: 'replied', payload: [1] });
  });

  test('is noticed where the peer was up before the requester was', async () => {
    const { requester, network, heard, say } = createBench();
    const first = requester.request(remoteId, 'get', payload, { timeoutMs: 100 });
    const second = requester.request(remoteId, 'get', payload, { timeoutMs: 100 });
    const [asked] = heard();
    say({ kind: 'reply', correlation: asked!.correlation, payload: bytes(1) });
    expect(await outcomeOf(first)).toEqual({ kind: 'replied', payload: [1] });
    const third = requester.request(remoteId, 'get', payload, { timeoutMs: 100 });
    network.announce(up(2));
    expect(await outcomeOf(third)).toEqual(restarted);
    requester.close();
    expect(await outcomeOf(second)).toMatchObject({ code: 'TRANSPORT_CLOSED' });
  });
});

describe('limits', () => {
  const overloaded = { code: 'REQUEST_REFUSED', definite: true, reason: 'overloaded' };

  test('refuse more requests in flight than allowed, to one peer and to all', async () => {
    const limits = { inFlightPerPeerMax: 2, inFlightMax: 3 };
    const { requester, heard, say } = createBench({ limits });
    const ask = (name: string) =>
      requester.request(nodeId(name), 'get', payload, { timeoutMs: 100 });
    const first = ask('remote');
    const waiting = [ask('remote'), ask('b')].map(outcomeOf);
    await expect(ask('remote')).rejects.toMatchObject(overloaded);
    await expect(ask('c')).rejects.toMatchObject(overloaded);
    const [asked] = heard();
    say({ kind: 'reply', correlation: asked!.correlation, payload });
    await first;
    waiting.push(outcomeOf(ask('c')));
    await expect(ask('b')).rejects.toMatchObject(overloaded);
    requester.close();
    for (const outcome of await Promise.all(waiting)) {
      expect(outcome).toEqual({ kind: 'failed', code: 'TRANSPORT_CLOSED', definite: false });
    }
  });

  test('leave room for 100 000 requests in flight, on one timer', async () => {
    const count = 100_000;
    const limits = { inFlightMax: count, inFlightPerPeerMax: count };
    const { requester, clock, heard, say } = createBench({ limits });
    const { signal } = new AbortController();
    const outcomes = Array.from({ length: count }, () =>
      outcomeOf(requester.request(remoteId, 'get', payload, { timeoutMs: 1_000, signal })),
    );
    expect(clock.setCount).toBe(1);
    const [oldest, ...others] = heard();
    for (const { correlation } of others.toReversed()) {
      say({ kind: 'reply', correlation, payload });
    }
    clock.advance(1_000);
    const results = await Promise.all(outcomes);
    expect(results.filter(({ kind }) => kind === 'replied').length).toBe(count - 1);
    expect(results[0]).toMatchObject({ code: 'REQUEST_DEADLINE_EXCEEDED' });
    expect(oldest!.correlation).toBeLessThan(others[0]!.correlation);
    expect(clock.pendingCount).toBe(0);
  });
});

describe('close', () => {
  test('fails what waits, indefinitely, and refuses what comes, definitely', async () => {
    const { requester, clock, network, transport } = createBench();
    const controller = new AbortController();
    const { signal } = controller;
    const waiting = requester.request(remoteId, 'get', payload, { timeoutMs: 100, signal });
    requester.close();
    requester.close();
    const late = requester.request(remoteId, 'get', payload, { timeoutMs: 100 });
    const code = 'TRANSPORT_CLOSED';
    expect(await outcomeOf(waiting)).toEqual({ kind: 'failed', code, definite: false });
    expect(await outcomeOf(late)).toEqual({ kind: 'failed', code, definite: true });
    network.take();
    controller.abort();
    expect(network.underway).toEqual([]);
    expect(clock.pendingCount).toBe(0);
    expect(transport.isClosed).toBe(false);
  });
});
