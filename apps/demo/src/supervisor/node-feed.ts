import type { NodeEvent } from '../observe/node-events.ts';

/** How long to wait before asking a node again that did not answer, in ms. */
const retryMs = 250;

/**
 * Follows the events of one node for as long as it is watched, through its restarts.
 *
 * A node that is gone or paused says nothing; the feed reconnects when it is back.
 */
export class NodeFeed {
  readonly #url: string;
  readonly #onEvent: (event: NodeEvent) => void;
  readonly #closing = new AbortController();

  /** @param api - The address of the node's API. */
  constructor(api: string, onEvent: (event: NodeEvent) => void) {
    this.#url = `${api}/admin/events`;
    this.#onEvent = onEvent;
    void this.#follow();
  }

  close(): void {
    this.#closing.abort();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        const response = await fetch(this.#url, { signal });
        if (response.body) await this.#read(response.body);
      } catch {
        // Not there yet, or not any more: the pause below, then again.
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of body) {
      const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = parseEvent(block);
        if (event) this.#onEvent(event);
      }
    }
  }
}

/** The event in one block of a `text/event-stream`, or `undefined` for a comment. */
function parseEvent(block: string): NodeEvent | undefined {
  const lines = block.split('\n').filter((line) => line.startsWith('data: '));
  if (lines.length === 0) return undefined;
  return JSON.parse(lines.map((line) => line.slice('data: '.length)).join('\n')) as NodeEvent;
}
