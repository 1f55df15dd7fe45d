import { checkSync, type Model, type Operation, type Verdict } from '@quorate/linearizability';

/**
 * A verdict about a history that grows.
 *
 * Keys are independent, so what was found of a key holds until something new is heard of it: a look
 * costs what is new, not all there is. A violation stays one, whatever comes after it.
 */
export class GrowingVerdict<State, Input extends { readonly key: string }, Output> {
  readonly #model: Model<State, Input, Output>;
  readonly #byKey = new Map<string, Set<Operation<Input, Output>>>();
  readonly #keysWithNews = new Set<string>();
  #verdict: Verdict = 'linearizable';

  /** @param model - One key. */
  constructor(model: Model<State, Input, Output>) {
    this.#model = model;
  }

  /** Takes an operation as it begins, and the same one again once it has ended. */
  take(operation: Operation<Input, Output>): void {
    const { key } = operation.input;
    const known = this.#byKey.get(key) ?? new Set();
    this.#byKey.set(key, known.add(operation));
    this.#keysWithNews.add(key);
  }

  /** What holds of all operations so far. */
  verdict(): Verdict {
    for (const key of this.#keysWithNews) {
      if (this.#verdict === 'not-linearizable') break;
      const operations = [...(this.#byKey.get(key) ?? [])];
      const { verdict } = checkSync(this.#model, operations, { explain: 'none' });
      if (verdict !== 'linearizable') this.#verdict = verdict;
    }
    this.#keysWithNews.clear();
    return this.#verdict;
  }
}
