import { ActionError, NodeSilentError } from './controlled-cluster.ts';

/** How long a change is asked for before somebody else has to, in attempts and ms. */
const ATTEMPTS = 20;
const PAUSE_MS = 500;

/**
 * Asks for a change that may be asked for again, until the cluster has taken it: while nobody
 * leads, nobody can, and an answer may be lost.
 *
 * @throws ActionError if it is refused, or nobody answered for as long as this goes on.
 */
export async function askForChange(
  ask: () => Promise<Response>,
  wait: (ms: number) => Promise<void>,
): Promise<void> {
  let last = 'nobody answered';
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (attempt > 0) await wait(PAUSE_MS);
    try {
      const answer = await ask();
      if (answer.ok) return;
      const { detail, retryable, indefinite } = (await answer.json()) as {
        readonly detail: string;
        readonly retryable: boolean;
        readonly indefinite: boolean;
      };
      last = detail;
      if (!retryable && !indefinite) break;
    } catch (error) {
      if (!(error instanceof NodeSilentError)) throw error;
      last = error.message;
    }
  }
  throw new ActionError(last);
}
