/** Requests of the supervisor to its nodes. */
import { HttpClient, HttpClientError } from '../http-client.ts';
import { type NodeRequest, NodeSilentError } from './controlled-cluster.ts';

/** How long a node may take to answer, in ms: a little longer than it gives itself. */
const NODE_TIMEOUT_MS = 4_000;

/** What shows a node that whoever asks has started it. */
export function proofOf(adminToken: string): { readonly authorization: string } {
  return { authorization: `Bearer ${adminToken}` };
}

/** Asks nodes. Rejects with a NodeSilentError if there is no answer. */
export class NodeClient {
  readonly #apiOf: (id: string) => string;
  readonly #adminToken: string;
  readonly #client = new HttpClient();

  /** @param apiOf - Where a node is; throws if there is none of that name. */
  constructor(apiOf: (id: string) => string, adminToken: string) {
    this.#apiOf = apiOf;
    this.#adminToken = adminToken;
  }

  /** Asks as anybody may. */
  async ask(
    id: string,
    { path, ...request }: NodeRequest,
    timeoutMs: number = NODE_TIMEOUT_MS,
  ): Promise<Response> {
    const url = `${this.#apiOf(id)}${path}`;
    try {
      const answer = await this.#client.request({ ...request, url, timeoutMs });
      const headers = new Headers();
      for (const [name, value] of Object.entries(answer.headers)) {
        if (typeof value === 'string') headers.set(name, value);
      }
      const body = answer.body === '' ? null : answer.body;
      return new Response(body, { status: answer.status, headers });
    } catch (error) {
      if (!(error instanceof HttpClientError)) throw error;
      throw new NodeSilentError(error.message, { cause: error });
    }
  }

  /** Asks with the right of an admin. */
  administer(id: string, request: NodeRequest, timeoutMs?: number): Promise<Response> {
    const proof = proofOf(this.#adminToken);
    const headers = { ...request.headers, ...proof, 'content-type': 'application/json' };
    return this.ask(id, { ...request, headers }, timeoutMs);
  }

  /** Opens an event stream, as an admin below `/admin`; it ends when `signal` is aborted. */
  async openStream(id: string, path: string, signal: AbortSignal): Promise<Response> {
    const url = `${this.#apiOf(id)}${path}`;
    try {
      const headers = path.startsWith('/admin/') ? proofOf(this.#adminToken) : {};
      return await fetch(url, { headers, signal });
    } catch (error) {
      throw new NodeSilentError(`GET ${url}: ${String(error)}`, { cause: error });
    }
  }

  /** Gives up what is under way. */
  close(): void {
    this.#client.close();
  }
}
