import { describe, expect, test } from 'vitest';

import { RequestRefusedError } from '../src/errors.ts';
import type { RequestCall, RequestMessage } from '../src/request-codec.ts';
import type { RequestContext } from '../src/requester.ts';
import { createBench, localId, peerChannel, remoteId } from './support/requests.ts';

const call = (correlation: number, values: number[] = [], remainingMs = 100): RequestCall => ({
  ...{ kind: 'request', correlation, remainingMs, method: 'echo' },
  payload: Uint8Array.from(values),
});
const reply = (correlation: number, ...values: number[]): RequestMessage => ({
  ...{ kind: 'reply', correlation, payload: Uint8Array.from(values) },
});

/** A handler whose calls end when the test says so. */
function createSlowHandler() {
  const calls: {
    readonly payload: Uint8Array;
    readonly context: RequestContext;
    readonly resolve: (payload: Uint8Array) => void;
    readonly reject: (error: Error) => void;
  }[] = [];
  const handler = (payload: Uint8Array, context: RequestContext): Promise<Uint8Array> =>
    new Promise((resolve, reject) => calls.push({ payload, context, resolve, reject }));
  return { calls, handler };
}

/** Lets promises that are settled run their reactions. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
};

describe('a served method', () => {
  test('answers at once where the handler does', () => {
    const { requester, say, heard } = createBench();
    requester.serve('echo', (payload) => payload.map((byte) => byte * 2));
    say(call(1, [1, 2]));
    expect(heard()).toEqual([reply(1, 2, 4)]);
  });

  test('knows who asks and until when, and keeps its payload', async () => {
    const { requester, clock, say, heard } = createBench();
    const { calls, handler } = createSlowHandler();
    requester.serve('echo', handler);
    say(call(1, [1, 2], 250));
    const { payload, context, resolve } = calls[0]!;
    expect(context.from).toBe(remoteId);
    expect(context.deadlineMs).toBe(clock.nowMs() + 250);
    expect(context.signal.aborted).toBe(false);
    expect([...payload]).toEqual([1, 2]);
    resolve(payload);
    await settled();
    expect(heard()).toEqual([reply(1, 1, 2)]);
    expect(clock.pendingCount).toBeLessThanOrEqual(1);
  });

  test.each<[what: string, thrown: unknown, answer: Partial<RequestMessage>]>([
    ['an error', new Error('boom'), { kind: 'failure', message: 'boom' }],
    ['no error', 'text', { kind: 'failure', message: 'the handler threw no Error' }],
    ['a long text', new Error('x'.repeat(999)), { kind: 'failure', message: 'x'.repeat(256) }],
    [
      'a refusal, whatever its reason',
      new RequestRefusedError('unreachable', 'not me'),
      { kind: 'refusal', reason: 'declined', message: 'not me' },
    ],
  ])('that throws %s says so, now or later', async (_what, thrown, answer) => {
    const errors: unknown[] = [];
    const { requester, say, heard } = createBench({ onError: (error) => errors.push(error) });
    requester.serve('echo', () => {
      throw thrown;
    });
    say(call(1));
    requester.serve('later', async () => {
      throw thrown;
    });
    say({ ...call(2), method: 'later' });
    await settled();
    expect(heard()).toMatchObject([
      { correlation: 1, ...answer },
      { correlation: 2, ...answer },
    ]);
    expect(errors).toEqual(answer.kind === 'failure' ? [thrown, thrown] : []);
  });

  test('whose reply is too large or no bytes fails', async () => {
    const { requester, say, heard } = createBench();
    const largest = 1_200 - 10;
    requester.serve('echo', (payload) => new Uint8Array(largest + payload.length));
    // @ts-expect-error: a handler written in JavaScript may do this.
    requester.serve('nothing', async () => undefined);
    say(call(1));
    say(call(2, [1]));
    say({ ...call(3), method: 'nothing' });
    await settled();
    expect(heard()).toMatchObject([
      { kind: 'reply', correlation: 1 },
      { kind: 'failure', correlation: 2, message: 'reply: expected at most 1190 bytes, got 1191' },
      { kind: 'failure', correlation: 3 },
    ]);
  });

  test('has one handler, until it is unsubscribed', () => {
    const { requester, say, heard } = createBench();
    const handler = (payload: Uint8Array): Uint8Array => payload;
    const unsubscribe = requester.serve('echo', handler);
    expect(() => requester.serve('echo', handler)).toThrow('expected one without a handler');
    unsubscribe();
    requester.serve('echo', handler);
    unsubscribe();
    say(call(1));
    expect(heard()).toEqual([reply(1)]);
    expect(() => requester.serve('', handler)).toThrow(RangeError);
  });

  test('that nobody serves is refused, definitely', () => {
    const { requester, say, heard } = createBench();
    say({ ...call(1), method: '__proto__' });
    expect(heard()).toMatchObject([{ kind: 'refusal', reason: 'noSuchMethod' }]);
    expect(requester.counters.refusedRequestCount).toBe(1);
  });
});

describe('a request delivered twice', () => {
  test('runs once, and is answered twice with the same', () => {
    const { requester, say, heard } = createBench();
    let runCount = 0;
    const reused = new Uint8Array(1);
    requester.serve('echo', () => {
      runCount += 1;
      reused[0] = runCount;
      return reused;
    });
    say(call(1));
    say(call(2));
    say(call(1));
    expect(runCount).toBe(2);
    expect(heard()).toEqual([reply(1, 1), reply(2, 2), reply(1, 1)]);
    expect(requester.counters.duplicateRequestCount).toBe(1);
  });

  test('while it runs is answered once', async () => {
    const { requester, say, heard } = createBench();
    const { calls, handler } = createSlowHandler();
    requester.serve('echo', handler);
    say(call(1));
    say(call(1));
    expect(calls.length).toBe(1);
    calls[0]!.resolve(Uint8Array.of(9));
    await settled();
    expect(heard()).toEqual([reply(1, 9)]);
  });

  // Why this test? Told "certainly not", the caller may have asked someone else meanwhile.
  test('stays refused, even if it could run by now', () => {
    const { requester, say, heard } = createBench();
    say(call(1));
    requester.serve('echo', (payload) => payload);
    say(call(1));
    expect(heard()).toMatchObject([{ kind: 'refusal' }, { kind: 'refusal' }]);
  });

  test('does not run again when its answer is forgotten, for its number or its size', () => {
    const limits = { rememberedPerPeerMax: 2, rememberedBytesPerPeerMax: 100 };
    const { requester, say, heard } = createBench({ limits });
    let runCount = 0;
    requester.serve('echo', (payload) => {
      runCount += 1;
      return new Uint8Array(payload[0] ?? 0);
    });
    for (const correlation of [1, 2, 3]) say(call(correlation));
    heard();
    say(call(1));
    expect(heard()).toEqual([]);
    say(call(3));
    expect(heard()).toEqual([reply(3)]);
    say(call(4, [101]));
    heard();
    for (const correlation of [2, 3, 4]) say(call(correlation));
    expect(heard()).toEqual([]);
    say(call(5, [100]));
    say(call(5, [100]));
    expect(heard().length).toBe(2);
    expect(runCount).toBe(5);
  });

  test('over a carrier that never duplicates is not answered, as its answer is not kept', () => {
    const { requester, say, heard } = createBench({ carrier: { mayDuplicate: false } });
    requester.serve('echo', (payload) => payload);
    say(call(1));
    say(call(1));
    expect(heard()).toEqual([reply(1)]);
  });

  test('in any order, among thousands, runs once', () => {
    const { requester, say } = createBench();
    const ran: number[] = [];
    requester.serve('echo', (payload) => {
      ran.push(payload[0]! * 256 + payload[1]!);
      return payload;
    });
    const numbers = Array.from({ length: 3_000 }, (_, index) => index);
    // 7 and 3 000 have no common factor, so each number comes once per round, out of order.
    const shuffled = numbers.map((index) => (index * 7) % 3_000);
    for (const number of [...shuffled, ...numbers]) {
      say(call(1_000_000 + number, [number >> 8, number & 255]));
    }
    expect(ran).toEqual(shuffled);
  });
});

describe('a request nobody waits for', () => {
  test('is told so when its deadline passes, and not answered', async () => {
    const { requester, clock, say, heard } = createBench();
    const { calls, handler } = createSlowHandler();
    requester.serve('echo', handler);
    say(call(1, [], 100));
    const { signal } = calls[0]!.context;
    clock.advance(99);
    expect(signal.aborted).toBe(false);
    clock.advance(1);
    expect(signal.reason).toMatchObject({ code: 'REQUEST_DEADLINE_EXCEEDED' });
    calls[0]!.resolve(Uint8Array.of(1));
    await settled();
    expect(heard()).toEqual([]);
    expect(requester.counters.unsentAnswerCount).toBe(1);
  });

  test('does not start when its deadline has passed', () => {
    const { requester, say, heard } = createBench();
    requester.serve('echo', (payload) => payload);
    say(call(1, [], 0));
    expect(heard()).toMatchObject([{ kind: 'refusal', reason: 'expired' }]);
  });

  test('is told so when its caller cancels, even if it asks afterwards', async () => {
    const { requester, say, heard } = createBench();
    const { calls, handler } = createSlowHandler();
    requester.serve('echo', handler);
    say(call(1));
    say({ kind: 'cancel', correlation: 1 });
    say({ kind: 'cancel', correlation: 1 });
    expect(calls[0]!.context.signal.reason).toMatchObject({ code: 'REQUEST_CANCELLED' });
    calls[0]!.reject(new Error('stopped'));
    await settled();
    expect(heard()).toEqual([]);
  });

  test('does not start when the cancel has overtaken it', () => {
    const { requester, say, heard } = createBench();
    requester.serve('echo', (payload) => payload);
    say({ kind: 'cancel', correlation: 1 });
    say(call(1));
    expect(heard()).toEqual([]);
  });

  test('ends with the caller that restarted, whose numbers begin anew', async () => {
    const { requester, network, say } = createBench();
    const { calls, handler } = createSlowHandler();
    requester.serve('echo', handler);
    say(call(1));
    const { signal } = calls[0]!.context;
    const restarted = network.join(remoteId, 2);
    peerChannel(restarted).send(localId, call(1));
    network.deliverAll();
    expect(signal.aborted).toBe(true);
    expect(calls.length).toBe(2);
    // What the old process sent, arriving late, is not run.
    say(call(2));
    say({ kind: 'cancel', correlation: 1 });
    expect(calls.length).toBe(2);
    expect(calls[1]!.context.signal.aborted).toBe(false);
  });

  test('ends with the requester', async () => {
    const { requester, clock, say, heard } = createBench();
    const { calls, handler } = createSlowHandler();
    requester.serve('echo', handler);
    say(call(1));
    const { signal } = calls[0]!.context;
    requester.close();
    expect(signal.reason).toMatchObject({ code: 'TRANSPORT_CLOSED' });
    calls[0]!.resolve(Uint8Array.of(1));
    await settled();
    say(call(2));
    expect(heard()).toEqual([]);
    expect(clock.pendingCount).toBe(0);
  });
});

describe('limits', () => {
  test('refuse what would run beside too many others, until one has ended', async () => {
    const { requester, say, heard } = createBench({ limits: { runningPerPeerMax: 1 } });
    const { calls, handler } = createSlowHandler();
    requester.serve('echo', handler);
    say(call(1));
    say(call(2));
    expect(heard()).toMatchObject([{ kind: 'refusal', correlation: 2, reason: 'overloaded' }]);
    calls[0]!.resolve(Uint8Array.of(1));
    await settled();
    say(call(3));
    expect(calls.length).toBe(2);
  });

  test('count all peers together too', () => {
    const { requester, network, say, heard } = createBench({ limits: { runningMax: 1 } });
    const { handler } = createSlowHandler();
    requester.serve('echo', handler);
    say(call(1));
    const other = network.join(remoteId, 2);
    peerChannel(other).send(localId, call(1));
    network.deliver(network.take()[0]!);
    expect(heard()).toMatchObject([{ kind: 'refusal', reason: 'overloaded' }]);
  });

  test('an answer that the transport drops is counted', () => {
    const { requester, network, say } = createBench();
    requester.serve('echo', (payload) => {
      network.outcome = 'dropped';
      return payload;
    });
    say(call(1));
    expect(requester.counters.unsentAnswerCount).toBe(1);
  });
});
