import { loadPart } from './load-part.ts';
import { runPart } from './run-part.ts';
import { seen } from './seen.ts';
import type { FromWorker } from './worker-messages.ts';
import type { SeedPlayed } from '../check/seed-messages.ts';
import type { SeedWorker } from '../check/what-if.ts';
import type { WorkerPort } from './worker-source.ts';

/** The part that the worker runs, beside what that needs. */
const partOfWorker = './worker.js';

/**
 * Starts the worker of a page that was opened as a file or from any server, after the page is seen
 * for the first time. What is posted before waits.
 */
export function startWorker(): WorkerPort {
  const starting = seen()
    .then(() => loadPart(partOfWorker))
    .then(createWorker);
  return {
    postMessage: (message) => {
      starting.then(
        (worker) => worker.postMessage(message),
        // Who listens hears of it.
        () => undefined,
      );
    },
    listen: (listener, failed) => {
      starting.then((worker) => {
        worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
          listener(data);
        };
      }, failed);
    },
  };
}

/** Starts one more worker, for other seeds; the first one has been started before. */
export function startSeedWorker(): SeedWorker {
  const worker = createWorker();
  return {
    postMessage: (message) => worker.postMessage(message),
    listen: (listener) => {
      worker.onmessage = ({ data }: MessageEvent<SeedPlayed>) => listener(data);
    },
    terminate: () => worker.terminate(),
  };
}

/**
 * Browsers load no worker from a file, but they load scripts: the parts of the script are
 * functions, and their text is the worker.
 */
function createWorker(): Worker {
  const { parts = {}, needs = {} } = globalThis.corkboard ?? {};
  const texts = [...(needs[partOfWorker] ?? []), partOfWorker].map((name) => {
    const part = parts[name];
    if (part === undefined) throw new TypeError(`${name}: expected it before the page`);
    // The text of a function of any size is at hand: engines keep the source.
    return `${JSON.stringify(name)}:${part.toString()}`;
  });
  const text = `(${runPart.toString()})({${texts.join()}},${JSON.stringify(partOfWorker)})`;
  return new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
}
