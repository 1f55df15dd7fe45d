/**
 * How good a detector is on a trace, in the numbers of Chen, Toueg and Aguilera.
 *
 * A detector can fail in two ways: it takes long to notice a crash, and it suspects who is alive.
 * Each is easily bought with the other, so neither number says anything without the other. Chen
 * and his authors gave both a definition that looks at the detector from outside only, as a signal
 * that switches between trust and suspicion:
 *
 * ```text
 *   heartbeats   |    |    |              |    |   crash
 *   trust     ───┐    ┌────────┐     ┌──────────────x──┐
 *   suspicion    └────┘        └─────┘                  └───────────── for ever
 *                              |<-T_M->|            |<T_D>|
 *                |<--- T_MR -->|        |<--- T_G --->|
 * ```
 *
 * - T_D, the detection time: from a crash to the suspicion that never ends. Here the peer crashes
 *   right after each heartbeat in turn, which is when a crash takes longest to notice, and mean and
 *   99th percentile are over all those crashes.
 * - A mistake is a suspicion of a living peer; T_M its duration, T_MR from one to the next, T_G the
 *   good time between two.
 * - P_A, the accuracy of a query: how often a question at a random instant gets the right answer.
 *
 * A crash after heartbeat k leaves the detector with what it has learnt up to k, and that is the
 * state it had in the replay. So one replay answers for all crashes.
 *
 * Source: Chen, Toueg, Aguilera, "On the Quality of Service of Failure Detectors", IEEE
 * Transactions on Computers 51(5), 2002.
 */
import type { FailureDetector } from '../detector.ts';
import type { HeartbeatTrace } from './trace.ts';

/** How soon a detector notices a crash, and how often it is wrong about a living peer. */
export interface Quality {
  /** T_D: from a crash right after a heartbeat to the suspicion that lasts, mean, in ms. */
  readonly detectionMs: number;
  /** T_D that 99 of 100 crashes stay within, in ms. */
  readonly detectionP99Ms: number;
  /** Suspicions of the living peer. */
  readonly mistakes: number;
  /** Mistakes an hour. */
  readonly mistakesPerHour: number;
  /** T_M: how long a mistake lasts on average, in ms; 0 without mistakes. */
  readonly mistakeMs: number;
  /** T_MR: from one mistake to the next on average, in ms; `Infinity` without mistakes. */
  readonly mistakeRecurrenceMs: number;
  /** P_A: the share of the time in which the living peer was trusted, 0..1. */
  readonly accuracy: number;
  /** How much of the trace was judged, in ms. */
  readonly observedMs: number;
  /** Heartbeats in that time that the detector saw: as many crashes were judged. */
  readonly heartbeats: number;
}

/** What to judge. */
export interface QualityOptions {
  /**
   * So many delivered heartbeats teach the detector before it is judged: at least 1, fewer than
   * there are. Default: 1,100 or half of those there are, whichever is less.
   */
  readonly warmUpCount?: number;
}

/**
 * Replays traces through `detector`, and judges it.
 *
 * @param traces - One, or several that are judged as one: links of one network, each learned anew.
 * @param detector - What to judge; reset before each trace.
 * @throws RangeError if there is no trace, if fewer than 2 heartbeats of one were delivered, or if
 *   `warmUpCount` leaves none.
 * @remarks
 * A heartbeat that arrives exactly at `suspectAtMs` is in time. One whose deadline has passed when
 * it arrives ends no suspicion. O(n) calls of the detector, and a sort for the percentile.
 *
 * @example
 * ```ts
 * import { createDetector } from '@quorate/phi-accrual';
 * import { generateTrace } from '@quorate/phi-accrual/analysis';
 * import { seededRandom } from '@quorate/transport/system';
 *
 * const trace = generateTrace('lan', { random: seededRandom(1), count: 10_000 });
 * const timeout = createDetector({ kind: 'fixed', intervalMs: 1_000, timeoutMs: 2_000 });
 * const { detectionMs, mistakes } = qualityOf(trace, timeout);
 * Math.round(detectionMs); // => 2000
 * mistakes; // => 0
 * ```
 */
export function qualityOf(
  traces: HeartbeatTrace | readonly HeartbeatTrace[],
  detector: FailureDetector,
  { warmUpCount }: QualityOptions = {},
): Quality {
  const all = 'sequences' in traces ? [traces] : traces;
  if (all.length === 0) throw new RangeError('traces: expected at least 1, got 0');
  const warmUps = all.map((trace) => checkedWarmUp(trace, warmUpCount));
  const judged = all.reduce(
    (sum, { delivered }, at) => sum + delivered.length - (warmUps[at] ?? 0),
    0,
  );
  const signal = new Signal(detector, judged);
  all.forEach((trace, at) => signal.replay(trace, warmUps[at] ?? 0));
  return signal.verdict();
}

function checkedWarmUp({ delivered }: HeartbeatTrace, warmUpCount: number | undefined): number {
  if (delivered.length < 2) {
    throw new RangeError(`trace: expected 2 delivered heartbeats, got ${delivered.length}`);
  }
  const count = warmUpCount ?? Math.min(1_100, delivered.length >>> 1);
  if (!Number.isInteger(count) || count < 1 || count >= delivered.length) {
    throw new RangeError(`warmUpCount: expected 1..${delivered.length - 1}, got ${count}`);
  }
  return count;
}

/** Trust and suspicion, and what became of them. */
class Signal {
  readonly #detector: FailureDetector;
  readonly #detectionsMs: Float64Array;
  #judged = 0;
  #mistakes = 0;
  #suspectedMs = 0;
  #observedMs = 0;
  /** When the last heartbeat arrived. */
  #nowMs = 0;
  /** The suspicion that lasts if nothing more arrives began or begins here. */
  #suspectedFromMs = Infinity;

  constructor(detector: FailureDetector, judged: number) {
    this.#detector = detector;
    this.#detectionsMs = new Float64Array(judged);
  }

  replay(trace: HeartbeatTrace, warmUpCount: number): void {
    const { delivered, arrivedAtMs, sentAtMs } = trace;
    this.#detector.reset();
    this.#suspectedFromMs = Infinity;
    for (let index = 0; index < delivered.length; index += 1) {
      const row = delivered[index] ?? 0;
      const arrivedMs = arrivedAtMs[row] ?? 0;
      if (index >= warmUpCount) this.#judge(arrivedMs);
      this.#learn(trace.sequences[row] ?? 0, arrivedMs);
      if (index >= warmUpCount) this.#crash(sentAtMs[row] ?? 0);
    }
  }

  /** Looks back at the silence before a heartbeat. */
  #judge(arrivedMs: number): void {
    this.#observedMs += arrivedMs - this.#nowMs;
    if (this.#suspectedFromMs >= arrivedMs) return;
    this.#suspectedMs += arrivedMs - Math.max(this.#suspectedFromMs, this.#nowMs);
    // A suspicion that is older than the last heartbeat was counted when it began.
    if (this.#suspectedFromMs >= this.#nowMs) this.#mistakes += 1;
  }

  #learn(sequence: number, arrivedMs: number): void {
    const wasSuspected = this.#suspectedFromMs < arrivedMs;
    this.#nowMs = arrivedMs;
    this.#detector.heartbeat(sequence, arrivedMs);
    const { suspectAtMs } = this.#detector;
    if (suspectAtMs > arrivedMs) this.#suspectedFromMs = suspectAtMs;
    else if (!wasSuspected) this.#suspectedFromMs = arrivedMs;
  }

  /** The peer crashes right after it sent what has just arrived. */
  #crash(sentMs: number): void {
    this.#detectionsMs[this.#judged] = Math.max(0, this.#suspectedFromMs - sentMs);
    this.#judged += 1;
  }

  verdict(): Quality {
    const detections = this.#detectionsMs.sort();
    const mistakes = this.#mistakes;
    const observedMs = this.#observedMs;
    return {
      detectionMs: detections.reduce((sum, ms) => sum + ms, 0) / detections.length,
      detectionP99Ms: detections[Math.ceil(0.99 * detections.length) - 1] ?? 0,
      mistakes,
      mistakesPerHour: observedMs > 0 ? (mistakes * 3_600_000) / observedMs : 0,
      mistakeMs: mistakes > 0 ? this.#suspectedMs / mistakes : 0,
      mistakeRecurrenceMs: mistakes > 0 ? observedMs / mistakes : Infinity,
      accuracy: observedMs > 0 ? 1 - this.#suspectedMs / observedMs : 1,
      observedMs,
      heartbeats: detections.length,
    };
  }
}
