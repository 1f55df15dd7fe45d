import { describe, expect, test } from 'vitest';

import { sessionSnapshotCodec } from '../../src/sessions/codec.ts';
import { SessionMachine } from '../../src/sessions/session-machine.ts';
import { RESPONSE_OVERHEAD_BYTES } from '../../src/sessions/session-table.ts';
import type { StateMachine } from '../../src/state-machine.ts';
import { Ledger } from '../support/ledger.ts';
import { SessionLog } from '../support/session-log.ts';

describe('a call', () => {
  test('is applied once, and every further attempt gets the first answer', () => {
    const log = new SessionLog();
    const session = log.open('c1');
    expect(log.call(session, 1, 'a')).toBe('a');
    expect(log.call(session, 2, 'b')).toBe('a b');
    expect(log.call(session, 1, 'a')).toBe('a');
    expect(log.call(session, 2, 'b')).toBe('a b');
    expect(log.ledger.lines).toEqual(['a', 'b']);
  });

  test('tells where it was first applied, however often it is committed', () => {
    const log = new SessionLog();
    const sessionId = log.open('c1');
    const payload = new Uint8Array(0);
    const call = { kind: 'call', sessionId, sequence: 1, acknowledgedThrough: 0, payload } as const;
    expect(log.commit(call)).toMatchObject({ kind: 'applied', logIndex: 2 });
    expect(log.commit(call)).toMatchObject({ kind: 'applied', logIndex: 2 });
  });

  test('may overtake another of its session', () => {
    const log = new SessionLog();
    const session = log.open('c1');
    expect(log.call(session, 2, 'b')).toBe('b');
    expect(log.call(session, 1, 'a')).toBe('b a');
  });

  test('that its client has had answered is forgotten, not applied', () => {
    const log = new SessionLog();
    const session = log.open('c1');
    log.call(session, 1, 'a');
    log.call(session, 2, 'b', 1);
    expect(log.call(session, 1, 'a')).toBe('forgotten');
    // Never seen, but given up by its client: its fate is sealed as well.
    log.call(session, 4, 'd', 3);
    expect(log.call(session, 3, 'c')).toBe('forgotten');
    expect(log.ledger.lines).toEqual(['a', 'b', 'd']);
  });

  test('of a session that never was, or is closed, is refused', () => {
    const log = new SessionLog();
    expect(log.call(7, 1, 'a')).toBe('expired');
    const session = log.open('c1');
    expect(log.commit({ kind: 'close', sessionId: session })).toEqual({ kind: 'done' });
    expect(log.call(session, 1, 'a')).toBe('expired');
    expect(log.commit({ kind: 'close', sessionId: session })).toEqual({ kind: 'done' });
    expect(log.ledger.lines).toEqual([`-${session}@3`]);
  });

  test('comes with its session and the replicated clock', () => {
    const log = new SessionLog();
    const session = log.open('c1');
    log.stampMs = 500;
    log.call(session, 1, 'a');
    log.stampMs = 100;
    log.call(session, 2, 'b');
    const origin = { sessionId: session, clockMs: 500 };
    expect(log.ledger.origins).toEqual([origin, origin]);
  });

  test('that is no command of this version is refused, and changes nothing', () => {
    const log = new SessionLog();
    const before = log.machine.snapshot();
    expect(log.machine.apply(Uint8Array.of(9, 9), 1)).toEqual(Uint8Array.of(1, 4, 3));
    expect(log.machine.snapshot()).toEqual(before);
  });

  test('leaves a response that the machine inside may go on using', () => {
    const shared = Uint8Array.of(1);
    const inner: StateMachine = {
      apply: () => shared,
      snapshot: () => new Uint8Array(0),
      restore: () => undefined,
    };
    const log = new SessionLog();
    const machine = new SessionMachine(inner);
    Object.assign(log, { machine });
    const session = log.open('c1');
    log.call(session, 1, 'a');
    shared[0] = 2;
    expect(log.call(session, 1, 'a')).toBe('\u0001');
  });
});

describe('a session', () => {
  test('is opened once, however often its opening is committed', () => {
    const log = new SessionLog();
    const session = log.open('c1');
    expect(log.open('c1')).toBe(session);
    expect(log.open('c2')).not.toBe(session);
    expect(log.machine.sessionCount).toBe(2);
  });

  test('once ended is never found again: a late opening makes another', () => {
    const log = new SessionLog();
    const session = log.open('c1');
    log.call(session, 1, 'a');
    log.commit({ kind: 'close', sessionId: session });
    expect(log.open('c1')).not.toBe(session);
    expect(log.call(session, 1, 'a')).toBe('expired');
  });

  test('ends when its lifetime has passed without a word, and not before', () => {
    const log = new SessionLog({ ttlMs: 100 });
    const silent = log.open('silent');
    const busy = log.open('busy');
    log.stampMs = 99;
    expect(log.commit({ kind: 'keepAlive', sessionId: busy, acknowledgedThrough: 0 })).toEqual({
      kind: 'done',
    });
    expect(log.machine.has(silent)).toBe(true);
    log.stampMs = 100;
    expect(log.call(busy, 1, 'a')).toBe(`-${silent}@4 a`);
    expect(log.call(silent, 1, 'b')).toBe('expired');
    log.stampMs = 199;
    expect(log.call(busy, 2, 'c')).toContain('c');
    log.stampMs = 299;
    const late = { kind: 'keepAlive', sessionId: busy, acknowledgedThrough: 0 } as const;
    expect(log.commit(late)).toEqual({ kind: 'refused', reason: 'expired' });
  });

  test('does not end because a later command carries an earlier stamp', () => {
    const log = new SessionLog({ ttlMs: 100 });
    log.stampMs = 1_000;
    const session = log.open('c1');
    log.stampMs = 5;
    expect(log.call(session, 1, 'a')).toBe('a');
    expect(log.machine.clockMs).toBe(1_000);
  });

  test('makes room for another: that of the client silent longest ends', () => {
    const log = new SessionLog({ sessionCountMax: 2 });
    const first = log.open('c1');
    const second = log.open('c2');
    log.call(first, 1, 'a');
    const third = log.open('c3');
    expect([first, second, third].map((session) => log.machine.has(session))).toEqual([
      true,
      false,
      true,
    ]);
    expect(log.ledger.lines).toEqual(['a', `-${second}@4`]);
  });

  test('with a full backlog takes no call until the client acknowledges', () => {
    const log = new SessionLog({ backlogMax: 2 });
    const session = log.open('c1');
    log.call(session, 1, 'a');
    log.call(session, 2, 'b');
    expect(log.call(session, 3, 'c')).toBe('backlog');
    // What is stored is still answered.
    expect(log.call(session, 2, 'b')).toBe('a b');
    expect(log.call(session, 3, 'c', 1)).toBe('a b c');
    expect(log.ledger.lines).toEqual(['a', 'b', 'c']);
  });

  test('with a backlog too large in bytes takes no call either', () => {
    const log = new SessionLog({ backlogBytesMax: RESPONSE_OVERHEAD_BYTES + 1 });
    const session = log.open('c1');
    expect(log.call(session, 1, 'a')).toBe('a');
    expect(log.call(session, 2, 'b')).toBe('backlog');
    log.commit({ kind: 'keepAlive', sessionId: session, acknowledgedThrough: 1 });
    expect(log.machine.storedBytes).toBe(0);
    expect(log.call(session, 2, 'b', 1)).toBe('a b');
  });

  test('ends when all responses together take too much, the one silent longest first', () => {
    const log = new SessionLog({ storedBytesMax: 2 * RESPONSE_OVERHEAD_BYTES + 8 });
    const first = log.open('c1');
    const second = log.open('c2');
    log.call(first, 1, 'a');
    log.call(second, 1, 'b');
    expect(log.machine.storedBytes).toBe(2 * RESPONSE_OVERHEAD_BYTES + 4);
    expect(log.call(second, 2, 'c')).toBe('a b c');
    expect(log.machine.has(first)).toBe(false);
    // A response that alone is too large is given once, and ends its own session.
    expect(log.call(second, 3, 'x'.repeat(3 * RESPONSE_OVERHEAD_BYTES), 2)).toContain('xxx');
    expect(log.machine.has(second)).toBe(false);
    expect(log.machine.storedBytes).toBe(0);
  });
});

describe('a digest', () => {
  test('covers the sessions and what the machine inside holds', () => {
    const inner = (digest: number) => {
      const machine: StateMachine = {
        apply: (command) => command,
        snapshot: () => new Uint8Array(0),
        restore: () => undefined,
        digest: () => Uint8Array.of(digest),
      };
      return new SessionMachine(machine).digest().join();
    };
    const log = new SessionLog();
    const before = log.machine.digest().join();
    log.open('c1');
    const after = log.machine.digest().join();
    expect(new Set([inner(1), inner(2), before, after]).size).toBe(4);
    expect(inner(1)).toBe(inner(1));
  });
});

describe('a snapshot', () => {
  test('carries sessions and answers, so a restored replica applies nothing twice', () => {
    const log = new SessionLog({ ttlMs: 1_000 });
    const session = log.open('c1');
    log.stampMs = 400;
    log.call(session, 1, 'a');
    log.call(session, 3, 'c');
    const restored = new SessionLog({ ttlMs: 1_000 });
    restored.machine.restore(log.machine.snapshot());
    expect(restored.machine.snapshot()).toEqual(log.machine.snapshot());
    expect(restored.machine.clockMs).toBe(400);
    expect(restored.machine.storedBytes).toBe(log.machine.storedBytes);
    restored.logIndex = log.logIndex;
    expect(restored.call(session, 1, 'a')).toBe('a');
    expect(restored.call(session, 3, 'c')).toBe('a c');
    expect(restored.call(session, 2, 'b')).toBe('a c b');
    expect(restored.open('c1')).toBe(session);
  });

  test('replaces all there was', () => {
    const log = new SessionLog();
    const session = log.open('c1');
    log.call(session, 1, 'a');
    log.machine.restore(new SessionMachine(new Ledger()).snapshot());
    expect(log.machine.sessionCount).toBe(0);
    expect(log.machine.storedBytes).toBe(0);
    expect(log.call(session, 1, 'a')).toBe('expired');
    expect(log.open('c1')).toBe(log.logIndex);
  });

  test('of garbage is refused and changes nothing', () => {
    const log = new SessionLog();
    log.open('c1');
    const before = log.machine.snapshot();
    expect(() => {
      log.machine.restore(Uint8Array.of(2));
    }).toThrow('version: expected 1, got 2');
    expect(log.machine.snapshot()).toEqual(before);
  });

  test('does not depend on the order in which the calls of a session were applied', () => {
    const [one, other] = [new SessionLog(), new SessionLog()];
    const session = one.open('c1');
    other.open('c1');
    for (const sequence of [1, 2, 3]) one.call(session, sequence, 'x');
    for (const sequence of [3, 1, 2]) other.call(session, sequence, 'x');
    const sequences = [one, other].map(({ machine }) => {
      const { table } = sessionSnapshotCodec.decode(machine.snapshot());
      return [...(table.sessions[0]?.responses.keys() ?? [])];
    });
    expect(sequences).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });
});

test.each(['ttlMs', 'sessionCountMax', 'backlogMax', 'backlogBytesMax', 'storedBytesMax'])(
  'refuses a %s that is no integer of at least 1',
  (name) => {
    for (const value of [0, -1, 1.5, NaN, Infinity]) {
      expect(() => new SessionMachine(new Ledger(), { [name]: value })).toThrow(RangeError);
    }
  },
);
