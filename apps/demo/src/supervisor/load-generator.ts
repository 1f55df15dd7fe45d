/**
 * A load at a steady rate, spread over the nodes, as clients with little patience would send it:
 * edits and reads of boards, writes and reads of keys, as much of each as the mix says.
 *
 * The rate does not wait for the answers (an open loop), and a latency counts from the moment the
 * request was due, not from when it could be sent: a stall shows in full instead of hiding the
 * requests that would have come meanwhile.
 *
 * It is also a check: see load-keys.ts.
 */
import type { Random } from '@quorate/transport';

import type { LoadHistory } from '../check/load-history.ts';
import { HttpClient } from '../http-client.ts';
import { LatencyHistogram } from '../latency-histogram.ts';
import type { LoadView } from './cluster-view.ts';
import { LoadBoards } from './load-boards.ts';
import { LoadKeys, type LoadTotals } from './load-keys.ts';
import { defaultMix, kindAt, type LoadMix } from './load-mix.ts';
import type { LoadRequest } from './load-request.ts';

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

/** What a load needs. */
export interface LoadOptions {
  readonly targets: readonly LoadTarget[];
  /** Draws what is asked for, in which order. */
  readonly random: Random;
  /** Told of answers that contradict what was acknowledged. */
  readonly onViolation: (text: string) => void;
  /** Gets all that clients of keys ask and are told. */
  readonly history?: Pick<LoadHistory, 'begin'>;
  /** Tells its boards from those of an earlier load on the same data. Default 'load'. */
  readonly name?: string;
}

const tickMs = 10;
const inFlightMax = 512;
/** Keys have patience for so long, boards, which wait for two disks, for longer, in ms. */
const keyTimeoutMs = 1_000;
const boardTimeoutMs = 4_000;
/** How long a node that could not serve is left alone, in ms. */
const avoidForMs = 1_000;

/** Offers load until stopped. */
export class LoadGenerator {
  readonly #random: Random;
  readonly #keys: LoadKeys;
  readonly #boards: LoadBoards;
  readonly #client = new HttpClient(128);
  readonly #avoidUntilMs = new Map<string, number>();
  readonly #latency = new LatencyHistogram();
  #targets: readonly LoadTarget[];
  #counts = { ok: 0, refused: 0, unknown: 0, skipped: 0, limited: 0 };
  #mix = defaultMix;
  #ratePerSecond = 0;
  #owed = 0;
  #inFlight = 0;
  #sequence = 0;
  #timer: NodeJS.Timeout | undefined;
  #lastTickMs = 0;

  constructor(options: LoadOptions) {
    const { targets, random, onViolation, history, name = 'load' } = options;
    this.#targets = targets;
    this.#random = random;
    this.#keys = new LoadKeys({ random, onViolation, history });
    this.#boards = new LoadBoards({ random, name });
  }

  /** How much of what is asked for. */
  get mix(): LoadMix {
    return this.#mix;
  }

  get totals(): LoadTotals {
    return this.#keys.totals;
  }

  /** What there is to show. */
  get view(): LoadView {
    return { ratePerSecond: this.#ratePerSecond, mix: this.#mix, totals: this.totals };
  }

  /** The nodes are others now. */
  setTargets(targets: readonly LoadTarget[]): void {
    this.#targets = targets;
  }

  /** Changes what is asked for. */
  setMix(mix: LoadMix): void {
    this.#mix = mix;
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
    const target = this.#target(sequence);
    if (!target) {
      this.#counts.skipped += 1;
      return;
    }
    const kind = kindAt(this.#mix, this.#random.float());
    const isOfKeys = kind === 'config';
    const request = isOfKeys ? this.#keys.next() : this.#boards.next(kind);
    if (request === undefined) return;
    const timeoutMs = isOfKeys ? keyTimeoutMs : boardTimeoutMs;
    this.#inFlight += 1;
    const url = `${target.api}${request.path}`;
    const response = await this.#client
      .request({ url, ...request.http, timeoutMs })
      .catch((error: unknown) => {
        request.lost(String(error));
        return undefined;
      });
    this.#inFlight -= 1;
    if (response === undefined) {
      this.#counts.unknown += 1;
      this.#avoid(target);
      return;
    }
    const { status } = response;
    // A node without a leader says so at once; most clients would try another for a while.
    if (status === 503 && isOfKeys) this.#avoid(target);
    this.#count(request, status, dueMs);
    request.answered(response);
  }

  #avoid({ id }: LoadTarget): void {
    this.#avoidUntilMs.set(id, performance.now() + avoidForMs);
  }

  #count({ isDone, isWrite }: LoadRequest, status: number, dueMs: number): void {
    if (isDone(status)) {
      this.#counts.ok += 1;
      this.#latency.record(performance.now() - dueMs);
      return;
    }
    if (status === 504 && isWrite) this.#counts.unknown += 1;
    else this.#counts.refused += 1;
    if (status === 429) this.#counts.limited += 1;
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
