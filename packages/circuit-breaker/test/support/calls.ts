import type { Random } from '@quorate/transport';

import { RootContext } from '../../src/policies/call-context.ts';
import type { CallContext, Policy, Work } from '../../src/policy.ts';
import { turn } from './stepping-clock.ts';

/** A promise that the test settles. */
export interface Deferred<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: unknown) => void;
}

/** Makes one. */
export function deferred<Value>(): Deferred<Value> {
  let resolve: (value: Value) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<Value>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}

/** How a promise stands now. */
export type Standing =
  | { readonly kind: 'pending' }
  | { readonly kind: 'resolved'; readonly value: unknown }
  | { readonly kind: 'rejected'; readonly error: unknown };

/** How `promise` stands once everything has settled that can. */
export async function standingOf(promise: Promise<unknown>): Promise<Standing> {
  let standing: Standing = { kind: 'pending' };
  promise.then(
    (value) => (standing = { kind: 'resolved', value }),
    (error: unknown) => (standing = { kind: 'rejected', error }),
  );
  await turn();
  return standing;
}

/** What `promise` rejects with. Fails if it resolves. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('resolved instead of rejecting');
}

/** The context of a call from nowhere. */
export function freshContext(signal?: AbortSignal): CallContext {
  return new RootContext(signal);
}

/** Runs `work` under `policy` alone. */
export function runUnder<Result>(
  policy: Policy,
  work: Work<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  return watched(policy.execute(work, freshContext(signal)));
}

/** `promise`, whose rejection a test looks at later than in the turn in which it comes. */
export function watched<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined);
  return promise;
}

/** Work that never answers, and rejects with its signal's reason when told to stop. */
export function untilStopped({ signal }: CallContext): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

/** A source of randomness whose every draw is `share` of the range. */
export function constantRandom(share: number): Random {
  const random: Random = {
    uint32: () => Math.floor(share * 2 ** 32),
    float: () => share,
    int: (below) => Math.floor(share * below),
    bytes: (count) => new Uint8Array(count).fill(Math.floor(share * 256)),
    fork: () => random,
  };
  return random;
}
