import { describe, expect, test } from 'vitest';

import { judge } from '../../src/sessions/call-outcome.ts';
import type { SessionAttempt, SessionRefusal } from '../../src/sessions/messages.ts';

function refused(reason: SessionRefusal): SessionAttempt {
  return { kind: 'answered', answer: { kind: 'refused', reason } };
}

function notTaken(reason: 'notLeader' | 'unavailable' | 'tooLarge'): SessionAttempt {
  return { kind: 'rejected', reason, leaderId: undefined };
}

describe('an attempt', () => {
  test('that was applied settles the call, whatever was in doubt', () => {
    const response = Uint8Array.of(1);
    const answer = { kind: 'applied', logIndex: 7, response } as const;
    for (const isInDoubt of [true, false]) {
      expect(judge({ kind: 'answered', answer }, isInDoubt)).toEqual({
        kind: 'settled',
        outcome: { kind: 'committed', logIndex: 7, result: response },
      });
    }
  });

  test('without a reply leaves the call in doubt', () => {
    expect(judge({ kind: 'unknown' }, false)).toEqual({ kind: 'again', isInDoubt: true });
  });

  test.each(['notLeader', 'unavailable'] as const)('rejected as %s adds no doubt', (reason) => {
    expect(judge(notTaken(reason), false)).toEqual({ kind: 'again', isInDoubt: false });
    expect(judge(notTaken(reason), true)).toEqual({ kind: 'again', isInDoubt: true });
  });

  test('refused for a full backlog is made again', () => {
    expect(judge(refused('backlog'), false)).toEqual({ kind: 'again', isInDoubt: false });
  });

  test.each([
    [refused('expired'), 'sessionExpired'],
    [refused('malformed'), 'malformed'],
    [notTaken('tooLarge'), 'tooLarge'],
  ] as const)('that cannot succeed settles a call without doubt: %#', (attempt, reason) => {
    const outcome = { kind: 'rejected', reason, definite: true };
    expect(judge(attempt, false)).toEqual({ kind: 'settled', outcome });
  });

  test('is never taken for a fact about earlier ones', () => {
    // The session that would know is gone.
    const outcome = { kind: 'unknown', reason: 'sessionExpired', definite: false };
    expect(judge(refused('expired'), true)).toEqual({ kind: 'settled', outcome });
    expect(judge(refused('malformed'), true)).toEqual({ kind: 'again', isInDoubt: true });
    expect(judge(notTaken('tooLarge'), true)).toEqual({ kind: 'again', isInDoubt: true });
  });

  test('of a call that its session takes for answered is nobody’s to know', () => {
    const outcome = { kind: 'unknown', reason: 'forgotten', definite: false };
    expect(judge(refused('forgotten'), false)).toEqual({ kind: 'settled', outcome });
  });

  test('with the answer to another question leaves the call in doubt', () => {
    const attempt: SessionAttempt = { kind: 'answered', answer: { kind: 'done' } };
    expect(judge(attempt, false)).toEqual({ kind: 'again', isInDoubt: true });
  });
});
