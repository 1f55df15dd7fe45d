import {
  nodeId,
  RequestDeadlineError,
  RequestRefusedError,
  type Requester,
} from '@quorate/transport';
import { expect, test } from 'vitest';

import { sessionAttemptCodec, sessionRequestCodec } from '../../../src/sessions/codec.ts';
import type { SessionAttempt } from '../../../src/sessions/messages.ts';
import { requesterPort } from '../../../src/sessions/node/session-port.ts';

const a = nodeId('a');
const request = { kind: 'close', sessionId: 1 } as const;

function attemptOver(handle: Requester['request']): Promise<SessionAttempt> {
  const requester: Requester = { request: handle, serve: () => () => undefined };
  return requesterPort(requester).attempt(a, request, { timeoutMs: 5 });
}

test('asks by name, and says what the node said', async () => {
  const said: SessionAttempt = { kind: 'rejected', reason: 'notLeader', leaderId: a };
  const attempt = await attemptOver((to, method, payload, { timeoutMs }) => {
    expect([to, method, timeoutMs]).toEqual([a, 'raft/session', 5]);
    expect(sessionRequestCodec.decode(payload)).toEqual(request);
    return Promise.resolve(sessionAttemptCodec.encode(said));
  });
  expect(attempt).toEqual(said);
});

test('tells what certainly did not happen from what may have', async () => {
  const refused = new RequestRefusedError('overloaded', 'busy');
  expect(await attemptOver(() => Promise.reject(refused))).toEqual({
    kind: 'rejected',
    reason: 'unavailable',
    leaderId: undefined,
  });
  const silent = new RequestDeadlineError(a, 'raft/session', 5);
  expect(await attemptOver(() => Promise.reject(silent))).toEqual({ kind: 'unknown' });
  const garbage = Uint8Array.of(9, 9);
  expect(await attemptOver(() => Promise.resolve(garbage))).toEqual({ kind: 'unknown' });
});

test('does not offer what fits no message', async () => {
  const tooLarge = new RangeError('payload: expected at most 10 bytes, got 20');
  expect(await attemptOver(() => Promise.reject(tooLarge))).toMatchObject({ reason: 'tooLarge' });
});

test('passes the mistakes of others on', async () => {
  await expect(attemptOver(() => Promise.reject(new Error('bug')))).rejects.toThrow('bug');
});
