/** An event stream that is taken up again where it broke off. */
import { setTimeout as delay } from 'node:timers/promises';

import { type DemoClient, problemText } from './demo-client.ts';
import { Failure } from './shell.ts';

/** How long to wait before it is taken up again, in ms. */
const retryMs = 500;

/** What is followed. */
export interface Followed {
  /** Where, at this moment: with the cursor, and on a node that runs. */
  readonly path: () => string | Promise<string>;
  readonly signal: AbortSignal;
  readonly onData: (data: string) => void;
  /** Told once each time that it breaks off. */
  readonly onGap: (reason: string) => void;
}

/**
 * Follows until `signal` is aborted.
 *
 * @throws Failure (as a rejection) if what is asked for is refused, or there is no demo any more.
 */
export async function follow(
  demo: Pick<DemoClient, 'stream' | 'view'>,
  { path, signal, onData, onGap }: Followed,
): Promise<void> {
  const isOver = (): boolean => signal.aborted;
  const once = async (): Promise<string> => {
    const refusal = await demo.stream(await path(), signal, onData);
    if (refusal === undefined) return 'the stream ended';
    const text = problemText(await refusal.text());
    // Who is only away comes back; other refusals stay.
    if (refusal.status < 500) throw new Failure(text);
    return text;
  };
  const reasonOf = async (error: unknown): Promise<string> => {
    if (!(error instanceof Failure)) throw error;
    // If the demo itself is gone, this throws.
    await demo.view();
    if (!error.message.includes('broke off')) throw error;
    return error.message;
  };
  while (!isOver()) {
    const reason = await once().catch(reasonOf);
    if (isOver()) return;
    onGap(reason);
    await delay(retryMs, undefined, { signal }).catch(() => undefined);
  }
}
