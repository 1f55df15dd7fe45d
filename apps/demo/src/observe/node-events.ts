import type { Unsubscribe } from '@quorate/transport';

import type { NodeStatus } from './node-status.ts';

/** All messages to one peer within one window. */
export interface MessageCount {
  readonly peer: string;
  readonly count: number;
  readonly bytes: number;
}

/** One message that left this node. */
export interface MessageSample {
  readonly to: string;
  /** 'appendEntries', 'heartbeat', … or the protocol's name. */
  readonly type: string;
  readonly bytes: number;
  /** When, on the node's clock, relative to the start of the window, in ms. */
  readonly offsetMs: number;
  /** What became of it at this node, as far as it can know. */
  readonly fate: 'sent' | 'blocked' | 'refused';
}

/** What a node tells those who watch it. Everything in it happened; nothing is made up. */
export type NodeEvent =
  /** At regular intervals, and when the role changes. */
  | { readonly kind: 'status'; readonly status: NodeStatus }
  | {
      readonly kind: 'messages';
      readonly windowMs: number;
      /** All messages of the window. */
      readonly sent: readonly MessageCount[];
      /** Some of them one by one, evenly spread; all of them if they are few. */
      readonly samples: readonly MessageSample[];
    };

/** Hands every event to everyone who listens at that moment. */
export class NodeEvents {
  /** Called when the first listener has come, and when the last one has gone. */
  onAudience: (isWatched: boolean) => void = () => undefined;
  readonly #listeners = new Set<(event: NodeEvent) => void>();

  /** Whether anyone listens, and so whether it pays to prepare an event. */
  get isWatched(): boolean {
    return this.#listeners.size > 0;
  }

  /** Calls every listener. A listener must not throw. */
  publish(event: NodeEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Calls `listener` for every event from now on. */
  subscribe(listener: (event: NodeEvent) => void): Unsubscribe {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.onAudience(true);
    return () => {
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.onAudience(false);
    };
  }
}
