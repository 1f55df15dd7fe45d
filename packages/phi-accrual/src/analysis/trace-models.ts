/**
 * Networks and machines to try detectors on, as data.
 *
 * The worlds are those that papers and operators describe, in round numbers: what matters is that
 * they differ in kind. Late heartbeats are another matter than lost ones, lost ones in bursts
 * another than single ones, and a paused process another than both.
 */
import type { TimeDistribution } from './draws.ts';
import type { LossModel } from './loss.ts';
import type { PauseModel } from './pauses.ts';

/** The worlds that have a name. */
export type TraceKind =
  | 'wan' // Between two continents, with bursts of loss: like Hayashibara's
  | 'lan' // One switch, nothing special
  | 'lan-stalls' // The same, with a process or machine that stands still for up to 8 s
  | 'cloud' // Two machines of one zone
  | 'cross-region' // Two regions of a cloud; delays that breathe over the day
  | 'gc-pauses' // Sender and observer both pause: often shortly, sometimes long
  | 'mobile' // Radio: spells in which a third is lost
  | 'hidden-tab' // A browser tab that is hidden for minutes: a timer runs once a minute
  | 'lossy'; // Delays without memory, and 1 in 20 lost

/** One world: who sends when, what the network does, and who is paused. Times in ms. */
export interface TraceModel {
  readonly intervalMs: number;
  /** How far off its schedule a heartbeat is sent, as the deviation of a normal; never early. */
  readonly sendDeviationMs: number;
  /** What every heartbeat takes at least. */
  readonly delayMinMs: number;
  /** What comes on top. */
  readonly delay: TimeDistribution;
  /** A few take longer: with a chance of `rate`, and so much longer. */
  readonly spikes?: { readonly rate: number; readonly length: TimeDistribution };
  /** Delays above the least swing by this share, once in `periodMs`. */
  readonly swing?: { readonly share: number; readonly periodMs: number };
  readonly loss: LossModel;
  /** A paused sender sends the last heartbeat that was due when it wakes, and none before. */
  readonly senderPauses: readonly PauseModel[];
  /** A paused observer sees everything that came in the meantime when it wakes. */
  readonly observerPauses: readonly PauseModel[];
  /** Of the time between `visibleMeanMs` and `hiddenMeanMs`, a hidden sender wakes this often. */
  readonly hidden?: {
    readonly visibleMeanMs: number;
    readonly hiddenMeanMs: number;
    readonly wakesEveryMs: number;
  };
}

/** A stall of a process or its machine every ten minutes; one in twenty passes half a second. */
const stalls: PauseModel = {
  gapMeanMs: 600_000,
  length: { kind: 'pareto', minMs: 50, alpha: 1.3, maxMs: 8_000 },
};

/** A young collection every two seconds. */
const youngCollections: PauseModel = {
  gapMeanMs: 2_000,
  length: { kind: 'uniform', minMs: 5, maxMs: 30 },
};

const quiet: Omit<TraceModel, 'delay' | 'delayMinMs'> = {
  intervalMs: 1_000,
  sendDeviationMs: 0.2,
  loss: { kind: 'independent', rate: 1e-5 },
  senderPauses: [],
  observerPauses: [],
};

const switched = {
  delayMinMs: 0.2,
  delay: { kind: 'lognormal', mu: -1.5, sigma: 0.6 },
} as const;

/** The worlds that have a name; change what differs in yours. */
export const traceModels: Readonly<Record<TraceKind, TraceModel>> = {
  wan: {
    ...quiet,
    intervalMs: 103.5,
    delayMinMs: 135,
    delay: { kind: 'lognormal', mu: 1.2, sigma: 1 },
    spikes: { rate: 2e-4, length: { kind: 'exponential', meanMs: 400 } },
    loss: { kind: 'bursts', startRate: 1.4e-4, mu: 2.2, sigma: 1.5, countMax: 1_093 },
  },
  lan: { ...quiet, ...switched },
  'lan-stalls': { ...quiet, ...switched, senderPauses: [stalls] },
  cloud: {
    ...quiet,
    delayMinMs: 0.25,
    delay: { kind: 'lognormal', mu: -2, sigma: 0.6 },
    spikes: { rate: 2e-3, length: { kind: 'exponential', meanMs: 3 } },
  },
  'cross-region': {
    ...quiet,
    delayMinMs: 60,
    delay: { kind: 'gamma', shape: 1.7, scaleMs: 8 },
    spikes: { rate: 1e-3, length: { kind: 'exponential', meanMs: 200 } },
    swing: { share: 0.2, periodMs: 86_400_000 },
    loss: { kind: 'independent', rate: 1e-3 },
  },
  'gc-pauses': {
    ...quiet,
    ...switched,
    senderPauses: [youngCollections, stalls],
    observerPauses: [youngCollections, stalls],
  },
  mobile: {
    ...quiet,
    delayMinMs: 25,
    delay: { kind: 'lognormal', mu: 3, sigma: 0.8 },
    loss: {
      kind: 'gilbert-elliott',
      worsens: 0.01,
      recovers: 0.2,
      goodLossRate: 1e-3,
      badLossRate: 0.3,
    },
  },
  'hidden-tab': {
    ...quiet,
    delayMinMs: 15,
    delay: { kind: 'lognormal', mu: 2, sigma: 0.8 },
    loss: { kind: 'independent', rate: 1e-3 },
    hidden: { visibleMeanMs: 600_000, hiddenMeanMs: 600_000, wakesEveryMs: 60_000 },
  },
  lossy: {
    ...quiet,
    intervalMs: 200,
    delayMinMs: 0,
    delay: { kind: 'exponential', meanMs: 50 },
    loss: { kind: 'independent', rate: 0.05 },
  },
};
