import { runPart } from './run-part.ts';
import type { FromWorker } from './worker-messages.ts';
import type { SeedPlayed } from '../check/seed-messages.ts';
import type { SeedWorker } from '../check/what-if.ts';
import type { WorkerPort } from './worker-source.ts';

/** The parts of the script that the worker runs: what it shares with the page, and its own. */
const partsOfWorker = ['./shared.js', './worker.js'];

/**
 * Starts the worker of a page that was opened as a file or from any server, after the page is seen
 * for the first time. What is posted before waits.
 */
export function startWorker(): WorkerPort {
  const starting = seen()
    .then(() => load('worker.js'))
    .then(createWorker);
  return {
    postMessage: (message) => {
      void starting.then((worker) => {
        worker.postMessage(message);
      });
    },
    listen: (listener) => {
      void starting.then((worker) => {
        worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
          listener(data);
        };
      });
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

/** Fulfilled once the page is drawn, or at once if nobody looks. */
function seen(): Promise<void> {
  return new Promise((resolve) => {
    // The callback comes before the frame is drawn, a timer after it.
    if (document.visibilityState === 'hidden') resolve();
    else requestAnimationFrame(() => setTimeout(resolve));
  });
}

function load(src: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = src;
    script.onload = () => {
      resolve();
    };
    script.onerror = () => {
      reject(new Error(`${src}: expected it beside the page`));
    };
    document.head.append(script);
  });
}

/**
 * Browsers load no worker from a file, but they load scripts: the parts of the script are
 * functions, and their text is the worker.
 */
function createWorker(): Worker {
  const texts = partsOfWorker.map((name) => {
    const part = globalThis.corkboard?.[name];
    if (part === undefined) throw new TypeError(`${name}: expected it before the page`);
    // The text of a function of any size is at hand: engines keep the source.
    return `${JSON.stringify(name)}:${part.toString()}`;
  });
  const text = `(${runPart.toString()})({${texts.join()}},"./worker.js")`;
  return new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
}
