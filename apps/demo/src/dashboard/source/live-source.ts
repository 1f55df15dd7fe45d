import type { PageRequest, PageSource, StreamListener } from './page-source.ts';

/** The supervisor that served the page. */
export class LiveSource implements PageSource {
  readonly #token: string;

  /** @param token - The one that the page was served with. */
  constructor(token: string) {
    this.#token = token;
  }

  request(path: string, { method, headers, body }: PageRequest): Promise<Response> {
    return fetch(path, {
      method,
      headers: { ...headers, authorization: `Bearer ${this.#token}` },
      body: body ?? null,
    });
  }

  /** The browser reconnects by itself. */
  events(path: string, { opened, event, lost }: StreamListener): () => void {
    const mark = path.includes('?') ? '&' : '?';
    const stream = new EventSource(`${path}${mark}token=${encodeURIComponent(this.#token)}`);
    stream.onopen = opened;
    stream.onerror = lost;
    stream.onmessage = ({ data }: MessageEvent<string>) => {
      event(data);
    };
    return () => {
      stream.close();
    };
  }
}
