import type { History } from '@quorate/linearizability';
import type { Random } from '@quorate/transport';

import { actions, ClientMemory } from '../../src/check/client-memory.ts';
import { NoAnswer } from '../../src/check/config-exchange.ts';
import type { ConfigInput, ConfigOutput } from '../../src/check/config-model.ts';
import { ConfigRecorder } from '../../src/check/config-recorder.ts';
import type { ReadMode } from '../../src/config/read-mode.ts';
import type { ReadyNode } from '../../src/supervisor/supervisor-events.ts';

/** How long a client waits for an answer, in ms: less than an election takes. */
const patienceMs = 400;
/** How long a client that was refused lets the nodes be, in ms. */
const backoffMs = 20;
const keyCount = 3;
/**
 * After so many answers clients go on to new keys: what the checker has to try doubles with
 * every write to a key whose outcome nobody knows.
 */
const generationCount = 200;

/** What became of one operation. */
export interface Done {
  readonly node: string;
  readonly input: ConfigInput;
  /** `undefined`: no answer. */
  readonly output: ConfigOutput | undefined;
}

/** Clients of real nodes, one operation at a time each, whose history is recorded. */
export class RecordedClients {
  readonly #nodes: readonly ReadyNode[];
  readonly #random: Random;
  readonly #recorder: ConfigRecorder;
  /** What waits for something to be done. */
  readonly #waiting = new Set<(done: Done) => void>();
  readonly #loops: Promise<void>[] = [];
  #operationCount = 0;
  #answerCount = 0;
  #isStopped = false;

  constructor(nodes: readonly ReadyNode[], mode: ReadMode, random: Random) {
    this.#nodes = nodes;
    this.#recorder = new ConfigRecorder(mode, patienceMs);
    this.#random = random;
  }

  /** What they saw so far. */
  get history(): History<ConfigInput, ConfigOutput> {
    return this.#recorder.history;
  }

  /** Responses that the service promises never to give. */
  get unpromised(): readonly string[] {
    return this.#recorder.unpromised;
  }

  /** Starts `count` clients. */
  start(count: number): void {
    for (let index = 1; index <= count; index += 1) {
      this.#loops.push(this.#work(`c${index}`, this.#random.fork(`c${index}`)));
    }
  }

  /** Resolves once `count` more operations were such as `isSuch` says: answered, if left out. */
  more(
    count: number,
    isSuch: (done: Done) => boolean = ({ output }) => output !== undefined,
  ): Promise<void> {
    return new Promise((resolve) => {
      let left = count;
      const take = (done: Done): void => {
        if (!isSuch(done)) return;
        left -= 1;
        if (left > 0) return;
        this.#waiting.delete(take);
        resolve();
      };
      this.#waiting.add(take);
    });
  }

  /** Stops the clients once what they have begun has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#loops);
  }

  /** Has every node tell the end of every key, however often it takes to ask. */
  async readLast(): Promise<void> {
    const keys = new Set(this.history.map(({ input }) => input.key));
    await Promise.all(
      this.#nodes.map(async (node) => {
        for (const key of keys) await this.insist(`last ${node.id}`, node, { kind: 'get', key });
      }),
    );
  }

  /** Asks on behalf of `client` until there is an answer. */
  async insist(client: string, node: ReadyNode, input: ConfigInput): Promise<ConfigOutput> {
    for (;;) {
      const output = await this.#ask(client, node, input);
      if (output) return output;
      await backoff();
    }
  }

  /** Closes the connections. */
  close(): void {
    this.#isStopped = true;
    this.#recorder.close();
  }

  async #work(client: string, random: Random): Promise<void> {
    const memory = new ClientMemory();
    while (!this.#isStopped) {
      const generation = Math.floor(this.#answerCount / generationCount);
      this.#operationCount += 1;
      const key = `k${1 + random.int(keyCount)}.${generation}`;
      const action = actions[random.int(actions.length)] ?? 'get';
      const input = memory.inputOf(action, key, `v${this.#operationCount}`);
      const node = this.#nodes[random.int(this.#nodes.length)];
      if (!node) throw new Error('no nodes');
      const output = await this.#ask(client, node, input);
      if (output) memory.saw(key, output);
      else await backoff();
    }
  }

  /** Asks and records, on behalf of `client`. `undefined` if there was no answer. */
  async #ask(
    client: string,
    node: ReadyNode,
    input: ConfigInput,
  ): Promise<ConfigOutput | undefined> {
    const heard = await this.#recorder.ask(client, node.api, input);
    const output = heard instanceof NoAnswer ? undefined : heard;
    if (output) this.#answerCount += 1;
    for (const tell of [...this.#waiting]) tell({ node: node.id, input, output });
    return output;
  }
}

function backoff(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, backoffMs));
}
