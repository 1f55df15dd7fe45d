import { checkRecord } from '../bounds.ts';
import { contained } from '../contain.ts';
import { checkFunction, checkOptionalFunction } from '../function-checks.ts';
import type { CallContext, Policy, Work } from '../policy.ts';

/** What `fallback` may be told. */
export interface FallbackOptions<Answer> {
  /** The answer in place of `error`: a cached one, an empty list, that of another service. */
  readonly answer: (error: unknown, context: CallContext) => Answer | PromiseLike<Answer>;
  /** Which errors it stands in for. All if left out. */
  readonly isHandled?: (error: unknown) => boolean;
  /**
   * Gets what `answer` or `isHandled` threw; the caller gets the error that they were asked about.
   */
  readonly onError?: (error: unknown) => void;
}

/**
 * A policy that answers in place of a call that failed.
 *
 * A caller who gave up gets no answer: nobody would take it.
 *
 * @throws TypeError if an option is not as described.
 *
 * @example
 * ```ts
 * import { fallback, pipeline } from '@quorate/circuit-breaker';
 *
 * const suggestions = pipeline(fallback({ answer: () => ['nothing to suggest'] }));
 * const failing = async (): Promise<string[]> => {
 *   throw new Error('no connection');
 * };
 * await suggestions.run(failing); // => ['nothing to suggest']
 * ```
 */
export function fallback<Answer>(options: FallbackOptions<Answer>): Policy<Answer> {
  return new Fallback(options);
}

class Fallback<Answer> implements Policy<Answer> {
  readonly #answer: (error: unknown, context: CallContext) => Answer | PromiseLike<Answer>;
  readonly #isHandled: ((error: unknown) => boolean) | undefined;
  readonly #onError: ((error: unknown) => void) | undefined;

  constructor(options: FallbackOptions<Answer>) {
    checkRecord('options', options);
    const { answer, isHandled, onError } = options;
    checkFunction('answer', answer);
    checkOptionalFunction('isHandled', isHandled);
    checkOptionalFunction('onError', onError);
    this.#answer = answer;
    this.#isHandled = isHandled;
    this.#onError = onError;
  }

  async execute<Result>(work: Work<Result>, context: CallContext): Promise<Result | Answer> {
    try {
      return await work(context);
    } catch (error) {
      if (context.signal.aborted) throw error;
      const answer = await this.#answerTo(error, context);
      if (answer === undefined) throw error;
      return answer.value;
    }
  }

  /** The answer, boxed; undefined if there is none. */
  async #answerTo(
    error: unknown,
    context: CallContext,
  ): Promise<{ readonly value: Answer } | undefined> {
    try {
      if (this.#isHandled?.(error) === false) return undefined;
      return { value: await this.#answer(error, context) };
    } catch (failure) {
      const listener = this.#onError;
      if (listener !== undefined) contained(() => listener(failure));
      return undefined;
    }
  }
}
