import type { ReadyNode } from '../../src/supervisor/supervisor-events.ts';
import type { RealDemo } from './real-demo.ts';

/** How long a machine with much to do may take for one change, in ms. */
const CONFIRM_MS_MAX = 30_000;

/**
 * Posts a change, which happens once however often it is sent: again and again, until it is
 * confirmed.
 *
 * @returns The body of the answer that confirms it.
 * @throws Error with the last answer if there is none in time.
 */
export async function confirmed(
  demo: RealDemo,
  node: ReadyNode,
  path: string,
  document: unknown,
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const key = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() };
  const request = { method: 'POST', headers: { ...key, ...more }, body: JSON.stringify(document) };
  const deadlineMs = performance.now() + CONFIRM_MS_MAX;
  for (;;) {
    const answer = await demo.ask(node, path, request).catch((error: unknown) => String(error));
    if (typeof answer === 'object' && answer.status < 300) return answer.body;
    if (performance.now() > deadlineMs) throw new Error(`${path}: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
