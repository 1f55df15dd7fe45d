import type { HttpRequest, HttpResponse } from '../http-client.ts';

/** One request of a load, and who is told what came of it. */
export interface LoadRequest {
  /** Without the address of a node. */
  readonly path: string;
  readonly http: Pick<HttpRequest, 'method' | 'headers' | 'body'>;
  /** Whether it may have happened though nobody confirmed it. */
  readonly isWrite: boolean;
  /** Whether an answer with this status is what was asked for. */
  readonly isDone: (status: number) => boolean;
  readonly answered: (response: HttpResponse) => void;
  /** There was no answer. */
  readonly lost: (reason: string) => void;
}
