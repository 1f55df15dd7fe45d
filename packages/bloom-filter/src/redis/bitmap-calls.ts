import type { BitmapKeys } from './bitmap-layout.ts';
import { mergeScript } from './bitmap-scripts.ts';
import type { ReplyForm, ScriptArgument } from './redis-client.ts';
import {
  FilterCallError,
  FilterDamagedError,
  FilterGoneError,
  FilterMismatchError,
} from './redis-filter-errors.ts';
import type { RedisScript, ScriptRunner } from './script-runner.ts';

/** Which filter is called, and how. */
export interface BitmapCallsOptions {
  readonly runner: ScriptRunner;
  readonly keys: BitmapKeys;
  /** What errors call it. */
  readonly name: string;
  /** What its header has to begin with. */
  readonly header: string;
}

/** Calls the scripts of one filter, and reads the letter in front of their answers. */
export class BitmapCalls {
  readonly #options: BitmapCallsOptions;

  constructor(options: BitmapCallsOptions) {
    this.#options = options;
  }

  /**
   * What `script` returns behind its letter; `undefined` if there is no filter. Rejects with a
   * `RedisFilterError`.
   */
  async text(script: RedisScript, args: readonly ScriptArgument[]): Promise<string | undefined> {
    const reply = await this.#run(script, args, 'text');
    if (typeof reply !== 'string') throw strangeAnswer(typeof reply);
    return this.#isThere(reply[0], () => reply.slice(1)) ? reply.slice(1) : undefined;
  }

  /** `text` for a script that returns bytes. */
  async bytes(
    script: RedisScript,
    args: readonly ScriptArgument[],
  ): Promise<Uint8Array | undefined> {
    const reply = await this.#run(script, args, 'bytes');
    if (!(reply instanceof Uint8Array)) throw strangeAnswer(typeof reply);
    const rest = reply.subarray(1);
    return this.#isThere(latin1(reply.subarray(0, 1)), () => latin1(rest)) ? rest : undefined;
  }

  async #run(
    script: RedisScript,
    args: readonly ScriptArgument[],
    form: ReplyForm,
  ): Promise<unknown> {
    const { runner, keys, name, header } = this.#options;
    const { head, bits, scratch } = keys;
    const all = script === mergeScript ? [head, bits, ...scratch] : [head, bits];
    try {
      return await runner.run(script, all, args, form);
    } catch (error) {
      // Redis 6 wraps the message of a command that fails within a script.
      if (!(error instanceof FilterCallError && /\bWRONGTYPE\b/.test(error.message))) throw error;
      throw new FilterMismatchError(name, header, 'a key of another type');
    }
  }

  /** Whether there is a filter, by the letter that a script answered with. */
  #isThere(letter: string | undefined, rest: () => string): boolean {
    const { name, header } = this.#options;
    switch (letter) {
      case 'k':
        return true;
      case 'n':
        return false;
      case 'o':
        throw new FilterMismatchError(name, header, JSON.stringify(rest()));
      case 'd':
        throw new FilterDamagedError(name);
      case 'g':
        throw new FilterGoneError(name);
      default:
        throw strangeAnswer(JSON.stringify(letter));
    }
  }
}

/** The error for an answer that none of our scripts gives. */
export function strangeAnswer(got: string): FilterCallError {
  return new FilterCallError(`answer: expected what a script returns, got ${got}`, {
    definite: false,
  });
}

/** Bytes of ASCII as text. */
export function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
