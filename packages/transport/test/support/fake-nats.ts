import type { NatsConnectionLike } from '../../src/adapters/nats.ts';
import type { Clock } from '../../src/clock.ts';

type Callback = (error: unknown, message: { readonly data: Uint8Array }) => void;

/** What becomes of one message on its way to one subscriber. */
export type Fate = 'delivered' | 'lost' | 'doubled';

/** A NATS server as far as a transport can see it, in the time of `clock`. */
export class FakeNats {
  readonly clock: Clock;
  readonly connections: FakeConnection[] = [];
  maxPayload = 1_048_576;
  /** Decides over each message; the faults of a test. */
  fateOf: (subject: string, message: Uint8Array) => Fate = () => 'delivered';
  /** Bytes that have been published and not been delivered, now and at most. */
  pendingBytes = 0;
  pendingBytesMax = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  connect(): FakeConnection {
    const connection = new FakeConnection(this);
    this.connections.push(connection);
    return connection;
  }

  carry(subject: string, message: Uint8Array): void {
    if (message.length > this.maxPayload) throw new RangeError('max_payload size exceeded');
    for (const connection of this.connections) {
      if (!connection.subjects.has(subject)) continue;
      const fate = this.fateOf(subject, message);
      if (fate !== 'lost') connection.queue(subject, message.slice());
      if (fate === 'doubled') connection.queue(subject, message.slice());
    }
  }

  count(bytes: number): void {
    this.pendingBytes += bytes;
    this.pendingBytesMax = Math.max(this.pendingBytesMax, this.pendingBytes);
  }
}

/** One client's connection. */
export class FakeConnection implements NatsConnectionLike {
  readonly subjects: Map<string, Callback> = new Map<string, Callback>();
  readonly published: { readonly subject: string; readonly message: Uint8Array }[] = [];
  /** Tells whoever waits for it what happens to the connection. */
  tell: (type: string) => void = () => undefined;
  readonly #server: FakeNats;
  readonly #waiting: (() => void)[] = [];
  readonly #closed: Promise<unknown>;
  #resolveClosed: (reason: unknown) => void = () => undefined;
  #isStalled = false;
  #isClosed = false;
  #isGone = false;

  constructor(server: FakeNats) {
    this.#server = server;
    this.#closed = new Promise((resolve) => (this.#resolveClosed = resolve));
  }

  get info(): { readonly max_payload: number } {
    return { max_payload: this.#server.maxPayload };
  }

  publish(subject: string, message: Uint8Array): void {
    if (this.#isClosed) throw new Error('connection closed');
    this.published.push({ subject, message });
    if (!this.#isGone) this.#server.carry(subject, message);
  }

  subscribe(subject: string, { callback }: { callback: Callback }): { unsubscribe(): void } {
    if (this.#isClosed) throw new Error('connection closed');
    this.subjects.set(subject, callback);
    return { unsubscribe: () => void this.subjects.delete(subject) };
  }

  closed(): Promise<unknown> {
    return this.#closed;
  }

  async *status(): AsyncGenerator<{ readonly type: string }> {
    for (;;) yield { type: await new Promise<string>((resolve) => (this.tell = resolve)) };
  }

  queue(subject: string, message: Uint8Array): void {
    this.#server.count(message.length);
    this.#server.clock.setTimer(0, () => {
      const deliver = (): void => {
        this.#server.count(-message.length);
        this.subjects.get(subject)?.(null, { data: message });
      };
      if (this.#isStalled) this.#waiting.push(deliver);
      else deliver();
    });
  }

  /** Keeps the client from reading until the returned function is called. */
  stall(): () => void {
    this.#isStalled = true;
    return () => {
      this.#isStalled = false;
      for (const deliver of this.#waiting.splice(0)) deliver();
    };
  }

  /** Neither sends nor hears anything any more, and nobody is told. */
  vanish(): void {
    this.#isGone = true;
    this.subjects.clear();
  }

  /** Closes for good, for the reason given. */
  close(reason?: Error): void {
    this.#isClosed = true;
    this.subjects.clear();
    this.#resolveClosed(reason);
  }
}
