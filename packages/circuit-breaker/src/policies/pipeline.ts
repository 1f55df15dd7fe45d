/*
 * Policies around one call, the first outermost.
 *
 *     pipeline(fallback, total, retry, breaker, bulkhead, oneTry).run(work)
 *
 *     +- fallback -------------------------------------------------------+
 *     |  +- timeout: the whole call -----------------------------------+ |
 *     |  |  +- retry ------------------------------------------------+ | |
 *     |  |  |  +- circuit breaker ---------------------------------+ | | |
 *     |  |  |  |  +- bulkhead or adaptive concurrency -----------+ | | | |
 *     |  |  |  |  |  +- timeout: one try ----------------------+ | | | | |
 *     |  |  |  |  |  |                  work                   | | | | | |
 *
 * The order is the caller's, because each order means something: a timeout outside the retry bounds
 * the call, one inside bounds a try. See the README for what each place buys.
 *
 * A layer is one call of `execute`, whose work is the run of the layer inside. Nothing is composed
 * ahead of the call: the closures of a call cost less than what any of the layers does.
 */
import { checkFunction, checkMethods } from '../function-checks.ts';
import type { CallContext, Policy, Work } from '../policy.ts';
import { type AbortWaiter, unwatchAbort, watchAbort } from './abort-watch.ts';
import { RootContext } from './call-context.ts';

/** What one run may be told. */
export interface RunOptions {
  /**
   * Ends the wait of the caller: the run rejects with its reason at once, wherever it stands, and
   * counts neither as a success nor as a failure. The work is told through its own signal.
   */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Several policies as one.
 *
 * @remarks
 * Being a policy, it can be a layer of another pipeline. Work that runs a second pipeline hands on
 * its context, `(context) => inner.execute(work, context)`, so that both are layers of one call:
 * tries are counted through, and a shared retry budget is paid into once.
 */
export interface Pipeline<Answer = never> extends Policy<Answer> {
  /**
   * Runs `work` inside all policies.
   *
   * @returns A promise that rejects with what `work` threw, with an error of a policy, or with the
   *   reason of `signal`.
   */
  run<Result>(work: Work<Result>, options?: RunOptions): Promise<Result | Answer>;

  /** `fn`, each call of which is a run. */
  wrap<Args extends readonly unknown[], Result>(
    fn: (...args: Args) => Result | PromiseLike<Result>,
  ): (...args: Args) => Promise<Result | Answer>;
}

/** A list of policies, by what each may answer. */
export type PoliciesOf<Answers extends readonly unknown[]> = {
  readonly [Index in keyof Answers]: Policy<Answers[Index]>;
};

/**
 * Makes one policy of several.
 *
 * @param policies - The outermost first.
 * @throws TypeError if one of them is no policy.
 *
 * @example
 * ```ts
 * import { pipeline, retry, timeout } from '@quorate/circuit-breaker';
 *
 * const client = pipeline(retry({ maxAttempts: 3 }), timeout({ timeoutMs: 1_000 }));
 * await client.run(async () => 'an answer'); // => 'an answer'
 * ```
 */
export function pipeline<Answers extends readonly unknown[]>(
  ...policies: PoliciesOf<Answers>
): Pipeline<Answers[number]>;
export function pipeline(...policies: readonly Policy<unknown>[]): Pipeline<unknown> {
  for (const [index, policy] of policies.entries()) {
    // From plain JavaScript, a forgotten argument would fail at the first call only.
    checkMethods(`policies[${index}]`, policy, 'execute');
  }
  return new PolicyPipeline(policies);
}

class PolicyPipeline<Answer> implements Pipeline<Answer> {
  readonly #policies: readonly Policy<Answer>[];

  constructor(policies: readonly Policy<Answer>[]) {
    this.#policies = [...policies];
  }

  run<Result>(work: Work<Result>, options?: RunOptions): Promise<Result | Answer> {
    const signal = options?.signal;
    const isPlain = signal === undefined && typeof work === 'function';
    if (isPlain) return this.execute(work, new RootContext(undefined));
    // What this throws rejects the promise: a caller has one place to look for errors.
    return new Promise((resolve, reject) => {
      checkFunction('work', work);
      signal?.throwIfAborted();
      if (signal === undefined) return;
      // Before the work begins: it may itself be what makes its caller give up.
      const caller: AbortWaiter = { onAborted: reject };
      watchAbort(signal, caller);
      this.execute(work, new RootContext(signal)).then(
        (result) => {
          unwatchAbort(signal, caller);
          resolve(result);
        },
        (error: unknown) => {
          unwatchAbort(signal, caller);
          caller.onAborted(error);
        },
      );
    });
  }

  wrap<Args extends readonly unknown[], Result>(
    fn: (...args: Args) => Result | PromiseLike<Result>,
  ): (...args: Args) => Promise<Result | Answer> {
    checkFunction('fn', fn);
    return (...args) => this.run(() => fn(...args));
  }

  execute<Result>(work: Work<Result>, context: CallContext): Promise<Result | Answer> {
    return this.#from(0, work, context);
  }

  #from<Result>(index: number, work: Work<Result>, context: CallContext): Promise<Result | Answer> {
    const policy = this.#policies[index];
    if (policy === undefined) return new Promise((resolve) => resolve(work(context)));
    if (index === this.#policies.length - 1) return policy.execute(work, context);
    return policy.execute<Result | Answer>((inner) => this.#from(index + 1, work, inner), context);
  }
}
