/** A worker thread that plays runs, one at a time. */
import { parentPort } from 'node:worker_threads';

import type { SeedResult } from '../../scenarios/run-seeds.ts';
import { playJob, type SimJob } from './sim-job.ts';

/** What a worker answers to a job. */
export type SimReply =
  | { readonly kind: 'played'; readonly result: SeedResult }
  | { readonly kind: 'failed'; readonly message: string };

/** Serves until the thread is ended. */
export function serveJobs(): void {
  parentPort?.on('message', (job: SimJob) => {
    void playJob(job).then(
      (result) => {
        if (result !== undefined) parentPort?.postMessage({ kind: 'played', result });
      },
      (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        parentPort?.postMessage({ kind: 'failed', message });
      },
    );
  });
}
