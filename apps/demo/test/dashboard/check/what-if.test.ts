import { expect, test } from 'vitest';

import type { PlaySeed, SeedPlayed } from '../../../src/dashboard/check/seed-messages.ts';
import { type SeedWorker, startWhatIf } from '../../../src/dashboard/check/what-if.ts';

/** A worker that answers when it is told to. */
class ManualWorker implements SeedWorker {
  readonly asked: number[] = [];
  isEnded = false;
  #listener: (played: SeedPlayed) => void = () => undefined;

  postMessage({ seed }: PlaySeed): void {
    this.asked.push(seed);
  }

  listen(listener: (played: SeedPlayed) => void): void {
    this.#listener = listener;
  }

  terminate(): void {
    this.isEnded = true;
  }

  finish(): void {
    const seed = this.asked.at(-1) ?? 0;
    this.#listener({ kind: 'played', seed, holds: seed % 2 === 0, detail: '', link: '' });
  }
}

function started(seeds: readonly number[], workerCount: number) {
  const workers: ManualWorker[] = [];
  const results: number[] = [];
  let endCount = 0;
  const stop = startWhatIf({
    ...{ link: 'seed=1', seeds, workerCount },
    startWorker: () => {
      const worker = new ManualWorker();
      workers.push(worker);
      return worker;
    },
    onResult: ({ seed }) => results.push(seed),
    onEnd: () => (endCount += 1),
  });
  return { workers, results, stop, ends: () => endCount };
}

test('each worker takes the next seed when it has finished one, and all end at the end', () => {
  const { workers, results, ends } = started([5, 6, 7], 2);
  expect(workers.map(({ asked }) => asked)).toEqual([[5], [6]]);
  workers[1]?.finish();
  expect(workers[1]?.asked).toEqual([6, 7]);
  workers[0]?.finish();
  expect([results, ends()]).toEqual([[6, 5], 0]);
  workers[1]?.finish();
  expect([results, ends()]).toEqual([[6, 5, 7], 1]);
  expect(workers.every(({ isEnded }) => isEnded)).toBe(true);
});

test('there are no more workers than seeds, and they end when they are told to', () => {
  const { workers, stop, ends } = started([1, 2], 8);
  expect(workers.length).toBe(2);
  stop();
  expect([workers.every(({ isEnded }) => isEnded), ends()]).toEqual([true, 0]);
});
