/** What is needed of a connection: those of `@nats-io/nats-core` 3 and of `nats` 2 have it. */
export interface NatsConnectionLike {
  /** What the server said about itself. */
  readonly info?: { readonly max_payload: number };
  /** Queues one message. Throws if the connection is closed. */
  publish(subject: string, payload: Uint8Array): void;
  /** Calls `callback` with every message to `subject`, and with errors of the subscription. */
  subscribe(
    subject: string,
    options: { callback: (error: unknown, message: { readonly data: Uint8Array }) => void },
  ): NatsSubscriptionLike;
  /** Resolves when the connection is closed for good, with the reason if there is one. */
  closed(): Promise<unknown>;
  /** What happens to the connection, `{ type: 'reconnect' }` among it. */
  status?(): AsyncIterable<{ readonly type: string }>;
}

/** What is needed of a subscription. */
export interface NatsSubscriptionLike {
  /** Delivers nothing any more. */
  unsubscribe(): void;
}
