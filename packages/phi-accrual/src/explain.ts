import type { ArrivalEstimate, DetectorKind, FailureDetector } from './detector.ts';

/** Why a detector suspects its peer, or does not. */
export interface Explanation {
  /** `unknown` before the first heartbeat. */
  readonly verdict: 'unknown' | 'trusted' | 'suspected';
  readonly kind: DetectorKind;
  /** How suspicious the peer is, and from when on it is suspected. */
  readonly suspicion: number;
  readonly threshold: number;
  /** Since the last heartbeat; 0 before the first. */
  readonly silenceMs: number;
  /** How long after the expected time it is; below 0 if the next heartbeat is not due yet. */
  readonly lateMs: number;
  /** What the detector expects; `undefined` before the first heartbeat. */
  readonly estimate: ArrivalEstimate | undefined;
  /** All of it as one sentence in English. */
  readonly sentence: string;
}

/**
 * Why `detector` suspects its peer at `nowMs`, or does not: as data and as a sentence.
 *
 * @throws RangeError if `nowMs` is not finite.
 *
 * @example
 * ```ts
 * import { createDetector } from '@quorate/phi-accrual';
 *
 * const detector = createDetector({ intervalMs: 1_000 });
 * for (let beat = 1; beat <= 200; beat += 1) detector.heartbeat(beat, 1_000 * beat);
 * explain(detector, 200_700).verdict; // => 'trusted'
 * const { sentence } = explain(detector, 202_000);
 * sentence.startsWith('Suspected: the heartbeat after 200 is 1000 ms late, 11.4 dev'); // => true
 * ```
 */
export function explain(detector: FailureDetector, nowMs: number): Explanation {
  const { kind, threshold, suspectAtMs } = detector;
  const suspicion = detector.suspicion(nowMs);
  const estimate = detector.estimate();
  if (estimate === undefined) {
    const sentence = 'Unknown: no heartbeat has arrived yet.';
    const nothing = { suspicion, silenceMs: 0, lateMs: 0, estimate };
    return { verdict: 'unknown', kind, threshold, ...nothing, sentence };
  }
  const verdict = nowMs >= suspectAtMs ? 'suspected' : 'trusted';
  const silenceMs = Math.max(0, nowMs - estimate.lastArrivedAtMs);
  const lateMs = nowMs - estimate.expectedAtMs;
  const facts = { verdict, kind, suspicion, threshold, silenceMs, lateMs, estimate } as const;
  return { ...facts, sentence: sentenceOf(facts) };
}

type Facts = Omit<Explanation, 'sentence' | 'estimate'> & { readonly estimate: ArrivalEstimate };

function sentenceOf(facts: Facts): string {
  const { estimate, lateMs, verdict } = facts;
  const verdictWord = verdict === 'suspected' ? 'Suspected' : 'Trusted';
  const due = `the heartbeat after ${estimate.lastSequence}`;
  const when = lateMs > 0 ? `is ${ms(lateMs)} late` : `is due in ${ms(-lateMs)}`;
  return `${verdictWord}: ${due} ${when}${deviationsOf(facts)}; ${limitOf(facts)}.`;
}

function deviationsOf({ estimate, lateMs }: Facts): string {
  if (estimate.deviationMs === 0 || lateMs <= 0) return '';
  const deviations = lateMs / estimate.deviationMs;
  return `, ${digits(deviations)} deviations of ${ms(estimate.deviationMs)}`;
}

/** What would make it suspected, in the unit of the detector. */
function limitOf({ kind, estimate, suspicion, threshold }: Facts): string {
  const margin = `it may be ${ms(estimate.marginMs)} late`;
  switch (kind) {
    case 'normal':
    case 'akka':
    case 'exponential':
      return `${margin}, where phi is ${digits(threshold)}, and phi is ${digits(suspicion)}`;
    case 'histogram':
      return `${margin}, and ${digits(100 * suspicion)} % of the known intervals are shorter`;
    case 'fixed':
      return `the timeout is ${ms(threshold)}, and the silence ${ms(suspicion)}`;
    case 'chen':
    case 'two-window':
    case 'bertier':
      return margin;
  }
}

function ms(value: number): string {
  return `${digits(value)} ms`;
}

/** Three digits, or all before the point. */
function digits(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
