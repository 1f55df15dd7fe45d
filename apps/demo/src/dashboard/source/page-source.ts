/** Where the page has all it shows from, and to which it says what to do. */
export interface PageSource {
  /** Asks for something. Rejects if nobody answers. */
  request(path: string, request: PageRequest): Promise<Response>;
  /** Follows an event stream, over and over if it breaks. @returns What ends it. */
  events(path: string, listener: StreamListener): () => void;
}

/** One request of the page. */
export interface PageRequest {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What is told of a stream. */
export interface StreamListener {
  readonly opened: () => void;
  /** One event, as it was sent. */
  readonly event: (data: string) => void;
  /** Nothing comes for now, or ever. */
  readonly lost: () => void;
}
