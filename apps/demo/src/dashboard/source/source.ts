import { LiveSource } from './live-source.ts';
import type { PageSource } from './page-source.ts';
import { forkRun, guardPast } from './past-guard.ts';
import { startWorker } from './start-worker.ts';
import { WorkerSource } from './worker-source.ts';

const token = document.querySelector<HTMLMetaElement>('meta[name="demo-token"]')?.content;

/** Whether the cluster is simulated in this page: nobody has served it with a token. */
export const isSimulated: boolean = token === undefined;

/** The source of this page. */
export const source: PageSource =
  token === undefined
    ? guardPast(new WorkerSource(startWorker()), forkRun)
    : guardPast(new LiveSource(token), undefined);
