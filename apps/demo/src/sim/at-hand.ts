/**
 * Bodies that are there already.
 *
 * A browser reads a body in a task of its own. Whether that comes before or after the simulator's
 * next event is up to the machine, so a run could not be repeated. What is done here needs promise
 * reactions only, on every host.
 */

/** A request whose body is at hand. */
export class RequestAtHand extends Request {
  /** Of browsers' own requests nobody can say the length: who reads them must count. */
  override readonly headers: Headers;
  readonly #bytes: Uint8Array<ArrayBuffer>;

  constructor(
    url: string,
    {
      method,
      headers,
      body,
    }: {
      readonly method: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string | undefined;
    },
  ) {
    super(url, { method, body: body ?? null });
    this.#bytes = new TextEncoder().encode(body);
    this.headers = new Headers(headers);
    if (body !== undefined) this.headers.set('content-length', String(this.#bytes.length));
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return Promise.resolve(this.#bytes.slice().buffer);
  }
}

/** The body of a response that waits for nothing. */
export async function textOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  const reader = body?.getReader();
  let text = '';
  for (;;) {
    const chunk = await reader?.read();
    if (chunk?.value === undefined) return text + decoder.decode();
    text += decoder.decode(chunk.value, { stream: true });
  }
}
