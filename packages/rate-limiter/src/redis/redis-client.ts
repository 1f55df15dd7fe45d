/**
 * What the store needs of a Redis client, and how two clients give it.
 *
 * A decision charges. If the connection breaks after the command was written and before the answer
 * came, nobody can tell whether it was charged, and a client that sends it again charges twice.
 * Clients do so by themselves: ioredis resends what was unanswered when the connection is back
 * (`autoResendUnfulfilledCommands`), and its Cluster asks another node (`retryDelayOnFailover`).
 * Both are on by default, so the store refuses such a client instead of hoping.
 *
 * The second trap is the queue for times without a connection. What waits there is charged long
 * after its request was answered by the policy for failures, and when the server is back, thousands
 * of dead decisions come first. So once a client has been ready, only a ready client is asked.
 */

/** The part of ioredis that is used: its `Redis` or its `Cluster`. */
export interface IoredisClient {
  readonly status: string;
  readonly isCluster?: boolean;
  readonly options: {
    readonly autoResendUnfulfilledCommands?: boolean | undefined;
    readonly retryDelayOnFailover?: number | undefined;
  };
  /** Its connection, of which writes can be held together. A `Cluster` shows none. */
  readonly stream?: CorkableStream | null | undefined;
  /** Runs a script that the server knows by its digest. */
  evalsha(sha1: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
  /** Runs a script, and has the server remember it. */
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
}

/** A stream that can hold back what is written, to send it at once. */
export interface CorkableStream {
  /** Holds back what is written from now on. */
  cork(): void;
  /** Sends it. */
  uncork(): void;
}

/** The part of node-redis that is used: what its `createClient` or `createCluster` returns. */
export interface NodeRedisClient {
  /** A cluster has none. */
  readonly isReady?: boolean;
  readonly isOpen: boolean;
  /** Runs a script that the server knows by its digest. */
  evalSha(sha1: string, options: NodeRedisScriptOptions): Promise<unknown>;
  /** Runs a script, and has the server remember it. */
  eval(script: string, options: NodeRedisScriptOptions): Promise<unknown>;
}

/** Keys and arguments of a script, as node-redis takes them. */
export interface NodeRedisScriptOptions {
  keys: string[];
  arguments: string[];
}

/** A connected client of one of the two kinds. The store never closes it. */
export type RedisClient = IoredisClient | NodeRedisClient;

/** The one thing the store does with a client, whichever it is. */
export interface ScriptCaller {
  /** Whether a command would be written now, not kept for later. */
  isReady(): boolean;
  /** @param isAlone - No other call is under way, so there is nothing to send it together with. */
  evalSha(
    sha1: string,
    keys: readonly string[],
    args: readonly string[],
    isAlone: boolean,
  ): Promise<unknown>;
  eval(source: string, keys: readonly string[], args: readonly string[]): Promise<unknown>;
}

/**
 * The caller for `client`.
 *
 * @throws RangeError if the client would replay commands whose fate is unknown.
 */
export function scriptCaller(client: RedisClient): ScriptCaller {
  return 'evalsha' in client ? ioredisCaller(client) : nodeRedisCaller(client);
}

function ioredisCaller(client: IoredisClient): ScriptCaller {
  const { autoResendUnfulfilledCommands, retryDelayOnFailover } = client.options;
  // A cluster connects its nodes without reconnection of their own, so it resends by failover only.
  if (client.isCluster === true) expectOption('retryDelayOnFailover', 0, retryDelayOnFailover);
  else expectOption('autoResendUnfulfilledCommands', false, autoResendUnfulfilledCommands);
  const batch = new WriteBatch();
  let wasReady = false;
  return {
    isReady() {
      if (client.status === 'ready') wasReady = true;
      // Before the first connection the client may hold a few commands: bounded by the store.
      return client.status === 'ready' || (!wasReady && isConnecting(client.status));
    },
    evalSha(sha1, keys, args, isAlone) {
      if (!isAlone) batch.hold(client.stream);
      return client.evalsha(sha1, keys.length, ...keys, ...args);
    },
    eval: (source, keys, args) => client.eval(source, keys.length, ...keys, ...args),
  };
}

/**
 * Sends decisions that are asked for at once with one call of the system. ioredis makes one for
 * each command, which costs both sides more than the decision itself.
 */
class WriteBatch {
  #held: CorkableStream | undefined;
  readonly #send = (): void => {
    const stream = this.#held;
    this.#held = undefined;
    stream?.uncork();
  };

  /** Holds back what is written to `stream` until the next microtask, so for no time at all. */
  hold(stream: CorkableStream | null | undefined): void {
    if (this.#held !== undefined || stream === undefined || stream === null) return;
    stream.cork();
    this.#held = stream;
    queueMicrotask(this.#send);
  }
}

function isConnecting(status: string): boolean {
  return status === 'wait' || status === 'connecting' || status === 'connect';
}

function expectOption(name: string, expected: unknown, got: unknown): void {
  if (got === expected) return;
  throw new RangeError(
    `client.options.${name}: expected ${String(expected)}, so that no decision is charged ` +
      `twice, got ${String(got)}`,
  );
}

function nodeRedisCaller(client: NodeRedisClient): ScriptCaller {
  let wasReady = false;
  return {
    isReady() {
      if (client.isReady === undefined) return client.isOpen;
      if (client.isReady) wasReady = true;
      return client.isReady || (!wasReady && client.isOpen);
    },
    evalSha: (sha1, keys, args) => client.evalSha(sha1, { keys: [...keys], arguments: [...args] }),
    eval: (source, keys, args) => client.eval(source, { keys: [...keys], arguments: [...args] }),
  };
}
