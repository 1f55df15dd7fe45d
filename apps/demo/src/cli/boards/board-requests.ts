/** Boards of the demo that runs, read and written as a careful client does. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import type { HttpResponse } from '../../http-client.ts';
import type { DemoClient, DemoRequest } from '../demo-client.ts';
import { Failure } from '../shell.ts';
import { boardPath, nodesToAsk } from './board-path.ts';

/** Between two attempts, in ms. */
const pauseMs = 200;

/** Which node, and for how long. */
export interface BoardAsk {
  readonly demo: DemoClient;
  readonly node: string | undefined;
  readonly timeoutMs: number;
}

/** Reads a board. */
export function readBoard(ask: BoardAsk, id: string, consistency: string): Promise<HttpResponse> {
  return insist(ask, (node) => ({ path: boardPath(node, id, `?consistency=${consistency}`) }));
}

/** Makes a board. */
export function createBoard(ask: BoardAsk, title: string): Promise<HttpResponse> {
  // One key for all attempts: however often it is sent, it is done once.
  const headers = writeHeaders();
  return insist(ask, (node) => ({
    path: `/api/node/${encodeURIComponent(node)}/v1/boards`,
    ...{ method: 'POST', headers, document: { title } },
  }));
}

/** Does something to a board. */
export function changeBoard(
  ask: BoardAsk,
  id: string,
  operations: readonly unknown[],
): Promise<HttpResponse> {
  const headers = writeHeaders();
  return insist(ask, (node) => ({
    path: boardPath(node, id, '/ops'),
    ...{ method: 'POST', headers, document: { operations } },
  }));
}

function writeHeaders(): Readonly<Record<string, string>> {
  return { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
}

/** Asks one node after the other until one can tell, or the time is up. */
async function insist(
  { demo, node: wanted, timeoutMs }: BoardAsk,
  requestOf: (node: string) => DemoRequest,
): Promise<HttpResponse> {
  const deadlineMs = performance.now() + timeoutMs;
  let last: HttpResponse | undefined;
  for (let attempt = 0; ; attempt += 1) {
    const nodes = nodesToAsk(await demo.view(), wanted);
    const node = nodes[attempt % Math.max(1, nodes.length)];
    const leftMs = deadlineMs - performance.now();
    if (leftMs <= 0) {
      if (last !== undefined) return last;
      throw new Failure(`no answer within ${timeoutMs} ms; it may still happen`);
    }
    if (node !== undefined) {
      last = await demo.request({ ...requestOf(node), timeoutMs: leftMs }).catch(ifSilent);
      if (last !== undefined && last.status !== 503 && last.status !== 504) return last;
    }
    await delay(Math.max(0, Math.min(pauseMs, deadlineMs - performance.now())));
  }
}

function ifSilent(error: unknown): undefined {
  if (!(error instanceof Failure)) throw error;
  return undefined;
}
