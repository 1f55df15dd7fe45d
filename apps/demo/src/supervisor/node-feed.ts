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

  readonly #take = (text: string): void => {
    this.#onEvent(JSON.parse(text) as NodeEvent);
  };

  async #follow(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        const response = await fetch(this.#url, { signal });
        if (response.body) await readEvents(response.body, this.#take);
      } catch {
        // Not there yet, or not any more: the pause below, then again.
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
}

/** Calls `onData` with what each block of a `text/event-stream` carries, until it ends. */
export async function readEvents(
  body: ReadableStream<Uint8Array>,
  onData: (text: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const text = dataOf(block);
      if (text !== undefined) onData(text);
    }
  }
}

/** The data of one block, or `undefined` for a comment. */
function dataOf(block: string): string | undefined {
  const lines = block.split('\n').filter((line) => line.startsWith('data: '));
  return lines.length === 0 ? undefined : lines.map((line) => line.slice(6)).join('\n');
}
