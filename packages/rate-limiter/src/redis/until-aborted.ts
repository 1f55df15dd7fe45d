import { invariant } from '../invariant.ts';

/**
 * What `answer` comes to, unless `signal` is aborted before: then it rejects with the signal's
 * reason, and what comes later is dropped.
 */
export async function untilAborted<Value>(
  answer: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  if (signal === undefined) return answer;
  // Whoever loses the race may still fail, with nobody left to hear of it.
  answer.catch(() => undefined);
  signal.throwIfAborted();
  let stopWaiting = (): void => undefined;
  const aborted = new Promise<undefined>((resolve) => {
    const giveUp = (): void => resolve(undefined);
    signal.addEventListener('abort', giveUp, { once: true });
    stopWaiting = () => signal.removeEventListener('abort', giveUp);
  });
  try {
    const winner = await Promise.race([answer.then((value) => ({ value })), aborted]);
    if (winner === undefined) signal.throwIfAborted();
    invariant(winner !== undefined, 'an aborted signal throws its reason');
    return winner.value;
  } finally {
    stopWaiting();
  }
}
