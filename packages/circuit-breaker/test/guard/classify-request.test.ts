import {
  nodeId,
  PeerRestartedError,
  RequestCancelledError,
  RequestDeadlineError,
  RequestFailedError,
  type RequestRefusal,
  RequestRefusedError,
  TransportClosedError,
} from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { CircuitOpenError } from '../../src/errors.ts';
import { classifyRequest } from '../../src/guard/classify-request.ts';

const peer = nodeId('n2');
const cancelled = (cause: unknown): RequestCancelledError =>
  new RequestCancelledError('read', { definite: false, cause });

describe('what the end of a request says about the peer', () => {
  test('a reply is a success', () => {
    expect(classifyRequest({ kind: 'returned', value: new Uint8Array() })).toBe('success');
  });

  const refusals: Readonly<Record<RequestRefusal, string>> = {
    unreachable: 'failure',
    overloaded: 'ignored',
    expired: 'failure',
    noSuchMethod: 'ignored',
    declined: 'success',
  };
  test.each(Object.entries(refusals))('a refusal as %s is a %s', (reason, verdict) => {
    const error = Object.assign(new RequestRefusedError('declined', 'no'), { reason });
    expect(classifyRequest({ kind: 'threw', error })).toBe(verdict);
  });

  test.each([
    ['a deadline', new RequestDeadlineError(peer, 'read', 100), 'failure'],
    ['a handler that failed', new RequestFailedError(peer, 'bug'), 'failure'],
    ['a restart', new PeerRestartedError(peer, 'read'), 'failure'],
    ['a caller who gave up', cancelled(new Error('bored')), 'ignored'],
    ['a caller who gave no reason', cancelled(undefined), 'ignored'],
    ['a timeout that gave up', cancelled(new DOMException('late', 'TimeoutError')), 'failure'],
    ['a timeout of ours', cancelled({ code: 'CALL_TIMED_OUT' }), 'failure'],
    ['this side closed', new TransportClosedError(peer, { definite: false }), 'ignored'],
    ['wrong arguments', new RangeError('timeoutMs: expected more'), 'ignored'],
    ['arguments of a wrong kind', new TypeError('payload: expected bytes'), 'ignored'],
  ])('%s', (_name, error, verdict) => {
    expect(classifyRequest({ kind: 'threw', error })).toBe(verdict);
  });

  test.each([
    ['an error of somebody else', new Error('what?')],
    ['a breaker further inside', new CircuitOpenError('inner', 'open', 5)],
    ['no error at all', undefined],
    ['null', null],
    ['a string', 'down'],
  ])('%s is left to the default', (_name, error) => {
    expect(classifyRequest({ kind: 'threw', error })).toBeUndefined();
  });

  test.each([['toString'], ['__proto__'], [7], [undefined]])(
    'a refusal for a reason that nobody knows, %s, says nothing',
    (reason) => {
      const error = { code: 'REQUEST_REFUSED', reason };
      expect(classifyRequest({ kind: 'threw', error })).toBe('ignored');
    },
  );

  test('an error of another copy of the transport counts alike', () => {
    const error = Object.assign(new Error('late'), { code: 'REQUEST_DEADLINE_EXCEEDED' });
    expect(classifyRequest({ kind: 'threw', error })).toBe('failure');
  });
});
