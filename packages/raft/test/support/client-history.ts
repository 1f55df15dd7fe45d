import {
  checkSync,
  describeCounterexample,
  keyValue,
  type KeyValueInput,
  type KeyValueOutput,
  type Recorder,
  recorder,
  type RecorderClock,
} from '@quorate/linearizability';
import { BrokenPromise } from '@quorate/simulation';

/** Steps of the search after which a history counts as undecided. Runs need a hundredth. */
const STEPS_MAX = 1_000_000;

/**
 * Writes of one register that may be open or of unknown outcome. The search is exponential in them:
 * beyond, clients go on with a fresh register.
 */
const OPEN_WRITES_MAX = 8;

/** A put or a compare-and-set, of whatever key. */
export type KeyValueChange =
  | Omit<Extract<KeyValueInput, { readonly kind: 'put' }>, 'key'>
  | Omit<Extract<KeyValueInput, { readonly kind: 'cas' }>, 'key'>;

/** What a client learnt when it got no answer. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  /** Whether the operation certainly did not and will not happen. */
  readonly definite: boolean;

  constructor({ definite }: { readonly definite: boolean }) {
    super(definite ? 'refused' : 'unknown');
    this.definite = definite;
  }
}

/** What the clients of a run asked and saw. */
export class ClientHistory {
  readonly #recorder: Recorder<KeyValueInput, KeyValueOutput>;
  /** By register, how many of its writes are open or of unknown outcome. */
  readonly #openWrites = new Map<number, number>();

  constructor(clock: RecorderClock) {
    this.#recorder = recorder(clock);
  }

  /** The register that `key` stands for now: the first of key, key + keyCount, … with room. */
  registerOf(key: number, keyCount: number): number {
    const openCount = this.#openWrites.get(key) ?? 0;
    return openCount < OPEN_WRITES_MAX ? key : this.registerOf(key + keyCount, keyCount);
  }

  /** Reads on behalf of a client that asks nothing else. `operation` may throw a `NoAnswer`. */
  async read(
    client: string,
    register: number,
    operation: () => Promise<KeyValueOutput>,
  ): Promise<void> {
    await this.#record(client, { kind: 'get', key: `k${register}` }, operation);
  }

  /** Writes as `read` reads. */
  async write(
    client: string,
    register: number,
    change: KeyValueChange,
    operation: () => Promise<KeyValueOutput>,
  ): Promise<void> {
    const openCount = this.#openWrites.get(register) ?? 0;
    this.#openWrites.set(register, openCount + 1);
    const isKnown = await this.#record(client, { ...change, key: `k${register}` }, operation);
    const nowCount = this.#openWrites.get(register) ?? 0;
    if (isKnown) this.#openWrites.set(register, nowCount - 1);
  }

  /**
   * Throws unless one map, used by one client at a time, could have answered so. A history that is
   * not decided is a fault of the test: nobody may take it for one that holds.
   */
  expectLinearizable(): void {
    const history = this.#recorder.history();
    const { verdict, counterexample } = checkSync(keyValue(), history, { maxSteps: STEPS_MAX });
    if (verdict === 'linearizable') return;
    const about = `${history.length} operations`;
    if (verdict === 'unknown') throw new BrokenPromise('linearizability undecided', about);
    const shown = counterexample ? describeCounterexample(keyValue(), counterexample) : '';
    throw new BrokenPromise('linearizable', `${about} cannot be put in order:\n${shown}`);
  }

  /** Whether the outcome of the operation is known. */
  async #record(
    client: string,
    input: KeyValueInput,
    operation: () => Promise<KeyValueOutput>,
  ): Promise<boolean> {
    try {
      await this.#recorder.run(client, input, operation);
      return true;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      return error.definite;
    }
  }
}
