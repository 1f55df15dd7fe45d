/** Requests for keys to real nodes, and a history of what those who asked saw. */
import { type History, recorder } from '@quorate/linearizability';

import { HttpClient, HttpClientError } from '../http-client.ts';
import type { ReadMode } from '../config/read-mode.ts';
import {
  type ConfigResponse,
  learntFrom,
  NoAnswer,
  requestOf,
  UnpromisedResponse,
} from './config-exchange.ts';
import type { ConfigInput, ConfigOutput } from './config-model.ts';

/** Asks on behalf of clients, of which each has one request under way at a time. */
export class ConfigRecorder {
  /** Responses that the service promises never to give. */
  readonly unpromised: string[] = [];
  readonly #mode: ReadMode;
  readonly #patienceMs: number;
  readonly #client = new HttpClient(256);
  readonly #recorder = recorder<ConfigInput, ConfigOutput>({ nowMs: () => performance.now() });

  /** @param patienceMs - How long a client waits for an answer, in ms. More than 0. */
  constructor(mode: ReadMode, patienceMs: number) {
    this.#mode = mode;
    this.#patienceMs = patienceMs;
  }

  /** What they saw so far. */
  get history(): History<ConfigInput, ConfigOutput> {
    return this.#recorder.history();
  }

  /** Asks the node at `api` and records it. What there is instead of an answer is a `NoAnswer`. */
  async ask(client: string, api: string, input: ConfigInput): Promise<ConfigOutput | NoAnswer> {
    try {
      return await this.#recorder.run(client, input, async () => {
        const learnt = learntFrom(input, await this.#send(api, input));
        if (learnt.kind === 'noAnswer') throw learnt.error;
        return learnt.output;
      });
    } catch (error) {
      if (error instanceof NoAnswer) return error;
      if (!(error instanceof UnpromisedResponse)) throw error;
      this.unpromised.push(error.message);
      return new NoAnswer('indefinite', error.message);
    }
  }

  /** Closes the connections. */
  close(): void {
    this.#client.close();
  }

  async #send(api: string, input: ConfigInput): Promise<ConfigResponse> {
    const { path, ...request } = requestOf(input, this.#mode);
    try {
      const { status, headers, body } = await this.#client.request({
        ...request,
        url: `${api}${path}`,
        timeoutMs: this.#patienceMs,
      });
      const { etag } = headers;
      return { status, etag: typeof etag === 'string' ? etag : undefined, body };
    } catch (error) {
      if (!(error instanceof HttpClientError)) throw error;
      throw new NoAnswer(isRefused(error) ? 'definite' : 'indefinite', error.message);
    }
  }
}

/** Whether nobody listened, so that nothing was sent. */
function isRefused({ cause }: HttpClientError): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
}
