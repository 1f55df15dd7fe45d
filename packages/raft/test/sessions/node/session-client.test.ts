import { nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import type { SessionAttempt } from '../../../src/sessions/messages.ts';
import type { SessionEvent } from '../../../src/sessions/node/session-client.ts';
import { SessionScript } from '../../support/session-script.ts';

const command = Uint8Array.of(1, 2);
const unknown: SessionAttempt = { kind: 'unknown' };
const notTaken: SessionAttempt = { kind: 'rejected', reason: 'unavailable', leaderId: undefined };
const expired = { kind: 'refused', reason: 'expired' } as const;

describe('a call', () => {
  test('opens a session, takes a number in it and gets what was applied', async () => {
    const script = new SessionScript();
    const outcome = script.client.call(command);
    await script.opened(5);
    const { request } = await script.applied(9, 'done');
    expect(request).toEqual({
      kind: 'call',
      sessionId: 5,
      sequence: 1,
      acknowledgedThrough: 0,
      payload: command,
    });
    const result = new TextEncoder().encode('done');
    expect(await outcome).toEqual({ kind: 'committed', logIndex: 9, result });
    expect(script.client.sessionId).toBe(5);
  });

  test('is copied, so that its maker may go on', async () => {
    const script = new SessionScript();
    const mine = Uint8Array.of(1);
    void script.client.call(mine);
    mine[0] = 2;
    await script.opened();
    expect(script.asked[0]?.request).toMatchObject({ payload: Uint8Array.of(1) });
  });

  test('keeps its number in every attempt', async () => {
    const script = new SessionScript();
    const outcome = script.client.call(command);
    await script.opened();
    const first = await script.reply(unknown);
    await script.pass(20);
    const second = await script.reply(notTaken);
    await script.pass(40);
    const third = await script.applied();
    expect([second.request, third.request]).toEqual([first.request, first.request]);
    expect([first.to, second.to, third.to]).toEqual(['a', 'b', 'c'].map((name) => nodeId(name)));
    expect(await outcome).toMatchObject({ kind: 'committed' });
  });

  test('goes to the leader that a node names, without a pause', async () => {
    const script = new SessionScript();
    void script.client.call(command);
    await script.reply({ kind: 'rejected', reason: 'notLeader', leaderId: nodeId('c') });
    await script.pass(0);
    expect(script.asked[0]?.to).toBe('c');
  });

  test('does not storm nodes that name each other', async () => {
    const script = new SessionScript();
    void script.client.call(command);
    let attemptCount = 0;
    for (let turn = 0; turn < 100; turn += 1) {
      await script.pass(0);
      const asked = script.asked[0];
      if (asked === undefined) break;
      attemptCount += 1;
      const leaderId = nodeId(asked.to === 'a' ? 'b' : 'a');
      await script.reply({ kind: 'rejected', reason: 'notLeader', leaderId });
    }
    expect(attemptCount).toBe(3);
  });

  test('waits longer for the next node when one did not answer', async () => {
    const script = new SessionScript({ attemptTimeoutMs: 100 });
    void script.client.call(command, { timeoutMs: 350 });
    await script.opened();
    expect((await script.reply(unknown)).timeoutMs).toBe(100);
    await script.pass(20);
    expect((await script.reply(notTaken)).timeoutMs).toBe(200);
    await script.pass(40);
    // Nor does any attempt wait beyond the call.
    expect((await script.reply(unknown)).timeoutMs).toBe(200);
    await script.pass(80);
    expect(script.asked[0]?.timeoutMs).toBeLessThan(350);
  });

  test('is unknown once its deadline passes with an attempt in doubt', async () => {
    const script = new SessionScript();
    const outcome = script.client.call(command, { timeoutMs: 500 });
    await script.opened();
    await script.reply(unknown);
    await script.pass(500);
    expect(await outcome).toEqual({ kind: 'unknown', reason: 'timeout', definite: false });
  });

  test('is rejected once its deadline passes and nobody has taken it', async () => {
    const script = new SessionScript({ retryMsMin: 2_000, retryMsMax: 2_000 });
    const outcome = script.client.call(command, { timeoutMs: 500 });
    await script.opened();
    await script.reply(notTaken);
    await script.pass(500);
    expect(await outcome).toEqual({ kind: 'rejected', reason: 'unavailable', definite: true });
  });

  test('without a session is rejected once its deadline passes', async () => {
    const script = new SessionScript();
    const outcome = script.client.call(command, { timeoutMs: 500 });
    await script.pass(500);
    expect(await outcome).toEqual({ kind: 'rejected', reason: 'unavailable', definite: true });
  });

  test('never waits longer for one node than for all of it', async () => {
    const script = new SessionScript({ attemptTimeoutMs: 1_000 });
    void script.client.call(command, { timeoutMs: 300 });
    await script.opened();
    expect(script.asked[0]?.timeoutMs).toBe(300);
  });

  test('can be aborted before it left, and later, which leaves a doubt', async () => {
    const script = new SessionScript();
    expect(await script.client.call(command, { signal: AbortSignal.abort() })).toEqual({
      kind: 'rejected',
      reason: 'aborted',
      definite: true,
    });
    const [early, late] = [new AbortController(), new AbortController()];
    const queued = script.client.call(command, { signal: early.signal });
    early.abort();
    expect(await queued).toMatchObject({ kind: 'rejected', reason: 'aborted' });
    const left = script.client.call(command, { signal: late.signal });
    await script.opened();
    late.abort();
    expect(await left).toMatchObject({ kind: 'unknown', reason: 'aborted' });
  });

  test('takes bytes only', () => {
    const { client } = new SessionScript();
    // @ts-expect-error a caller without types
    expect(() => client.call('text')).toThrow('command: expected a Uint8Array, got string');
    expect(() => client.call(command, { timeoutMs: 0 })).toThrow(RangeError);
  });
});

describe('several calls', () => {
  test('are under way together, and acknowledged once all before are settled', async () => {
    const script = new SessionScript();
    const outcomes = [1, 2, 3].map((byte) => script.client.call(Uint8Array.of(byte)));
    await script.opened();
    expect(script.asked.map(({ request }) => request)).toMatchObject([
      { sequence: 1, acknowledgedThrough: 0 },
      { sequence: 2, acknowledgedThrough: 0 },
      { sequence: 3, acknowledgedThrough: 0 },
    ]);
    await script.reply(unknown);
    await script.applied(8);
    await script.applied(9);
    void script.client.call(command);
    await script.pass(20);
    // The first still waits, so the session must keep what it may have answered it.
    expect(script.asked.map(({ request }) => request)).toMatchObject([
      { sequence: 4, acknowledgedThrough: 0 },
      { sequence: 1, acknowledgedThrough: 0 },
    ]);
    script.asked.shift();
    await script.applied(7);
    expect(await Promise.all(outcomes)).toMatchObject([
      { logIndex: 7 },
      { logIndex: 8 },
      { logIndex: 9 },
    ]);
    void script.client.call(command);
    await script.pass();
    expect(script.asked[0]?.request).toMatchObject({ sequence: 5, acknowledgedThrough: 3 });
  });

  test('wait for room in the window, no wider than the backlog of the session', async () => {
    const script = new SessionScript({ windowMax: 100 });
    for (let count = 0; count < 5; count += 1) void script.client.call(command);
    await script.opened(5, { backlogMax: 2 });
    expect(script.asked.length).toBe(2);
    await script.applied();
    expect(script.asked.length).toBe(2);
  });

  test('beyond the queue are rejected', async () => {
    const { client } = new SessionScript({ queueMax: 2 });
    void client.call(command);
    void client.call(command);
    expect(await client.call(command)).toMatchObject({ kind: 'rejected', reason: 'overloaded' });
  });
});

describe('a session', () => {
  test('is opened under one name, however often', async () => {
    const script = new SessionScript();
    void script.client.call(command);
    void script.client.call(command);
    const first = await script.reply(unknown);
    await script.pass(20);
    expect(script.asked.map(({ request }) => request)).toEqual([first.request]);
  });

  test('that has expired rejects what it did not apply, and leaves the rest in doubt', async () => {
    const script = new SessionScript();
    const events: SessionEvent[] = [];
    script.client.observe((event) => events.push(event));
    const [doubted, certain] = [script.client.call(command), script.client.call(command)];
    await script.opened(5);
    await script.reply(unknown);
    await script.answer(expired);
    expect(await certain).toEqual({ kind: 'rejected', reason: 'sessionExpired', definite: true });
    expect(script.client.sessionId).toBeUndefined();
    await script.pass(20);
    await script.answer(expired);
    expect(await doubted).toEqual({ kind: 'unknown', reason: 'sessionExpired', definite: false });
    expect(events).toEqual([
      { kind: 'opened', sessionId: 5 },
      { kind: 'expired', sessionId: 5 },
    ]);
  });

  test('that has expired is followed by another, under another name', async () => {
    const script = new SessionScript();
    void script.client.call(command);
    const first = script.asked[0]?.request;
    await script.opened(5);
    await script.answer(expired);
    void script.client.call(command);
    await script.pass();
    expect(script.asked[0]?.request.kind).toBe('open');
    expect(script.asked[0]?.request).not.toEqual(first);
    await script.opened(6);
    expect(script.asked[0]?.request).toMatchObject({ sessionId: 6, sequence: 1 });
  });

  test('is kept alive after a third of its lifetime, and again if nobody heard', async () => {
    const script = new SessionScript({ retryMsMax: 400 });
    void script.client.call(command);
    await script.opened(5, { ttlMs: 9_000 });
    await script.pass(2_000);
    void script.client.call(command);
    await script.applied();
    await script.applied();
    await script.pass(2_999);
    expect(script.asked).toEqual([]);
    await script.pass(1);
    const keepAlive = { kind: 'keepAlive', sessionId: 5, acknowledgedThrough: 2 };
    expect((await script.reply(unknown)).request).toEqual(keepAlive);
    await script.pass(400);
    expect((await script.answer({ kind: 'done' })).request).toEqual(keepAlive);
    await script.pass(2_999);
    expect(script.asked).toEqual([]);
    await script.pass(1);
    await script.answer(expired);
    expect(script.client.sessionId).toBeUndefined();
    expect(script.clock.timerCount).toBe(0);
  });

  test('ends with its client: calls are settled, the cluster is told once', async () => {
    const script = new SessionScript();
    void script.client.call(command);
    await script.opened(5);
    await script.applied();
    const [left, doubted] = [script.client.call(command), script.client.call(command)];
    await script.pass();
    await script.reply(notTaken);
    const closing = script.client.close();
    expect(await left).toEqual({ kind: 'rejected', reason: 'closed', definite: true });
    expect(await doubted).toEqual({ kind: 'unknown', reason: 'closed', definite: false });
    await script.reply(unknown);
    expect((await script.reply(unknown)).request).toEqual({ kind: 'close', sessionId: 5 });
    await closing;
    await script.client.close();
    expect(await script.client.call(command)).toMatchObject({ reason: 'closed' });
    await script.pass(1_000_000);
    expect(script.asked).toEqual([]);
    expect(script.clock.timerCount).toBe(0);
  });

  test('that opens when its client is gone is closed', async () => {
    const script = new SessionScript();
    void script.client.call(command);
    await script.pass();
    await script.client.close();
    await script.opened(5);
    expect(script.asked[0]?.request).toEqual({ kind: 'close', sessionId: 5 });
  });
});

test.each(['attemptTimeoutMs', 'retryMsMin', 'retryMsMax', 'windowMax', 'queueMax'])(
  'refuses a %s that is not above 0',
  (name) => {
    for (const value of [0, -1, NaN, Infinity]) {
      expect(() => new SessionScript({ [name]: value })).toThrow(RangeError);
    }
  },
);
