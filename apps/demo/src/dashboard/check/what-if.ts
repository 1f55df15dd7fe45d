/** The same run with other seeds, played by workers of their own. */
import type { PlaySeed, SeedPlayed } from './seed-messages.ts';

/** Another thread. */
export interface SeedWorker {
  postMessage(message: PlaySeed): void;
  listen(listener: (played: SeedPlayed) => void): void;
  terminate(): void;
}

/** What is told of the way. */
export interface WhatIf {
  /** The part of an address behind its `?`. */
  readonly link: string;
  readonly seeds: readonly number[];
  readonly workerCount: number;
  readonly startWorker: () => SeedWorker;
  readonly onResult: (result: SeedPlayed) => void;
  readonly onEnd: () => void;
}

/** Each worker takes the next seed when it has finished one. @returns Ends it before. */
export function startWhatIf(whatIf: WhatIf): () => void {
  const { link, seeds, workerCount, startWorker, onResult, onEnd } = whatIf;
  const waiting = [...seeds];
  let resultCount = 0;
  const workers = Array.from({ length: Math.min(workerCount, seeds.length) }, startWorker);
  const stop = (): void => {
    for (const worker of workers.splice(0)) worker.terminate();
  };
  for (const worker of workers) {
    const goOn = (): void => {
      const seed = waiting.shift();
      if (seed !== undefined) worker.postMessage({ kind: 'seed', link, seed });
    };
    worker.listen((played) => {
      onResult(played);
      resultCount += 1;
      if (resultCount < seeds.length) {
        goOn();
        return;
      }
      stop();
      onEnd();
    });
    goOn();
  }
  return stop;
}
