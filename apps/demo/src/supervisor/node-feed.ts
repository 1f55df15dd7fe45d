import { readEvents } from '../event-stream.ts';
import type { NodeEvent } from '../observe/node-events.ts';
import { proofOf } from './node-client.ts';

/** How long to wait before asking a node again that did not answer, in ms. */
const retryMs = 250;

/**
 * Follows the events of one node for as long as it is watched, through its restarts.
 *
 * A node that is gone or paused says nothing; the feed reconnects when it is back.
 */
export class NodeFeed {
  readonly #url: string;
  readonly #headers: { readonly authorization: string };
  readonly #onEvent: (event: NodeEvent) => void;
  readonly #closing = new AbortController();

  /** @param api - The address of the node's API, and what lets one in there. */
  constructor(api: string, adminToken: string, onEvent: (event: NodeEvent) => void) {
    this.#url = `${api}/admin/events`;
    this.#headers = proofOf(adminToken);
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
        const response = await fetch(this.#url, { headers: this.#headers, signal });
        if (response.body) await readEvents(response.body, this.#take);
      } catch {
        // Not there yet, or not any more: the pause below, then again.
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
}
