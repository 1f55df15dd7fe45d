/** Clients that read and write the configuration, and the history of what they saw. */
import type { History, Verdict } from '@quorate/linearizability';

import { actions, ClientMemory } from '../check/client-memory.ts';
import { learntFrom, NoAnswer, requestOf } from '../check/config-exchange.ts';
import { type ConfigInput, configModel, type ConfigOutput } from '../check/config-model.ts';
import { GrowingVerdict } from '../check/growing-verdict.ts';
import { LoadHistory } from '../check/load-history.ts';
import type { ReadMode } from '../config/read-mode.ts';
import type { ClientNetwork } from './client-network.ts';

/** One operation on the configuration. */
export interface ConfigCall {
  readonly atMs: number;
  isAnswered: boolean;
}

const CLIENTS = 4;
/** Keys, and how long clients stay with them: see `generation` below. */
const KEYS = 3;
const GENERATION_MS = 4_000;

/** What they asked, and what they were told. */
export class ConfigClients {
  readonly calls: ConfigCall[] = [];
  /** 'stale' promises less than they are held to. */
  readMode: ReadMode = 'index';
  readonly #network: ClientNetwork;
  readonly #verdict = new GrowingVerdict(configModel);
  readonly #seen = new LoadHistory({
    nowMs: () => this.#network.nowMs,
    keepCount: Infinity,
    onNews: (operation) => this.#verdict.take(operation),
  });
  readonly #memories = new Map<string, ClientMemory>();
  readonly #busy = new Set<string>();
  #answeredCount = 0;

  constructor(network: ClientNetwork) {
    this.#network = network;
  }

  /** What they saw. */
  get history(): History<ConfigInput, ConfigOutput> {
    return this.#seen.history;
  }

  /** How many operations that are. */
  get operationCount(): number {
    return this.#seen.size;
  }

  /** Operations that were answered. */
  get answeredCount(): number {
    return this.#answeredCount;
  }

  /** Whether it can have been one after the other. */
  verdict(): Verdict {
    return this.#verdict.verdict();
  }

  /** One operation, unless the client that is drawn waits for an answer. */
  async call(): Promise<void> {
    const client = `c${this.#network.draw(CLIENTS)}`;
    // One operation at a time each.
    if (this.#busy.has(client)) return;
    this.#busy.add(client);
    const memory = this.#memories.get(client) ?? new ClientMemory();
    this.#memories.set(client, memory);
    const generation = Math.floor(this.#network.nowMs / GENERATION_MS);
    const key = `k${this.#network.draw(KEYS)}.${generation}`;
    const action = this.#network.drawFrom(actions) ?? 'get';
    const input = memory.inputOf(action, key, `v${this.calls.length}`);
    const call: ConfigCall = { atMs: this.#network.nowMs, isAnswered: false };
    this.calls.push(call);
    const end = this.#seen.begin(input);
    try {
      const output = await this.#ask(input);
      end(output);
      call.isAnswered = true;
      this.#answeredCount += 1;
      this.#network.tell('done', call.atMs);
      memory.saw(key, output);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      end(error);
      this.#network.tell(error.definite ? 'refused' : 'unknown', call.atMs);
    } finally {
      this.#busy.delete(client);
    }
  }

  async #ask(input: ConfigInput): Promise<ConfigOutput> {
    const { method, path, headers, body } = requestOf(input, this.readMode);
    const request = { method, path, headers, ...(body !== undefined && { body }) };
    const answer = await this.#network.ask(request);
    if (answer === undefined) throw new NoAnswer('indefinite', 'the node is down');
    const etag = answer.headers['etag'];
    const learnt = learntFrom(input, { status: answer.status, etag, body: answer.body });
    if (learnt.kind === 'noAnswer') throw learnt.error;
    return learnt.output;
  }
}
