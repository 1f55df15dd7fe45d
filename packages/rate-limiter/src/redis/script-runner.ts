import type { ScriptCaller } from './redis-client.ts';
import { RedisStoreError } from './redis-store-error.ts';
import { untilAborted } from './until-aborted.ts';

/** A script, and the digest under which a server that has seen it knows it. */
export interface RedisScript {
  readonly sha1: string;
  readonly source: string;
}

/**
 * Calls scripts: one command a call, two the first time a server sees a script.
 *
 * `NOSCRIPT` is the one answer after which a call is sent again, because a server that does not
 * know a script has not run it. Whatever else goes wrong is the caller's to judge, by `definite`.
 */
export class ScriptRunner {
  readonly #caller: ScriptCaller;
  readonly #pendingMax: number;
  #pendingCount = 0;

  constructor(caller: ScriptCaller, pendingMax: number) {
    this.#caller = caller;
    this.#pendingMax = pendingMax;
  }

  /** Calls without an answer yet, those nobody waits for any more among them. */
  get pendingCount(): number {
    return this.#pendingCount;
  }

  /**
   * What `script` returns. Rejects with a {@link RedisStoreError}, definite if it did not run and
   * will not, or with the reason of `signal`.
   *
   * @param signal - Ends the waiting, not a call that was sent: its answer is dropped.
   */
  run(
    script: RedisScript,
    keys: readonly string[],
    args: readonly string[],
    signal?: AbortSignal,
  ): Promise<unknown> {
    if (signal?.aborted === true) return untilAborted(new Promise(() => undefined), signal);
    const refusal = this.#refusal();
    if (refusal !== undefined) {
      return Promise.reject(new RedisStoreError(refusal, { definite: true }));
    }
    this.#pendingCount += 1;
    const answer = this.#call(script, keys, args);
    return signal === undefined ? answer : untilAborted(answer, signal);
  }

  /** Why nothing is sent, if so. */
  #refusal(): string | undefined {
    if (!this.#caller.isReady()) return 'the Redis client is not connected';
    if (this.#pendingCount < this.#pendingMax) return undefined;
    return `pendingMax: expected fewer than ${this.#pendingMax} calls without an answer`;
  }

  async #call(
    script: RedisScript,
    keys: readonly string[],
    args: readonly string[],
  ): Promise<unknown> {
    try {
      return await this.#caller.evalSha(script.sha1, keys, args, this.#pendingCount === 1);
    } catch (error) {
      if (!/^NOSCRIPT\b/.test(messageOf(error))) throw storeError(error);
      return await this.#introduce(script, keys, args);
    } finally {
      this.#pendingCount -= 1;
    }
  }

  /** A server that was restarted, flushed or is new learns the script by running it. */
  async #introduce(
    script: RedisScript,
    keys: readonly string[],
    args: readonly string[],
  ): Promise<unknown> {
    try {
      return await this.#caller.eval(script.source, keys, args);
    } catch (error) {
      throw storeError(error);
    }
  }
}

/**
 * First words of answers that a server gives instead of running a script, or instead of its first
 * write: a server that has let a script write once lets it write to the end.
 */
const refusals: ReadonlySet<string> = new Set([
  'NOSCRIPT',
  'READONLY',
  'LOADING',
  'BUSY',
  'CLUSTERDOWN',
  'MASTERDOWN',
  'CROSSSLOT',
  'TRYAGAIN',
  'MOVED',
  'ASK',
  'OOM',
  'MISCONF',
  'NOREPLICAS',
  'NOAUTH',
  'NOPERM',
]);

function storeError(error: unknown): RedisStoreError {
  const message = messageOf(error);
  return new RedisStoreError(`Redis did not decide: ${message}`, {
    definite: refusals.has(message.split(' ', 1)[0] ?? ''),
    cause: error,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
