/**
 * What clients of a load saw, as far back as is worth checking if it never ends.
 *
 * A history may not be cut anywhere: what was open at the cut may have happened before what is
 * forgotten, and would then contradict what is kept. So a cut moves back until nothing that is kept
 * was ever open together with something that is forgotten. Writes of unknown outcome are kept much
 * longer: they may still happen.
 */
import type { History, Operation } from '@quorate/linearizability';

import { NoAnswer } from './config-exchange.ts';
import type { ConfigInput, ConfigOutput } from './config-model.ts';

/** How much is kept. */
export interface LoadHistoryOptions {
  readonly nowMs: () => number;
  /** Operations kept at least; of twice as many the older are forgotten. Default 4 000. */
  readonly keepCount?: number;
  /** Told of each operation as it begins and, the same object, once it has ended. */
  readonly onNews?: (operation: Operation<ConfigInput, ConfigOutput>) => void;
}

interface Entry {
  readonly process: string;
  readonly input: ConfigInput;
  readonly callTime: number;
  outcome: Operation<ConfigInput, ConfigOutput>['outcome'];
  isOpen: boolean;
}

/** Writes of unknown outcome that are kept, from before the cut. */
const UNKNOWN_MAX = 500;

/** A history that forgets. */
export class LoadHistory {
  readonly #nowMs: () => number;
  readonly #keepCount: number;
  readonly #onNews: LoadHistoryOptions['onNews'];
  #entries: Entry[] = [];
  readonly #idle: string[] = [];
  #clientCount = 0;
  #begunCount = 0;

  constructor({ nowMs, keepCount = 4_000, onNews }: LoadHistoryOptions) {
    this.#nowMs = nowMs;
    this.#keepCount = keepCount;
    this.#onNews = onNews;
  }

  /** Operations that are kept. */
  get size(): number {
    return this.#entries.length;
  }

  /** Operations so far, those that are forgotten too. */
  get begunCount(): number {
    return this.#begunCount;
  }

  /** What is kept. What has no answer yet counts as of unknown outcome. */
  get history(): History<ConfigInput, ConfigOutput> {
    return this.#entries.map(({ process, input, callTime, outcome }) => ({
      ...{ process, input, callTime, outcome },
    }));
  }

  /** A client asks. @returns Takes what it heard. */
  begin(input: ConfigInput): (heard: ConfigOutput | NoAnswer) => void {
    const process = this.#idle.pop() ?? `c${(this.#clientCount += 1)}`;
    const callTime = this.#nowMs();
    this.#begunCount += 1;
    const entry: Entry = { process, input, callTime, outcome: { kind: 'info' }, isOpen: true };
    this.#entries.push(entry);
    this.#onNews?.(entry);
    if (this.#entries.length > 2 * this.#keepCount) this.#forget();
    return (heard) => {
      entry.isOpen = false;
      // A read that nobody answered changed nothing: it may as well never have been.
      if (input.kind !== 'get' && heard instanceof NoAnswer && !heard.definite) return;
      entry.outcome = outcomeOf(heard, this.#nowMs());
      this.#idle.push(process);
      this.#onNews?.(entry);
    };
  }

  #forget(): void {
    let fromMs = this.#entries.at(-this.#keepCount)?.callTime ?? 0;
    const isKept = (entry: Entry): boolean => endOf(entry) >= fromMs;
    for (let beforeMs = Infinity; fromMs < beforeMs;) {
      beforeMs = fromMs;
      fromMs = Math.min(fromMs, ...this.#entries.filter(isKept).map(({ callTime }) => callTime));
    }
    const unknown = this.#entries.filter((entry) => isUnknown(entry)).slice(-UNKNOWN_MAX);
    const carried = new Set(unknown);
    this.#entries = this.#entries.filter((entry) => carried.has(entry) || isKept(entry));
  }
}

function isUnknown({ isOpen, outcome }: Entry): boolean {
  return !isOpen && outcome.kind === 'info';
}

/** When it was over. What is open never is; of unknown outcome, it may be left out of the order. */
function endOf({ isOpen, outcome, callTime }: Entry): number {
  if (isOpen) return Infinity;
  return outcome.kind === 'info' ? callTime : outcome.returnTime;
}

function outcomeOf(heard: ConfigOutput | NoAnswer, returnTime: number): Entry['outcome'] {
  return heard instanceof NoAnswer
    ? { kind: 'fail', returnTime }
    : { kind: 'ok', output: heard, returnTime };
}
