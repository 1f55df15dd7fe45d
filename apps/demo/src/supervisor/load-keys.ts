/**
 * Clients of the configuration: writes and linearizable reads by turns, of keys that nobody else
 * writes.
 *
 * So they know the highest revision of each key that was acknowledged, and an answer with a lower
 * one proves a lost write or a stale read.
 */
import type { Random } from '@quorate/transport';

import { learntFrom, NoAnswer, UnpromisedResponse } from '../check/config-exchange.ts';
import type { ConfigInput, ConfigOutput } from '../check/config-model.ts';
import type { LoadHistory } from '../check/load-history.ts';
import type { HttpResponse } from '../http-client.ts';
import type { LoadRequest } from './load-request.ts';

/** Totals since the start. */
export interface LoadTotals {
  /** Writes that were acknowledged. */
  readonly acknowledgedCount: number;
  /** Answers compared with what had been acknowledged before. */
  readonly checkedCount: number;
  /** Answers that contradict it. Must stay 0. */
  readonly violationCount: number;
}

/** What the clients need. */
export interface LoadKeysOptions {
  readonly random: Random;
  readonly onViolation: (text: string) => void;
  /** Gets all that clients ask and are told. */
  readonly history: Pick<LoadHistory, 'begin'> | undefined;
}

const keyCount = 200;

/** Clients of keys. */
export class LoadKeys {
  readonly #options: LoadKeysOptions;
  readonly #acknowledged = new Map<string, number>();
  #totals = { acknowledgedCount: 0, checkedCount: 0, violationCount: 0 };
  #sequence = 0;

  constructor(options: LoadKeysOptions) {
    this.#options = options;
  }

  get totals(): LoadTotals {
    return { ...this.#totals };
  }

  /** What the next one asks for. */
  next(): LoadRequest {
    const { random, history } = this.#options;
    const sequence = (this.#sequence += 1);
    const key = `load/${random.int(keyCount)}`;
    const isWrite = sequence % 2 === 0;
    const value = `write ${sequence}`.padEnd(64, '.');
    const input: ConfigInput = isWrite
      ? { kind: 'put', key, value, condition: { kind: 'none' } }
      : { kind: 'get', key };
    const floor = this.#acknowledged.get(key) ?? 0;
    const record = history?.begin(input);
    return {
      path: `/v1/config/${key}`,
      http: isWrite ? { method: 'PUT', body: JSON.stringify({ value }) } : {},
      isWrite,
      isDone: (status) => status < 300 || status === 404,
      answered: (response) => {
        this.#settle({ key, isWrite, floor }, response);
        record?.(heardFrom(input, response));
      },
      lost: (reason) => record?.(new NoAnswer('indefinite', reason)),
    };
  }

  /** `floor` was acknowledged before the request was sent, so its answer must show it. */
  #settle(
    request: { readonly key: string; readonly isWrite: boolean; readonly floor: number },
    response: HttpResponse,
  ): void {
    const { key, isWrite, floor } = request;
    const isMissing = response.status === 404;
    if (response.status >= 300 && !isMissing) return;
    const revision = isMissing ? 0 : revisionOf(response);
    this.#totals.checkedCount += 1;
    if (isWrite ? revision <= floor : revision < floor) {
      this.#totals.violationCount += 1;
      const seen = `${isWrite ? 'write' : 'read'} answered revision ${revision}`;
      this.#options.onViolation(`${key}: ${seen} after ${floor} was acknowledged`);
    }
    if (!isWrite) return;
    this.#totals.acknowledgedCount += 1;
    this.#acknowledged.set(key, Math.max(revision, this.#acknowledged.get(key) ?? 0));
  }
}

/** What a response tells its client. */
function heardFrom(
  input: ConfigInput,
  { status, headers, body }: HttpResponse,
): ConfigOutput | NoAnswer {
  const { etag } = headers;
  const response = { status, body, etag: typeof etag === 'string' ? etag : undefined };
  try {
    const learnt = learntFrom(input, response);
    return learnt.kind === 'answer' ? learnt.output : learnt.error;
  } catch (error) {
    if (!(error instanceof UnpromisedResponse)) throw error;
    return new NoAnswer('indefinite', error.message);
  }
}

/** The revision in the `ETag`, or 0. */
function revisionOf(response: HttpResponse): number {
  const digits = /^"(\d+)"$/.exec(String(response.headers['etag'] ?? ''));
  return Number(digits?.[1] ?? 0);
}
