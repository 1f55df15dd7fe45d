/** What a limit sees of a request. A `Request` of the web is one, but for the address. */
export interface HttpRequest {
  /** 'GET', 'POST', …. */
  readonly method: string;
  /** As the server got it: whole, or path and query. */
  readonly url: string;
  readonly headers: {
    /** The value of a header, several joined by commas; `null` if there is none. */
    get(name: string): string | null;
  };
  /** Who holds the connection: the client, or the nearest proxy. Absent where nobody can say. */
  readonly peerAddress?: string | undefined;
}

/** A `Request` of the web, as a limit sees it. */
export function httpRequestOf(request: Request, peerAddress?: string): HttpRequest {
  const { method, url, headers } = request;
  return { method, url, headers, peerAddress };
}
