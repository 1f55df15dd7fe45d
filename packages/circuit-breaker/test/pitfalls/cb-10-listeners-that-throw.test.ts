/**
 * Elsewhere: a listener that throws makes a failure of a success, and a classifier that throws
 * leaves the caller waiting for ever.
 *
 * Protection: listeners, `classify` and `mayOpen` run inside `try`, and what they throw goes to
 * `onError` (`listeners.ts`; `#classification` and `#mayOpen`, `circuit-breaker.ts`).
 */
import { describe, expect, test } from 'vitest';

import { permitOf, scene } from '../support/scene.ts';

const broken = (): never => {
  throw new Error('broken');
};

describe('what is told of a call', () => {
  test('cannot change it by throwing', async () => {
    const { breaker, errors, clock, calls } = scene();
    breaker.observe(broken);
    breaker.observeCalls(broken);
    await expect(breaker.run(() => 'fine')).resolves.toBe('fine');
    expect(breaker.status().tallies).toMatchObject({ successCount: 1, failureCount: 0 });
    await calls('bad', 'bad');
    expect(breaker.state).toBe('open');
    clock.advance(1_000);
    permitOf(breaker).succeed();
    expect(breaker.state).toBe('closed');
    expect(errors.length).toBeGreaterThan(3);
  });

  test('cannot end the process by rejecting', async () => {
    const { breaker, errors, calls } = scene();
    breaker.observe(() => Promise.reject(new Error('late')));
    await calls('bad', 'bad');
    expect(breaker.state).toBe('open');
    expect(errors).toContainEqual(new Error('late'));
  });

  test('cannot hurt those who are told after it', async () => {
    const { breaker, calls } = scene();
    const heard: string[] = [];
    breaker.observe(broken);
    breaker.observe(({ kind }) => heard.push(kind));
    await calls('bad', 'bad');
    expect(heard).toEqual(['thresholdReached', 'transition']);
  });

  test('cannot hurt by a reporter of errors that throws as well', async () => {
    const { breaker, calls } = scene({ onError: broken });
    breaker.observe(broken);
    await calls('bad', 'bad');
    expect(breaker.state).toBe('open');
  });
});

describe('who judges a call', () => {
  test('is replaced by the default when it throws', async () => {
    const { breaker, errors, calls } = scene({ classify: broken });
    await expect(breaker.run(() => 'fine')).resolves.toBe('fine');
    await calls('bad', 'bad');
    expect(breaker.state).toBe('open');
    expect(errors).toHaveLength(3);
  });

  test('is replaced by the default when it answers what is no answer', async () => {
    const nonsense = JSON.parse('"maybe"') as 'success';
    const { breaker, errors } = scene({ classify: () => nonsense });
    await expect(breaker.run(() => 'fine')).resolves.toBe('fine');
    expect(breaker.status().tallies.successCount).toBe(1);
    expect(errors).toMatchObject([{ name: 'RangeError' }]);
  });

  test('returns the trial permit that it was asked about, even by throwing', async () => {
    const { breaker, clock, calls } = scene({ classify: broken });
    await calls('bad', 'bad');
    clock.advance(1_000);
    await calls('ok');
    expect(breaker.state).toBe('closed');
  });

  test('opens the circuit when it throws on being asked whether that may open', async () => {
    const { breaker, errors, calls } = scene({ mayOpen: broken });
    await calls('bad', 'bad');
    expect(breaker.state).toBe('open');
    expect(errors).toHaveLength(1);
  });
});
