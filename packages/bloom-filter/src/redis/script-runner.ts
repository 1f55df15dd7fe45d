import type { ReplyForm, ScriptArgument, ScriptCaller } from './redis-client.ts';
import { FilterCallError } from './redis-filter-errors.ts';

/** A script, and the digest under which a server that has seen it knows it. */
export interface RedisScript {
  readonly sha1: string;
  readonly source: string;
}

/**
 * Calls scripts: one command a call, two the first time that a server sees a script.
 *
 * `NOSCRIPT` is the one answer after which a call is sent again, because a server that does not
 * know a script has not run it. Whatever else goes wrong is for the caller to judge.
 */
export class ScriptRunner {
  readonly #caller: ScriptCaller;
  readonly #pendingMax: number;
  #pendingCount = 0;

  constructor(caller: ScriptCaller, pendingMax: number) {
    this.#caller = caller;
    this.#pendingMax = pendingMax;
  }

  /** What `script` returns. Rejects with a {@link FilterCallError}. */
  async run(
    script: RedisScript,
    keys: readonly string[],
    args: readonly ScriptArgument[],
    form: ReplyForm,
  ): Promise<unknown> {
    if (this.#pendingCount >= this.#pendingMax) {
      const message = `pendingMax: expected fewer than ${this.#pendingMax} calls without an answer`;
      throw new FilterCallError(message, { definite: true });
    }
    this.#pendingCount += 1;
    try {
      return await this.#call(script, keys, args, form);
    } catch (error) {
      throw callError(error);
    } finally {
      this.#pendingCount -= 1;
    }
  }

  async #call(
    script: RedisScript,
    ...rest: [readonly string[], readonly ScriptArgument[], ReplyForm]
  ): Promise<unknown> {
    try {
      return await this.#caller.evalSha(script.sha1, ...rest);
    } catch (error) {
      if (!/^NOSCRIPT\b/.test(messageOf(error))) throw error;
      // A server that was restarted, flushed or is new learns the script by running it.
      return await this.#caller.eval(script.source, ...rest);
    }
  }
}

/**
 * First words of answers that a server gives instead of running a script, or instead of its first
 * write: a server that has let a script write once lets it write to the end.
 */
const refusals: ReadonlySet<string> = new Set([
  'NOSCRIPT',
  'WRONGTYPE',
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

function callError(error: unknown): FilterCallError {
  const message = messageOf(error);
  return new FilterCallError(`Redis did not answer: ${message}`, {
    definite: refusals.has(message.split(' ', 1)[0] ?? ''),
    cause: error,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
