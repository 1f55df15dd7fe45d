/** `demo bench`: so many requests per second at the nodes of the demo that runs. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';

import { HttpClient, HttpClientError, type HttpRequest } from '../../http-client.ts';
import { kindAt, type LoadMix, type OperationKind } from '../../supervisor/load-mix.ts';
import { createBoard } from '../boards/board-requests.ts';
import { DemoClient, problemText } from '../demo-client.ts';
import { type ExitCode, Failure, type Shell } from '../shell.ts';
import { BenchTally, benchText } from './bench-report.ts';
import { openLoop } from './open-loop.ts';

/** What to ask for. */
export interface BenchSettings {
  readonly control: string | undefined;
  readonly ratePerSecond: number;
  readonly durationMs: number;
  /** To each node. */
  readonly connectionCount: number;
  readonly mix: LoadMix;
  readonly timeoutMs: number;
  /** Where the histograms go. */
  readonly hdrFile: string | undefined;
}

const boardCount = 8;
const boardTimeoutMs = 30_000;
const progressMs = 500;
const keyCount = 100;

/** Runs it. @returns 0 if anything was done at all; 130 if it was ended before its time. */
export async function runBench(settings: BenchSettings, shell: Shell): Promise<ExitCode> {
  const { ratePerSecond, durationMs, connectionCount, timeoutMs } = settings;
  const demo = new DemoClient(settings.control);
  const client = new HttpClient(connectionCount);
  const tally = new BenchTally();
  try {
    const { nodes } = await demo.view();
    const apis = nodes.filter(({ process }) => process === 'running').map(({ api }) => api);
    const boards = settings.mix.edit + settings.mix.read > 0 ? await makeBoards(demo) : [];
    const startedAtMs = performance.now();
    const telling = setInterval(() => {
      const [all] = tally.rows;
      const seconds = Math.round((performance.now() - startedAtMs) / 1_000);
      const p99 = (all?.p99Ms ?? 0).toFixed(1);
      shell.progress.show(`${seconds} s: ${all?.doneCount ?? 0} done, p99 ${p99} ms`);
    }, progressMs);
    const begunCount = await openLoop({
      ...{ ratePerSecond, durationMs, signal: shell.interrupted },
      begin: async (dueMs) => {
        const kind = kindAt(settings.mix, Math.random());
        const error = await errorOf(client, { ...requestOf(kind, apis, boards), timeoutMs });
        tally.record(kind, performance.now() - dueMs, error);
      },
    });
    clearInterval(telling);
    const elapsedMs = performance.now() - startedAtMs;
    const run = { ratePerSecond, elapsedMs, begunCount, rows: tally.rows };
    if (settings.hdrFile !== undefined) {
      const file = { ...run, histograms: tally.histograms };
      writeFileSync(settings.hdrFile, `${JSON.stringify(file, undefined, 2)}\n`);
    }
    shell.print(shell.isJson ? JSON.stringify(run) : benchText(tally.rows));
    if ((tally.rows[0]?.doneCount ?? 0) === 0) return 1;
    return shell.interrupted.aborted ? 130 : 0;
  } finally {
    client.close();
    demo.close();
  }
}

async function makeBoards(demo: DemoClient): Promise<readonly string[]> {
  const ask = { demo, node: undefined, timeoutMs: boardTimeoutMs };
  const made = Array.from({ length: boardCount }, async (_, index) => {
    const { status, body } = await createBoard(ask, `bench ${index}`);
    if (status >= 300) throw new Failure(`a board could not be made: ${problemText(body)}`);
    return (JSON.parse(body) as { readonly id: string }).id;
  });
  return await Promise.all(made);
}

function requestOf(
  kind: OperationKind,
  apis: readonly string[],
  boards: readonly string[],
): Omit<HttpRequest, 'timeoutMs'> {
  const api = oneOf(apis);
  switch (kind) {
    case 'edit': {
      const operations = [{ kind: 'addAffected', amount: 1 }];
      return {
        ...{ url: `${api}/v1/boards/${oneOf(boards)}/ops`, method: 'POST' },
        headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
        body: JSON.stringify({ operations }),
      };
    }
    case 'read':
      return { url: `${api}/v1/boards/${oneOf(boards)}` };
    case 'config': {
      const url = `${api}/v1/config/bench%2F${Math.floor(Math.random() * keyCount)}`;
      return { url, method: 'PUT', body: JSON.stringify({ value: 'x'.repeat(64) }) };
    }
  }
}

/** Why a request was not done; undefined if it was. */
async function errorOf(client: HttpClient, request: HttpRequest): Promise<string | undefined> {
  try {
    const { status, body } = await client.request(request);
    if (status < 300) return undefined;
    const { code } = JSON.parse(body) as { readonly code?: string };
    return code ?? String(status);
  } catch (error) {
    if (error instanceof HttpClientError) return 'no_answer';
    throw error;
  }
}

function oneOf(items: readonly string[]): string {
  return items[Math.floor(Math.random() * items.length)] ?? '';
}
