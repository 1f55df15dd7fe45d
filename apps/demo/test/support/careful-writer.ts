import { type HttpClient, HttpClientError, type HttpResponse } from '../../src/http-client.ts';

/** How long one attempt waits, in ms: well beyond a slow write, well below an election. */
const timeoutMs = 500;
/** How long a node that did not answer is left alone, in ms. */
const avoidForMs = 2_000;
/** Pause before asking again, in ms. */
const backoffMs = 25;

/** One write that was acknowledged. */
export interface Acknowledged {
  readonly key: string;
  readonly value: string;
  readonly revision: number;
  /** On `performance.now`'s clock. */
  readonly atMs: number;
}

/**
 * A client as it should be. It creates each key once, on whichever node answers, and never takes
 * silence for failure: after an unknown outcome it looks whether the write is there before it tries
 * again, and the condition keeps a late first attempt and the second from both taking effect.
 */
export class CarefulWriter {
  readonly acknowledged: Acknowledged[] = [];
  /** How often the outcome of an attempt was not known. */
  unknownCount = 0;
  readonly #client: HttpClient;
  readonly #apis: readonly string[];
  readonly #avoidUntilMs = new Map<string, number>();
  #turn = 0;

  constructor(client: HttpClient, apis: readonly string[]) {
    this.#client = client;
    this.#apis = apis;
  }

  /** Creates `key`, however long it takes. @throws Error if someone else created it. */
  async create(key: string, value: string): Promise<void> {
    for (;;) {
      const answer = await this.#ask(key, {
        method: 'PUT',
        body: JSON.stringify({ value }),
        headers: { 'if-none-match': '*' },
      });
      if (answer?.status === 201) {
        this.#acknowledge(key, value, answer);
        return;
      }
      // Refused for now, which is definite: nothing to find out.
      const isRefused = answer?.status === 503 || answer?.status === 507;
      if (!isRefused && (await this.#isThere(key, value))) return;
      await new Promise((resolve) => setTimeout(resolve, backoffMs));
    }
  }

  /** Whether an attempt whose outcome is unknown, or that met its own key (412), took effect. */
  async #isThere(key: string, value: string): Promise<boolean> {
    for (;;) {
      const answer = await this.#ask(key, {});
      if (answer?.status === 404) return false;
      if (answer?.status === 200) {
        const document = JSON.parse(answer.body) as { readonly value: string };
        if (document.value !== value) throw new Error(`${key} holds ${document.value}`);
        this.#acknowledge(key, value, answer);
        return true;
      }
      await new Promise((resolve) => setTimeout(resolve, backoffMs));
    }
  }

  #acknowledge(key: string, value: string, answer: HttpResponse): void {
    const revision = Number(String(answer.headers['etag']).replaceAll('"', ''));
    this.acknowledged.push({ key, value, revision, atMs: performance.now() });
  }

  /** One attempt at the next node; `undefined` if it did not answer. */
  async #ask(
    key: string,
    request: {
      readonly method?: string;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    },
  ): Promise<HttpResponse | undefined> {
    const api = this.#nextApi();
    try {
      const url = `${api}/v1/config/${key}`;
      const answer = await this.#client.request({ url, timeoutMs, ...request });
      if (answer.status === 504) this.unknownCount += 1;
      return answer;
    } catch (error) {
      if (!(error instanceof HttpClientError)) throw error;
      this.unknownCount += 1;
      this.#avoidUntilMs.set(api, performance.now() + avoidForMs);
      return undefined;
    }
  }

  #nextApi(): string {
    const nowMs = performance.now();
    const trusted = this.#apis.filter((api) => nowMs >= (this.#avoidUntilMs.get(api) ?? 0));
    const candidates = trusted.length === 0 ? this.#apis : trusted;
    this.#turn += 1;
    return candidates[this.#turn % candidates.length] ?? '';
  }
}
