import { RedisStoreError } from './redis-store-error.ts';

/**
 * What `answer` comes to, unless `signal` is aborted before: then a {@link RedisStoreError} that is
 * not definite, and what comes later is dropped.
 */
export function untilAborted<Value>(
  answer: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  if (signal === undefined) return answer;
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      const cause: unknown = signal.reason;
      const message = 'the store did not answer before the caller gave up';
      reject(new RedisStoreError(message, { definite: false, cause }));
    };
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
    const stopWaiting = (): void => signal.removeEventListener('abort', giveUp);
    answer.then(
      (value) => {
        stopWaiting();
        resolve(value);
      },
      (error: unknown) => {
        stopWaiting();
        reject(error instanceof Error ? error : new RedisStoreError(String(error)));
      },
    );
  });
}
