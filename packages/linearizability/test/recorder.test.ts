import { describe, expect, test } from 'vitest';

import { checkSync } from '../src/checker.ts';
import { register, type RegisterInput, type RegisterOutput } from '../src/models/register.ts';
import { recorder } from '../src/recorder.ts';

function ticking(): { nowMs(): number } {
  let now = 0;
  return { nowMs: () => now++ };
}

const read: RegisterInput<number> = { kind: 'read' };

class NotSent extends Error {
  readonly definite = true;
}

describe('recorder', () => {
  test('records call, answer and return', async () => {
    const recorded = recorder<RegisterInput<number>, RegisterOutput<number>>(ticking());
    await expect(recorded.run('a', read, () => Promise.resolve(7))).resolves.toBe(7);
    expect(recorded.history()).toEqual([
      {
        process: 'a',
        input: read,
        callTime: 0,
        outcome: { kind: 'ok', output: 7, returnTime: 1 },
      },
    ]);
  });

  test('an error that is definite is a failure, and the process goes on', async () => {
    const recorded = recorder<RegisterInput<number>, RegisterOutput<number>>(ticking());
    await expect(recorded.run('a', read, () => Promise.reject(new NotSent()))).rejects.toThrow();
    await recorded.run('a', read, () => 0);
    const history = recorded.history();
    expect(history.map(({ process }) => process)).toEqual(['a', 'a']);
    expect(history[0]?.outcome).toEqual({ kind: 'fail', returnTime: 1 });
  });

  test('after any other error nobody knows, and the process retires', async () => {
    const recorded = recorder<RegisterInput<number>, RegisterOutput<number>>(ticking());
    await expect(recorded.run('a', read, () => Promise.reject(new Error('?')))).rejects.toThrow();
    await recorded.run('a', read, () => 0);
    const history = recorded.history();
    expect(history.map(({ process }) => process)).toEqual(['a', 'a#2']);
    expect(history[0]?.outcome).toEqual({ kind: 'info' });
    expect(checkSync(register(0), history).verdict).toBe('linearizable');
  });

  test('a name that a user chose is nobody else’s', async () => {
    const recorded = recorder<RegisterInput<number>, RegisterOutput<number>>(ticking());
    await recorded.run('a#2', read, () => 0);
    await expect(recorded.run('a', read, () => Promise.reject(new Error('?')))).rejects.toThrow();
    await recorded.run('a', read, () => 0);
    await recorded.run('a#3', read, () => 0);
    const processes = recorded.history().map(({ process }) => process);
    expect(processes).toEqual(['a#2', 'a', 'a#3', 'a#3#2']);
  });

  test('a caller may classify errors itself', async () => {
    const recorded = recorder<RegisterInput<number>, RegisterOutput<number>>(
      ticking(),
      () => 'fail',
    );
    await expect(recorded.run('a', read, () => Promise.reject(new Error('no')))).rejects.toThrow();
    expect(recorded.history()[0]?.outcome.kind).toBe('fail');
  });

  test('an open operation is of unknown outcome so far', async () => {
    const recorded = recorder<RegisterInput<number>, RegisterOutput<number>>(ticking());
    let resolve = (_value: number): void => undefined;
    const answer = new Promise<number>((settle) => {
      resolve = settle;
    });
    const running = recorded.run('a', read, () => answer);
    expect(recorded.history()[0]?.outcome).toEqual({ kind: 'info' });
    await expect(recorded.run('a', read, () => 0)).rejects.toThrow(/no open operation/);
    resolve(0);
    await running;
    expect(recorded.history()[0]?.outcome.kind).toBe('ok');
  });
});
