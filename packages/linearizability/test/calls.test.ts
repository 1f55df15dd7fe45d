import { describe, expect, test } from 'vitest';

import type { Outcome } from '../src/history.ts';
import { type Calls, pairCalls } from '../src/importers/calls.ts';

const ok = (returnTime: number) => (): Outcome<string> => ({
  kind: 'ok',
  output: 'done',
  returnTime,
});

function withOpenCall(): Calls<string, string> {
  const calls = pairCalls<string, string>();
  calls.call('a', 'ask', 1, 'line 1');
  return calls;
}

describe('calls and returns', () => {
  test('become operations', () => {
    const calls = withOpenCall();
    calls.call('b', 'other', 2, 'line 2');
    calls.end('a', ok(3), 'line 3');
    expect(calls.history()).toEqual([
      { process: 'a', input: 'ask', callTime: 1, outcome: ok(3)() },
      { process: 'b', input: 'other', callTime: 2, outcome: { kind: 'info' } },
    ]);
  });

  test('a second open call is refused, with both places', () => {
    const calls = withOpenCall();
    expect(() => calls.call('a', 'again', 2, 'line 2')).toThrow(/^line 2: .* got one \(line 1\)$/);
  });

  test('a return without a call is refused', () => {
    const calls = withOpenCall();
    expect(() => calls.end('b', ok(2), 'line 2')).toThrow(/^line 2: expected a call of process b/);
  });

  test('a process that goes on after an unknown outcome is refused', () => {
    const calls = withOpenCall();
    calls.end('a', () => ({ kind: 'info' }), 'line 2');
    expect(() => calls.call('a', 'again', 3, 'line 3')).toThrow(/^line 3: .* new name/);
  });
});
