/** When a process stands still: a collection of garbage, a machine that moves, a stalled disk. */
import type { Random } from '@quorate/transport';

import { drawTimeMs, type TimeDistribution } from './draws.ts';

/** Pauses that begin at random, each as long as `length` draws. */
export interface PauseModel {
  /** From the end of one to the beginning of the next, exponential, mean in ms. */
  readonly gapMeanMs: number;
  readonly length: TimeDistribution;
}

/**
 * Says when what was due at an instant happens: then, or at the end of the pause it falls into.
 * Ask in the order of time.
 */
export function pauseProcess(
  random: Random,
  models: readonly PauseModel[],
): (dueAtMs: number) => number {
  const kinds = models.map((model, index) => {
    const draws = random.fork(`pauses ${index}`);
    return { model, draws, ...nextPause({ model, draws }, 0) };
  });
  // The last pause that something fell into; what falls into it later wakes with it.
  let asleepFromMs = Infinity;
  let asleepUntilMs = -Infinity;
  return (dueAtMs) => {
    if (dueAtMs >= asleepFromMs && dueAtMs < asleepUntilMs) return asleepUntilMs;
    let atMs = dueAtMs;
    // A pause that ends within another leaves off where that one does.
    for (let isMoved = true; isMoved;) {
      isMoved = false;
      for (const kind of kinds) {
        while (kind.endMs <= atMs) Object.assign(kind, nextPause(kind, kind.endMs));
        if (kind.startMs > atMs) continue;
        atMs = kind.endMs;
        isMoved = true;
      }
    }
    if (atMs > dueAtMs) [asleepFromMs, asleepUntilMs] = [dueAtMs, atMs];
    return atMs;
  };
}

function nextPause(
  { model, draws }: { readonly model: PauseModel; readonly draws: Random },
  fromMs: number,
): { startMs: number; endMs: number } {
  const gapMs = drawTimeMs(draws, { kind: 'exponential', meanMs: model.gapMeanMs });
  const startMs = fromMs + gapMs;
  return { startMs, endMs: startMs + drawTimeMs(draws, model.length) };
}
