import type { FromWorker } from './worker-messages.ts';
import type { WorkerPort } from './worker-source.ts';

/**
 * Starts the worker of a page that was opened as a file or from any server.
 *
 * Browsers load no worker from a file, but they load scripts: `worker.js` puts all of itself into
 * one function, and the text of that function is the worker.
 */
export function startWorker(): WorkerPort {
  const main: unknown = Reflect.get(globalThis, 'corkboardWorker');
  if (typeof main !== 'function') throw new TypeError('worker.js: expected it before page.js');
  // The text of a function of any size is at hand: engines keep the source.
  const text = `(${Function.prototype.toString.call(main)})()`;
  const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  const worker = new Worker(url);
  return {
    postMessage: (message) => {
      worker.postMessage(message);
    },
    listen: (listener) => {
      worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
        listener(data);
      };
    },
  };
}
