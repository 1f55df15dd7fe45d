import type { PageRequest, PageSource, StreamListener } from './page-source.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

/** A way to the worker. */
export interface WorkerPort {
  postMessage(message: ToWorker): void;
  /** Calls `listener` with everything that the worker says from now on; `failed` if none starts. */
  listen(listener: (message: FromWorker) => void, failed: () => void): void;
}

/** Statuses whose answers must have no body, not even an empty one. */
const bodiless = [204, 205, 304];

/** The cluster in a worker of this page. */
export class WorkerSource implements PageSource {
  readonly #port: WorkerPort;
  readonly #answers = new Map<number, (response: Response) => void>();
  readonly #streams = new Map<number, StreamListener>();
  #lastId = 0;

  constructor(port: WorkerPort) {
    this.#port = port;
    port.listen(
      (message) => {
        this.#take(message);
      },
      () => {
        for (const stream of this.#streams.values()) stream.lost();
      },
    );
  }

  request(path: string, request: PageRequest): Promise<Response> {
    const id = (this.#lastId += 1);
    this.#port.postMessage({ kind: 'ask', id, path, request });
    return new Promise((resolve) => this.#answers.set(id, resolve));
  }

  events(path: string, listener: StreamListener): () => void {
    const id = (this.#lastId += 1);
    this.#streams.set(id, listener);
    this.#port.postMessage({ kind: 'open', id, path });
    return () => {
      this.#streams.delete(id);
      this.#port.postMessage({ kind: 'close', id });
    };
  }

  #take(message: FromWorker): void {
    if (message.kind === 'answer') {
      const { id, status, headers, body } = message;
      const response = new Response(bodiless.includes(status) ? null : body, {
        status,
        headers: headers.map(([name, value]): [string, string] => [name, value]),
      });
      this.#answers.get(id)?.(response);
      this.#answers.delete(id);
      return;
    }
    const listener = this.#streams.get(message.id);
    if (message.kind === 'event') listener?.event(message.data);
    else listener?.[message.kind]();
  }
}
