/**
 * A small load: writes and linearizable reads at a steady rate, spread over the nodes, as clients
 * with little patience would send them.
 *
 * The rate does not wait for the answers (an open loop), and a latency counts from the moment the
 * request was due, not from when it could be sent: a stall shows in full instead of hiding the
 * requests that would have come meanwhile.
 *
 * It is also a check. Nobody else writes its keys, so it knows the highest revision of each that
 * was acknowledged; an answer with a lower one proves a lost write or a stale read.
 */
import { learntFrom, NoAnswer, UnpromisedResponse } from '../check/config-exchange.ts';
import type { ConfigInput, ConfigOutput } from '../check/config-model.ts';
import type { LoadHistory } from '../check/load-history.ts';
import { LatencyHistogram } from '../latency-histogram.ts';
import { HttpClient, type HttpResponse } from '../http-client.ts';

/** Where the load goes. */
export interface LoadTarget {
  readonly id: string;
  /** The address of the node's API. */
  readonly api: string;
}

/** What one second of load came to. */
export interface LoadWindow {
  readonly okCount: number;
  /** Refused: certainly not done. */
  readonly refusedCount: number;
  /** No answer, or an answer that the outcome is unknown. */
  readonly unknownCount: number;
  /** Not sent, because too many were under way. */
  readonly skippedCount: number;
  /** Of those that were refused, the ones above a limit. */
  readonly limitedCount?: number;
  readonly p50Ms: number;
  readonly p95Ms?: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Totals since the start. */
export interface LoadTotals {
  /** Writes that were acknowledged. */
  readonly acknowledgedCount: number;
  /** Answers compared with what had been acknowledged before. */
  readonly checkedCount: number;
  /** Answers that contradict it. Must stay 0. */
  readonly violationCount: number;
}

const tickMs = 10;
const keyCount = 200;
const inFlightMax = 512;
const timeoutMs = 1_000;
/** How long a node that could not serve is left alone, in ms. */
const avoidForMs = 1_000;

/** Offers load until stopped. */
export class LoadGenerator {
  #targets: readonly LoadTarget[];
  readonly #client = new HttpClient(128);
  readonly #acknowledged = new Map<string, number>();
  readonly #avoidUntilMs = new Map<string, number>();
  readonly #latency = new LatencyHistogram();
  readonly #onViolation: (text: string) => void;
  readonly #history: Pick<LoadHistory, 'begin'> | undefined;
  #counts = { ok: 0, refused: 0, unknown: 0, skipped: 0, limited: 0 };
  #totals = { acknowledgedCount: 0, checkedCount: 0, violationCount: 0 };
  #ratePerSecond = 0;
  #owed = 0;
  #inFlight = 0;
  #sequence = 0;
  #timer: NodeJS.Timeout | undefined;
  #lastTickMs = 0;

  /** @param history - Gets all that clients ask and are told. */
  constructor(
    targets: readonly LoadTarget[],
    onViolation: (text: string) => void,
    history?: Pick<LoadHistory, 'begin'>,
  ) {
    this.#targets = targets;
    this.#onViolation = onViolation;
    this.#history = history;
  }

  get ratePerSecond(): number {
    return this.#ratePerSecond;
  }

  get totals(): LoadTotals {
    return { ...this.#totals };
  }

  /** The nodes are others now. */
  setTargets(targets: readonly LoadTarget[]): void {
    this.#targets = targets;
  }

  /** Changes the rate; 0 stops. */
  setRate(ratePerSecond: number): void {
    this.#ratePerSecond = ratePerSecond;
    this.#owed = 0;
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (ratePerSecond === 0) return;
    this.#lastTickMs = performance.now();
    this.#timer = setInterval(() => {
      this.#tick();
    }, tickMs);
  }

  /** What happened since the last call. */
  takeWindow(): LoadWindow {
    const { ok, refused, unknown, skipped, limited } = this.#counts;
    const window: LoadWindow = {
      okCount: ok,
      refusedCount: refused,
      unknownCount: unknown,
      skippedCount: skipped,
      limitedCount: limited,
      p50Ms: this.#latency.quantileMs(0.5),
      p95Ms: this.#latency.quantileMs(0.95),
      p99Ms: this.#latency.quantileMs(0.99),
      maxMs: this.#latency.maxMs,
    };
    this.#counts = { ok: 0, refused: 0, unknown: 0, skipped: 0, limited: 0 };
    this.#latency.reset();
    return window;
  }

  /** Stops, and gives up what is under way. */
  close(): void {
    this.setRate(0);
    this.#client.close();
  }

  #tick(): void {
    const nowMs = performance.now();
    this.#owed += ((nowMs - this.#lastTickMs) / 1_000) * this.#ratePerSecond;
    this.#lastTickMs = nowMs;
    for (; this.#owed >= 1; this.#owed -= 1) {
      if (this.#inFlight >= inFlightMax) {
        this.#counts.skipped += 1;
        continue;
      }
      void this.#request(nowMs);
    }
  }

  async #request(dueMs: number): Promise<void> {
    const sequence = (this.#sequence += 1);
    const key = `load/${String(Math.floor(Math.random() * keyCount))}`;
    const isWrite = sequence % 2 === 0;
    const target = this.#target(sequence);
    if (!target) {
      this.#counts.skipped += 1;
      return;
    }
    const floor = this.#acknowledged.get(key) ?? 0;
    this.#inFlight += 1;
    const value = valueOf(sequence);
    const input: ConfigInput = isWrite
      ? { kind: 'put', key, value, condition: { kind: 'none' } }
      : { kind: 'get', key };
    const record = this.#history?.begin(input);
    try {
      const url = `${target.api}/v1/config/${key}`;
      const response = await this.#client.request(
        isWrite
          ? { url, method: 'PUT', body: JSON.stringify({ value }), timeoutMs }
          : { url, timeoutMs },
      );
      // A node without a leader says so at once; most clients would try another for a while.
      if (response.status === 503) this.#avoid(target);
      this.#settle({ key, isWrite, floor, dueMs, response });
      record?.(heardFrom(input, response));
    } catch (error) {
      record?.(new NoAnswer('indefinite', String(error)));
      this.#counts.unknown += 1;
      this.#avoid(target);
    } finally {
      this.#inFlight -= 1;
    }
  }

  #avoid({ id }: LoadTarget): void {
    this.#avoidUntilMs.set(id, performance.now() + avoidForMs);
  }

  #settle(request: {
    readonly key: string;
    readonly isWrite: boolean;
    readonly floor: number;
    readonly dueMs: number;
    readonly response: HttpResponse;
  }): void {
    const { key, isWrite, floor, dueMs, response } = request;
    const isMissing = response.status === 404;
    if (response.status >= 300 && !isMissing) {
      if (response.status === 504 && isWrite) this.#counts.unknown += 1;
      else this.#counts.refused += 1;
      if (response.status === 429) this.#counts.limited += 1;
      return;
    }
    this.#counts.ok += 1;
    this.#latency.record(performance.now() - dueMs);
    const revision = isMissing ? 0 : revisionOf(response);
    this.#check(key, revision, floor, isWrite);
    if (!isWrite) return;
    this.#totals.acknowledgedCount += 1;
    this.#acknowledged.set(key, Math.max(revision, this.#acknowledged.get(key) ?? 0));
  }

  /** `floor` was acknowledged before this request was sent, so its answer must show it. */
  #check(key: string, revision: number, floor: number, isWrite: boolean): void {
    this.#totals.checkedCount += 1;
    if (isWrite ? revision > floor : revision >= floor) return;
    this.#totals.violationCount += 1;
    const seen = `${isWrite ? 'write' : 'read'} answered revision ${revision}`;
    this.#onViolation(`${key}: ${seen} after ${floor} was acknowledged`);
  }

  /** The next node in turn that has not just failed. */
  #target(sequence: number): LoadTarget | undefined {
    const nowMs = performance.now();
    const isTrusted = ({ id }: LoadTarget): boolean => nowMs >= (this.#avoidUntilMs.get(id) ?? 0);
    const trusted = this.#targets.filter(isTrusted);
    // Reads and writes alternate, so whole pairs go round the nodes.
    return trusted[Math.floor(sequence / 2) % Math.max(1, trusted.length)];
  }
}

function valueOf(sequence: number): string {
  return `write ${sequence}`.padEnd(64, '.');
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
