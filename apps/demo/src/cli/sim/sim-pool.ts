/** Plays runs in worker threads. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import type { SeedResult } from '../../scenarios/run-seeds.ts';
import type { SimJob } from './sim-job.ts';
import type { SimReply } from './sim-worker.ts';

/** What is played, and who is told. */
export interface PoolOptions {
  readonly jobs: Iterable<SimJob>;
  readonly workerCount: number;
  /** The script that serves jobs when it is started in a worker. */
  readonly mainFile: string;
  readonly signal: AbortSignal;
  /** Told of each run as it ends. Says whether to go on. */
  readonly onResult: (job: SimJob, result: SeedResult) => 'go on' | 'enough';
}

/**
 * Plays all jobs, in their order, as many at a time as there are workers.
 *
 * @throws Error (as a rejection) if a run cannot be played.
 */
export async function playInWorkers(options: PoolOptions): Promise<void> {
  const { jobs, workerCount, mainFile, signal, onResult } = options;
  const waiting = jobs[Symbol.iterator]();
  const ending = new AbortController();
  const stop = (): void => ending.abort();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const serve = async (): Promise<void> => {
    const worker = new Worker(mainFile);
    try {
      for (let next = nextOf(waiting, ending); next; next = nextOf(waiting, ending)) {
        const reply = await played(worker, next, ending.signal);
        if (reply === undefined) return;
        if (reply.kind === 'failed') throw new Error(`seed ${next.seed}: ${reply.message}`);
        if (onResult(next, reply.result) === 'enough') stop();
      }
    } finally {
      await worker.terminate();
    }
  };
  try {
    await Promise.all(Array.from({ length: workerCount }, serve));
  } finally {
    stop();
    signal.removeEventListener('abort', stop);
  }
}

function nextOf(waiting: Iterator<SimJob>, { signal }: AbortController): SimJob | undefined {
  if (signal.aborted) return undefined;
  const next = waiting.next();
  return next.done === true ? undefined : next.value;
}

/** @returns undefined if it was given up. */
async function played(
  worker: Worker,
  job: SimJob,
  signal: AbortSignal,
): Promise<SimReply | undefined> {
  worker.postMessage(job);
  try {
    const [reply] = (await once(worker, 'message', { signal })) as [SimReply];
    return reply;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}
