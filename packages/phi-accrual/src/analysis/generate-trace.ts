import type { Random } from '@quorate/transport';

import { drawNormal, drawTimeMs } from './draws.ts';
import { lossProcess } from './loss.ts';
import { pauseProcess } from './pauses.ts';
import { type HeartbeatTrace, heartbeatTrace, traceCountMax } from './trace.ts';
import { type TraceKind, type TraceModel, traceModels } from './trace-models.ts';

/** Which trace to make. */
export interface GeneratorOptions {
  /** Equal seeds make equal traces. */
  readonly random: Random;
  /** How many heartbeats are due, 2..5,000,000. */
  readonly count: number;
  /** For tables and pictures. Default: the kind, or 'model'. */
  readonly name?: string;
}

/**
 * Makes a trace of a world: one that has a name, or your own.
 *
 * @throws RangeError if `count` or a number of the model is out of its range.
 * @remarks
 * O(n) time. Times are multiples of 1/1024 ms, coarser than engines differ in a logarithm. Who
 * sends, what is lost and how long it takes are drawn from streams of their own: a world with other
 * losses has the same delays.
 *
 * @example
 * ```ts
 * import { traceModels } from '@quorate/phi-accrual/analysis';
 * import { seededRandom } from '@quorate/transport/system';
 *
 * const trace = generateTrace('lossy', { random: seededRandom(1), count: 10_000 });
 * Math.round((100 * trace.lostCount) / 10_000); // => 5
 *
 * const worse = { ...traceModels.lan, loss: { kind: 'independent', rate: 0.5 } } as const;
 * const half = generateTrace(worse, { random: seededRandom(1), count: 10_000 });
 * Math.round((10 * half.lostCount) / 10_000); // => 5
 * ```
 */
export function generateTrace(
  world: TraceKind | TraceModel,
  { random, count, name }: GeneratorOptions,
): HeartbeatTrace {
  if (!Number.isInteger(count) || count < 2 || count > traceCountMax) {
    throw new RangeError(`count: expected 2..${traceCountMax}, got ${count}`);
  }
  const model = typeof world === 'string' ? modelOf(world) : world;
  const sequences = Float64Array.from({ length: count }, (_, row) => row + 1);
  const { sentAtMs, isSent } = sending(model, random, count);
  const arrivedAtMs = arriving(model, random, sentAtMs, isSent);
  const title = name ?? (typeof world === 'string' ? world : 'model');
  return heartbeatTrace(title, model.intervalMs, { sequences, sentAtMs, arrivedAtMs });
}

function modelOf(kind: TraceKind): TraceModel {
  if (Object.hasOwn(traceModels, kind)) return traceModels[kind];
  const known = Object.keys(traceModels).join(', ');
  throw new RangeError(`world: expected one of ${known}, got ${kind}`);
}

function sending(model: TraceModel, random: Random, count: number) {
  const { intervalMs, sendDeviationMs } = model;
  const draws = random.fork('send');
  const wakeAt = pauseProcess(random.fork('sender'), model.senderPauses);
  const unhiddenAt = hiddenProcess(random.fork('hidden'), model);
  const sentAtMs = new Float64Array(count);
  const isSent = new Uint8Array(count);
  let last = 0;
  for (let row = 0; row < count; row += 1) {
    const dueAtMs = (row + 1) * intervalMs;
    const awakeAtMs = wakeAt(unhiddenAt(dueAtMs));
    last = Math.max(last, rounded(awakeAtMs + Math.abs(drawNormal(draws)) * sendDeviationMs));
    sentAtMs[row] = last;
    // Whoever wakes late sends what is due by now, and nothing that was due before.
    isSent[row] = dueAtMs + intervalMs > awakeAtMs ? 1 : 0;
  }
  return { sentAtMs, isSent };
}

/** Says when a sender whose tab may be hidden wakes for what is due. */
function hiddenProcess(random: Random, { hidden }: TraceModel): (dueAtMs: number) => number {
  if (hidden === undefined) return (dueAtMs) => dueAtMs;
  const { visibleMeanMs, hiddenMeanMs, wakesEveryMs } = hidden;
  const spellMs = (meanMs: number) => drawTimeMs(random, { kind: 'exponential', meanMs });
  let hiddenFromMs = spellMs(visibleMeanMs);
  let hiddenUntilMs = hiddenFromMs + spellMs(hiddenMeanMs);
  return (dueAtMs) => {
    while (hiddenUntilMs <= dueAtMs) {
      hiddenFromMs = hiddenUntilMs + spellMs(visibleMeanMs);
      hiddenUntilMs = hiddenFromMs + spellMs(hiddenMeanMs);
    }
    if (dueAtMs < hiddenFromMs) return dueAtMs;
    return Math.min(hiddenUntilMs, Math.ceil(dueAtMs / wakesEveryMs) * wakesEveryMs);
  };
}

function arriving(
  model: TraceModel,
  random: Random,
  sentAtMs: Float64Array,
  isSent: Uint8Array,
): Float64Array {
  const isLost = lossProcess(random.fork('loss'), model.loss);
  const draws = random.fork('delay');
  const reachesAtMs = Float64Array.from(
    sentAtMs,
    (sentMs) => sentMs + delayMs(draws, model, sentMs),
  );
  return seen(model, random, reachesAtMs).map((seenMs, row) => {
    const isGone = isLost();
    return isGone || isSent[row] === 0 ? Infinity : rounded(seenMs);
  });
}

function delayMs(draws: Random, model: TraceModel, sentMs: number): number {
  const { delayMinMs, delay, spikes, swing } = model;
  const { share, periodMs } = swing ?? { share: 0, periodMs: 1 };
  const breath = 1 + share * Math.sin((2 * Math.PI * sentMs) / periodMs);
  const isSpike = spikes !== undefined && draws.float() < spikes.rate;
  const spikeMs = isSpike ? drawTimeMs(draws, spikes.length) : 0;
  return delayMinMs + drawTimeMs(draws, delay) * breath + spikeMs;
}

/** When an observer who may be paused sees what reached its machine. */
function seen(model: TraceModel, random: Random, reachesAtMs: Float64Array): Float64Array {
  if (model.observerPauses.length === 0) return reachesAtMs;
  const awakeAt = pauseProcess(random.fork('observer'), model.observerPauses);
  const seenAtMs = new Float64Array(reachesAtMs.length);
  // Pauses are asked about in the order of time, in which one may have overtaken another.
  const order = Uint32Array.from(reachesAtMs.keys()).sort(
    (a, b) => (reachesAtMs[a] ?? 0) - (reachesAtMs[b] ?? 0),
  );
  for (const row of order) seenAtMs[row] = awakeAt(reachesAtMs[row] ?? 0);
  return seenAtMs;
}

function rounded(ms: number): number {
  return Math.round(ms * 1_024) / 1_024;
}
