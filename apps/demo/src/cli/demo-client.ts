/** Speaks to the demo that runs in another terminal. */
import { readEvents } from '../event-stream.ts';
import { HttpClient, HttpClientError, type HttpResponse } from '../http-client.ts';
import type { ClusterView } from '../supervisor/cluster-view.ts';
import {
  type ControlPoint,
  defaultControlFile,
  readControlFile,
} from '../supervisor/control-file.ts';
import { option } from './command-spec.ts';
import { text } from './forms.ts';
import { type ExitCode, Failure, type Shell } from './shell.ts';

/** The option of every command that speaks to it. */
export const controlOptions = {
  control: option(text('file'), 'Where the running demo tells how to reach it'),
} as const;

/** What is asked of it. */
export interface DemoRequest {
  /** With its query: `/api/view`. */
  readonly path: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly document?: unknown;
  readonly timeoutMs?: number;
}

const timeoutMsDefault = 15_000;

/** The demo that a control file names. */
export class DemoClient {
  readonly #client = new HttpClient();
  readonly #point: ControlPoint;
  readonly #file: string;

  /** @throws Failure if the control file names none. */
  constructor(controlFile: string | undefined) {
    this.#file = controlFile ?? defaultControlFile();
    const point = readControlFile(this.#file);
    if (point === undefined) throw this.#absent();
    this.#point = point;
  }

  /** @throws Failure (as a rejection) if there is no answer. */
  async request(request: DemoRequest): Promise<HttpResponse> {
    const { path, method = 'GET', headers = {}, document, timeoutMs = timeoutMsDefault } = request;
    const { url, token } = this.#point;
    try {
      return await this.#client.request({
        ...{ url: `${url}${path}`, method, timeoutMs },
        headers: { ...headers, authorization: `Bearer ${token}` },
        ...(document === undefined ? {} : { body: JSON.stringify(document) }),
      });
    } catch (error) {
      if (!(error instanceof HttpClientError)) throw error;
      throw error.message.includes('ECONNREFUSED') ? this.#absent() : new Failure(error.message);
    }
  }

  /** Everything at this moment. @throws Failure (as a rejection) if it is not told. */
  async view(): Promise<ClusterView> {
    const answer = await this.request({ path: '/api/view' });
    if (answer.status !== 200) throw new Failure(problemText(answer.body));
    return JSON.parse(answer.body) as ClusterView;
  }

  /**
   * Reads an event stream to its end.
   *
   * @returns What it was answered with, if that was no stream.
   * @throws Failure (as a rejection) if nobody answers, or the stream breaks off.
   */
  async stream(
    path: string,
    signal: AbortSignal,
    onData: (data: string) => void,
  ): Promise<Response | undefined> {
    const { url, token } = this.#point;
    try {
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(`${url}${path}`, { headers, signal });
      const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
      if (isStream !== true || response.body === null) return response;
      await readEvents(response.body, onData);
      return undefined;
    } catch (error) {
      if (signal.aborted) return undefined;
      throw new Failure(`${path} broke off: ${error instanceof Error ? error.message : ''}`);
    }
  }

  close(): void {
    this.#client.close();
  }

  #absent(): Failure {
    return new Failure(
      `no demo is running (looked in ${this.#file}); start one with: npx -y pnpm@12.21.0 run demo`,
    );
  }
}

/** Asks the demo one thing, and prints its answer. */
export async function ask(
  controlFile: string | undefined,
  request: DemoRequest,
  { shell, textOf }: { readonly shell: Shell; readonly textOf: (body: string) => string },
): Promise<ExitCode> {
  const demo = new DemoClient(controlFile);
  try {
    return say(await demo.request(request), shell, textOf);
  } finally {
    demo.close();
  }
}

/** Prints an answer. @returns 1 if it is a refusal. @throws Failure if it is, but for JSON. */
export function say(
  { status, headers, body }: HttpResponse,
  shell: Shell,
  textOf: (body: string) => string,
): ExitCode {
  if (shell.isJson) {
    const { etag } = headers;
    const revision = typeof etag === 'string' ? { etag } : {};
    const document: unknown = body === '' ? {} : JSON.parse(body);
    shell.print(JSON.stringify({ status, ...revision, body: document }));
    return status < 300 ? 0 : 1;
  }
  if (status >= 300) throw new Failure(problemText(body));
  shell.print(shell.foreign(textOf(body)));
  return 0;
}

/** The problem in an answer, as a sentence. */
export function problemText(body: string): string {
  const { code, detail, indefinite } = JSON.parse(body) as {
    readonly code: string;
    readonly detail: string;
    readonly indefinite: boolean;
  };
  return `${code}: ${detail}.${indefinite ? ' It may still happen.' : ''}`;
}
