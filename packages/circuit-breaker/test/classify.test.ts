import { describe, expect, test } from 'vitest';

import { classifyBy, type Classify } from '../src/classify.ts';
import { CircuitOpenError } from '../src/errors.ts';
import { scene } from './support/scene.ts';

class NotFound extends Error {}
class Unavailable extends Error {}

const thrown = (classify: Classify, error: unknown) => classify({ kind: 'threw', error });

describe('a classifier in parts', () => {
  const classify = classifyBy({
    ignore: (error) => error instanceof NotFound,
    record: (error) => error instanceof Error && error.message !== 'quota',
    recordResult: (value) => value === 503,
  });

  test('asks first what to ignore, then what to record, and takes the rest for successes', () => {
    expect(thrown(classify, new NotFound())).toBe('ignored');
    expect(thrown(classify, new Unavailable())).toBe('failure');
    expect(thrown(classify, new Error('quota'))).toBe('success');
  });

  test('takes results for failures where it is told to', () => {
    expect(classify({ kind: 'returned', value: 503 })).toBe('failure');
    expect(classify({ kind: 'returned', value: 200 })).toBe('success');
  });

  test('takes every error for a failure when it has no parts', () => {
    expect(thrown(classifyBy({}), undefined)).toBe('failure');
  });
});

describe('a breaker', () => {
  test('takes an answer for a failure, and gives it to the caller all the same', async () => {
    const { breaker } = scene({ classify: classifyBy({ recordResult: (value) => value === 503 }) });
    await expect(breaker.run(() => 503)).resolves.toBe(503);
    expect(breaker.status().tallies.failureCount).toBe(1);
  });

  test('opens for as long as an answer asks it to', async () => {
    const { breaker, moves } = scene({
      classify: (result) =>
        result.kind === 'returned' ? { outcome: 'failure', openForMs: 7_000 } : undefined,
    });
    await breaker.run(() => ({ status: 503, retryAfter: 7 }));
    expect(moves()).toEqual(['closed>open:answer']);
    expect(breaker.retryAfterMs).toBe(7_000);
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])(
    'takes an answer that asks for %f ms for what it is without a classifier',
    async (openForMs) => {
      const { breaker, errors } = scene({ classify: () => ({ outcome: 'failure', openForMs }) });
      await breaker.run(() => 'fine');
      expect(breaker.state).toBe('closed');
      expect(breaker.status().tallies.successCount).toBe(1);
      expect(errors).toHaveLength(1);
    },
  );

  test('leaves to the default what its classifier leaves open', async () => {
    const { breaker, calls } = scene({ classify: () => undefined });
    await calls('ok', 'bad');
    expect(breaker.status().tallies).toMatchObject({ successCount: 1, failureCount: 1 });
  });

  test('counts nothing when a layer inside refused the call', async () => {
    const { breaker } = scene();
    const refusals: readonly Error[] = [
      new CircuitOpenError('inner', 'open', 5),
      Object.assign(new Error('full'), { code: 'CALL_REFUSED' }),
    ];
    for (const refusal of refusals) {
      const refuse = async (): Promise<never> => {
        throw refusal;
      };
      await expect(breaker.run(refuse)).rejects.toBe(refusal);
    }
    expect(breaker.status().tallies).toMatchObject({ ignoredCount: 2, failureCount: 0 });
  });
});

describe('a caller that gives up', () => {
  const giveUp = async (reason: unknown, callerAborts?: 'classified'): Promise<string> => {
    const { breaker } = scene(callerAborts === undefined ? {} : { callerAborts });
    const controller = new AbortController();
    const run = breaker.run(
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
        }),
      { signal: controller.signal },
    );
    controller.abort(reason);
    // The caller waits no longer, and gets its own reason.
    await expect(run).rejects.toBe(controller.signal.reason);
    await new Promise((resolve) => setImmediate(resolve));
    const { ignoredCount, failureCount } = breaker.status().tallies;
    return `${ignoredCount} ignored, ${failureCount} failed`;
  };

  test('says nothing about the service', async () => {
    expect(await giveUp(undefined)).toBe('1 ignored, 0 failed');
    expect(await giveUp('no longer needed')).toBe('1 ignored, 0 failed');
  });

  test('says that the service was too slow when a timeout gave up', async () => {
    expect(await giveUp(new DOMException('late', 'TimeoutError'))).toBe('0 ignored, 1 failed');
    const late = Object.assign(new Error('late'), { code: 'CALL_TIMED_OUT' });
    expect(await giveUp(late)).toBe('0 ignored, 1 failed');
  });

  test('is judged as any call where its owner asks for that', async () => {
    expect(await giveUp(undefined, 'classified')).toBe('0 ignored, 1 failed');
  });

  test('is not noticed when the work succeeds all the same', async () => {
    const { breaker } = scene();
    const controller = new AbortController();
    const run = breaker.run(
      () => {
        controller.abort();
        return 'fine';
      },
      { signal: controller.signal },
    );
    await expect(run).rejects.toThrow('This operation was aborted');
    await new Promise((resolve) => setImmediate(resolve));
    expect(breaker.status().tallies.successCount).toBe(1);
  });

  test('makes no call when it had given up before', async () => {
    const { breaker } = scene();
    let started = 0;
    const run = breaker.run(() => (started += 1), {
      signal: AbortSignal.abort(new Error('before')),
    });
    await expect(run).rejects.toThrow('before');
    expect(started).toBe(0);
    expect(breaker.status().tallies.admittedCount).toBe(0);
  });
});
