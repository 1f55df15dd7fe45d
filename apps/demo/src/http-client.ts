import { Agent, request as httpRequest } from 'node:http';

/** One request. */
export interface HttpRequest {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How long to wait for the whole answer, in ms. */
  readonly timeoutMs: number;
}

/** One answer, read to its end. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** No answer: the connection failed or the time is up. Whether the server acted is not known. */
export class HttpClientError extends Error {
  override readonly name = 'HttpClientError';
}

/** Sends requests over connections that stay open: what a load generator must not pay for. */
export class HttpClient {
  readonly #agent: Agent;

  /** @param connectionCountMax - Most connections to one host and port at a time. */
  constructor(connectionCountMax = 64) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connectionCountMax });
  }

  /** @throws HttpClientError (as a rejection) if there is no whole answer in time. */
  request(options: HttpRequest): Promise<HttpResponse> {
    const { url, method = 'GET', headers = {}, body, timeoutMs } = options;
    return new Promise((resolve, reject) => {
      const fail = (cause: unknown): void => {
        clearTimeout(timer);
        const reason = cause instanceof Error ? cause.message : String(cause);
        reject(new HttpClientError(`${method} ${url}: ${reason}`, { cause }));
      };
      const outgoing = httpRequest(url, { method, headers, agent: this.#agent }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', fail);
        incoming.on('end', () => {
          clearTimeout(timer);
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text });
        });
      });
      const timer = setTimeout(() => {
        outgoing.destroy(new Error(`no answer within ${timeoutMs} ms`));
      }, timeoutMs);
      outgoing.on('error', fail);
      outgoing.end(body);
    });
  }

  /** Closes idle connections and those in use. */
  close(): void {
    this.#agent.destroy();
  }
}
