import type { HearsayOutcome } from '../../src/circuit-change.ts';
import type { CircuitSettings } from '../../src/circuit-options.ts';
import { type CircuitState, mayFollow } from '../../src/circuit-state.ts';
import type { CountedOutcome, Outcome } from '../../src/outcome.ts';

interface Entry {
  readonly outcome: CountedOutcome;
  readonly atMs: number;
}

const isFailed = (outcome: CountedOutcome): boolean => outcome.endsWith('ailure');
const isSlow = (outcome: CountedOutcome): boolean => outcome.startsWith('slow');

/**
 * A circuit as one would explain it: it keeps every outcome of its state for ever, looks through
 * all of them after each, and is told the time whenever there is one to tell.
 */
export class CircuitModel {
  readonly #settings: CircuitSettings;
  readonly #draw: () => number;
  readonly #mayOpen: () => boolean;
  #timeMs = 0;
  #readingMs: number;
  state: CircuitState = 'closed';
  generation = 1;
  openings = 0;
  openUntilMs = 0;
  #entries: Entry[] = [];
  #trialsOut = 0;
  #lastTrialMs = 0;
  readonly exceeded: string[] = [];

  constructor(
    settings: CircuitSettings,
    draw: () => number,
    mayOpen: () => boolean,
    nowMs: number,
  ) {
    this.#settings = settings;
    this.#draw = draw;
    this.#mayOpen = mayOpen;
    this.#readingMs = nowMs;
    if (settings.initialState !== 'closed') this.#enter(settings.initialState);
  }

  /** Time is what has passed forwards between two readings. */
  tell(readingMs: number): void {
    this.#timeMs += Math.max(0, readingMs - this.#readingMs);
    this.#readingMs = readingMs;
  }

  acquire(): number {
    this.#catchUp();
    if (this.state === 'open' || this.state === 'forcedOpen') return 0;
    if (this.state !== 'halfOpen') return this.generation;
    if (this.#entries.length + this.#trialsOut >= this.#settings.permittedCalls) return 0;
    this.#trialsOut += 1;
    this.#lastTrialMs = this.#timeMs;
    return this.generation;
  }

  settle(generation: number, outcome: Outcome, openForMs?: number): void {
    if (generation !== this.generation) return;
    if (this.state === 'halfOpen') this.#trialsOut -= 1;
    if (outcome === 'ignored' || this.state === 'disabled') return;
    this.#entries.push({ outcome, atMs: this.#timeMs });
    const isActing = this.state === 'closed' || this.state === 'halfOpen';
    if (openForMs !== undefined && isActing) {
      this.#wantOpen(Math.min(openForMs, this.#settings.openForMsMax));
    } else if (this.state === 'halfOpen') {
      this.#judgeTrials();
    } else {
      this.#judgeWindow();
    }
  }

  /** Whether the move is allowed; if it is, it is made. */
  transition(to: CircuitState): boolean {
    this.#catchUp();
    if (!mayFollow(this.state, to)) return false;
    this.#enter(to);
    return true;
  }

  /** What becomes of the word of others. */
  hear(openForMs: number): HearsayOutcome {
    this.#catchUp();
    if (this.state !== 'closed') return 'notClosed';
    const { generation } = this;
    this.#wantOpen(Math.min(openForMs, this.#settings.openForMsMax));
    return this.generation === generation ? 'denied' : 'opened';
  }

  reset(): void {
    this.#enter('closed');
  }

  /** What the window of the state covers now. */
  counts(): { total: number; failed: number; slow: number; slowFailed: number } {
    const found = this.#covered().map(({ outcome }) => outcome);
    return {
      total: found.length,
      failed: found.filter(isFailed).length,
      slow: found.filter(isSlow).length,
      slowFailed: found.filter((outcome) => isSlow(outcome) && isFailed(outcome)).length,
    };
  }

  get retryAfterMs(): number | undefined {
    if (this.state !== 'open') return undefined;
    return Math.max(0, Math.ceil(this.openUntilMs - this.#timeMs));
  }

  #covered(): readonly Entry[] {
    const { kind, size, durationMs, bucketCount } = this.#settings.trip;
    if (this.state === 'halfOpen') return this.#entries;
    if (kind === 'consecutiveFailures') {
      const lastSuccess = this.#entries.findLastIndex(({ outcome }) => !isFailed(outcome));
      return this.#entries.slice(lastSuccess + 1);
    }
    if (kind === 'countWindow') return this.#entries.slice(-size);
    const bucketOf = (atMs: number): number => Math.floor(atMs / (durationMs / bucketCount));
    const now = bucketOf(this.#timeMs);
    return this.#entries.filter(({ atMs }) => now - bucketOf(atMs) < bucketCount);
  }

  #judgeWindow(): void {
    const { kind, failureThreshold, slowThreshold, minimumCalls } = this.#settings.trip;
    const { total, failed, slow } = this.counts();
    const exceeded: string[] = [];
    if (kind === 'consecutiveFailures') {
      if (failed >= failureThreshold) exceeded.push(kind);
    } else if (total >= minimumCalls) {
      if (failed / total >= failureThreshold) exceeded.push('failureRate');
      if (slow / total >= slowThreshold) exceeded.push('slowRate');
    }
    if (exceeded.length === 0) return;
    if (this.state === 'closed') this.#wantOpen();
    else this.exceeded.push(...exceeded.filter((name) => !this.exceeded.includes(name)));
  }

  #judgeTrials(): void {
    const { trip, trialMinimum } = this.#settings;
    const { total, failed, slow } = this.counts();
    // The verdict that would fall at the minimum if all that are missing succeeded.
    const atLeast = Math.max(total, trialMinimum);
    const isBad =
      trip.kind === 'consecutiveFailures'
        ? failed > 0
        : failed / atLeast >= trip.failureThreshold || slow / atLeast >= trip.slowThreshold;
    if (isBad) this.#wantOpen();
    else if (total >= trialMinimum) this.#enter('closed');
  }

  #wantOpen(openForMs?: number): void {
    if (this.#mayOpen()) this.#enter('open', openForMs);
    else if (this.state === 'halfOpen') this.#enter('closed');
  }

  #catchUp(): void {
    const { permittedCalls, halfOpenWaitMsMax, afterWait } = this.#settings;
    const isFull = this.#entries.length + this.#trialsOut >= permittedCalls;
    const lostMs = this.#lastTrialMs + halfOpenWaitMsMax;
    if (this.state === 'halfOpen' && isFull && this.#timeMs >= lostMs) {
      const nowMs = this.#timeMs;
      this.#timeMs = lostMs;
      if (afterWait === 'open') this.#wantOpen();
      else this.#enter('closed');
      this.#timeMs = nowMs;
    }
    if (this.state === 'open' && this.#timeMs >= this.openUntilMs) this.#enter('halfOpen');
  }

  #enter(to: CircuitState, openForMs?: number): void {
    this.state = to;
    this.generation += 1;
    this.#entries = [];
    this.#trialsOut = 0;
    this.exceeded.length = 0;
    if (to === 'closed' || to === 'disabled' || to === 'metricsOnly') this.openings = 0;
    if (to !== 'open') return;
    this.openings += 1;
    const { initialMs, factor, maxMs, jitter } = this.#settings.openWait;
    let waitMs = initialMs;
    for (let n = 1; n < this.openings; n += 1) waitMs = Math.min(maxMs, waitMs * factor);
    this.openUntilMs = this.#timeMs + (openForMs ?? waitMs * (1 - jitter * this.#draw()));
  }
}
