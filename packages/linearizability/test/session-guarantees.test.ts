import { describe, expect, test } from 'vitest';

import type { History, Operation } from '../src/history.ts';
import { keyValue, type KeyValueInput, type KeyValueOutput } from '../src/models/key-value.ts';
import { type Access, checkSessionGuarantees } from '../src/session-guarantees.ts';

type KeyValueOperation = Operation<KeyValueInput, KeyValueOutput>;

function accessOf(input: KeyValueInput, output?: KeyValueOutput): Access {
  const { kind, key } = input;
  if (kind === 'put') return { kind: 'write', key, value: input.value };
  if (kind === 'get' && typeof output !== 'boolean') {
    return { kind: 'read', key, value: output ?? null };
  }
  return { kind: 'other' };
}

/** `a:x=1` writes, `b:x?1` reads, `b:x?` reads nothing; one after the other. */
function story(...events: readonly string[]): History<KeyValueInput, KeyValueOutput> {
  return events.map((event, time): KeyValueOperation => {
    const [, process = '', key = '', sign, value = ''] =
      /^(\w+):(\w+)([=?])(\w*)$/.exec(event) ?? [];
    const isWrite = sign === '=';
    const output = isWrite ? undefined : value === '' ? null : value;
    return {
      process,
      input: isWrite ? { kind: 'put', key, value } : { kind: 'get', key },
      callTime: time,
      outcome: { kind: 'ok', output, returnTime: time + 0.5 },
    };
  });
}

const broken = (...events: readonly string[]): string[] =>
  checkSessionGuarantees(story(...events), accessOf).map(({ guarantee }) => guarantee);

describe('session guarantees', () => {
  test('hold for a sequential history', () => {
    expect(keyValue().name).toBe('key-value');
    expect(broken('a:x=1', 'a:x?1', 'b:x?1', 'b:x=2', 'a:x?2')).toEqual([]);
  });

  test('read your writes: what I wrote is not missing', () => {
    expect(broken('a:x=1', 'a:x?')).toEqual(['readYourWrites']);
  });

  test('read your writes: another value may be newer, but not for both of two writers', () => {
    expect(broken('a:x=1', 'b:x=2', 'a:x?2')).toEqual([]);
    expect(broken('a:x=1', 'b:x=2', 'a:x?2', 'b:x?1')).toEqual(['readYourWrites']);
  });

  test('monotonic reads: what I saw does not go away', () => {
    expect(broken('w:x=1', 'w:x=2', 'r:x?2', 'r:x?1', 'r:x?2')).toEqual(['monotonicReads']);
    expect(broken('w:x=1', 'r:x?1', 'r:x?')).toEqual(['monotonicReads']);
  });

  test('monotonic reads: two readers must agree on the order', () => {
    const apart = ['v:x=1', 'w:x=2', 'r:x?1', 'r:x?2', 's:x?2', 's:x?1'];
    expect(broken(...apart)).toEqual(['monotonicReads']);
  });

  test('monotonic writes alone never contradict each other', () => {
    expect(broken('a:x=1', 'a:x=2', 'b:x=3', 'b:x=4')).toEqual([]);
  });

  test('monotonic writes and reads may each hold alone and not together', () => {
    expect(broken('a:x=1', 'a:x=2', 'b:x?2', 'b:x?1')).toEqual(['together']);
    expect(broken('a:x=1', 'a:x=2', 'b:x?1', 'b:x?2')).toEqual([]);
  });

  test('writes follow reads: two answers cannot each come before the other', () => {
    expect(broken('a:x?2', 'a:x=1', 'b:x?1', 'b:x=2')).toEqual(['writesFollowReads']);
  });

  test('keys do not mix', () => {
    expect(broken('a:x=1', 'a:y?')).toEqual([]);
  });

  test('the cycle names the values', () => {
    const [violation] = checkSessionGuarantees(story('a:x=1', 'a:x?'), accessOf);
    expect(violation?.cycle[0]).toBe(violation?.cycle.at(-1));
    expect(new Set(violation?.cycle)).toEqual(new Set(['1', null]));
  });

  test('a value written twice, or read from nowhere, is refused', () => {
    expect(() => broken('a:x=1', 'b:x=1')).toThrow(/written once/);
    expect(() => broken('a:x?1')).toThrow(/expected a write of 1/);
  });
});
