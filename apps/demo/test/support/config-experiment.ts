import {
  type Annotation,
  checkSync,
  type Counterexample,
  type History,
  recorder,
  UNKNOWN,
} from '@quorate/linearizability';
import {
  BrokenPromise,
  type ClientOperation,
  type Experiment,
  nodeIdsOf,
  type Scenario,
  type Simulation,
} from '@quorate/simulation';
import { type NodeId, nodeId } from '@quorate/transport';

import type { ReadMode } from '../../src/config/read-mode.ts';
import type { DemoNode } from '../../src/node/node-options.ts';
import { actions, ClientMemory } from '../../src/check/client-memory.ts';
import {
  learntFrom,
  NoAnswer,
  requestOf,
  UnpromisedResponse,
} from '../../src/check/config-exchange.ts';
import { type ConfigInput, configModel, type ConfigOutput } from '../../src/check/config-model.ts';
import { laneOf } from './fault-lane.ts';
import { type Journey, SimulatedApi } from './simulated-api.ts';

/**
 * How long clients stay with the same keys, in ms. Few keys, so that they meet; not for ever, since
 * what the checker has to try doubles with every write to a key whose outcome nobody knows.
 */
const generationMs = 4_000;

/** How often a last read that got no answer is tried again, in ms. */
const retryMs = 300;

/** One run: the nodes, their clients, and what those saw. */
export class ConfigExperiment implements Experiment {
  readonly #simulation: Simulation;
  readonly #scenario: Scenario;
  readonly #mode: ReadMode;
  readonly #nodeIds: readonly NodeId[];
  readonly #api: SimulatedApi;
  readonly #recorder;
  /** What each client has still to do, the operation under way in front. */
  readonly #queues = new Map<string, ClientOperation[]>();
  readonly #memories = new Map<string, ClientMemory>();
  readonly #keys: ReadonlySet<string>;
  #core: readonly NodeId[] = [];
  #lastReadCount = 0;
  #failure: Error | undefined;

  constructor(simulation: Simulation, scenario: Scenario, read: ReadMode) {
    this.#simulation = simulation;
    this.#scenario = scenario;
    this.#mode = read;
    this.#keys = new Set(scenario.operations.map(keyOf));
    this.#recorder = recorder<ConfigInput, ConfigOutput>(simulation.clock);
    this.#nodeIds = nodeIdsOf(scenario.nodeCount).map((id) => nodeId(id));
    const { snapshotEveryEntries, trailingEntryCount, requestTimeoutMs } = scenario.tuning;
    this.#api = new SimulatedApi(simulation, this.#nodeIds, {
      raft: {
        snapshotEveryEntries: Number(snapshotEveryEntries),
        trailingEntryCount: Number(trailingEntryCount),
      },
      requestTimeoutMs: Number(requestTimeoutMs),
    });
  }

  /** What the clients saw so far. */
  get history(): History<ConfigInput, ConfigOutput> {
    return this.#recorder.history();
  }

  /** What went wrong meanwhile. */
  get lane(): readonly Annotation[] {
    const { faults, horizonMs } = this.#scenario;
    return laneOf(faults, Math.min(horizonMs, this.#simulation.nowMs));
  }

  begin(operation: ClientOperation): void {
    const client = String(operation['client']);
    const queue = this.#queues.get(client) ?? [];
    this.#queues.set(client, queue);
    queue.push(operation);
    if (queue.length === 1) void this.#work(client, queue);
  }

  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  finish(): void {
    const { verdict, counterexample } = checkSync(configModel, this.history);
    if (verdict === 'linearizable') return;
    throw new BrokenPromise(verdict, counterexample ? textOf(counterexample) : 'no counterexample');
  }

  /** Only damage and broken disks keep a node from starting, and then it says so. */
  isExpected(error: unknown, id: NodeId): boolean {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const isDown = this.#simulation.nodeIds.includes(id) && this.#simulation.stateOf(id) === 'down';
    if (!isDown || !/^(DISK|LOG|RAFT)_/.test(code)) return false;
    this.#api.startErrors.set(id, error);
    return true;
  }

  /** Every node of the core must tell the end of every key: what was lost shows there. */
  onCalm(core: readonly string[]): void {
    this.#core = this.#nodeIds.filter((id) => core.includes(id));
    for (const id of this.#core) for (const key of this.#keys) void this.#readLast(id, key);
  }

  /** What lies beyond a minority that lost its log is owed nothing but safety. */
  isRecovered(): boolean {
    const { nodes, startErrors } = this.#api;
    const conditionOf = (id: NodeId): string | undefined => nodes.get(id)?.status().raft.condition;
    const sound = this.#core.filter(
      (id) => conditionOf(id) !== 'recovering' && (nodes.has(id) || !startErrors.has(id)),
    );
    if (2 * sound.length <= this.#nodeIds.length) return true;
    const isIdle = [...this.#queues.values()].every((queue) => queue.length === 0);
    if (!isIdle || this.#lastReadCount < sound.length * this.#keys.size) return false;
    const places = sound.map((id) => placeOf(nodes.get(id)));
    return new Set(places).size === 1 && places[0]?.endsWith('running') === true;
  }

  describe(): string {
    const nodes = this.#core.map((id) => {
      const node = this.#api.nodes.get(id);
      const error = String(this.#api.startErrors.get(id));
      return `${id}: ${node ? JSON.stringify(node.status()) : error}`;
    });
    return [`${this.#lastReadCount} last reads`, ...nodes].join('\n');
  }

  async #work(client: string, queue: ClientOperation[]): Promise<void> {
    for (let next = queue[0]; next; next = queue[0]) {
      await this.#perform(client, next);
      queue.shift();
    }
  }

  async #perform(client: string, operation: ClientOperation): Promise<void> {
    const key = keyOf(operation);
    const memory = this.#memories.get(client) ?? new ClientMemory();
    this.#memories.set(client, memory);
    const action = actions.find((known) => known === operation['action']) ?? 'get';
    const input = memory.inputOf(action, key, String(operation['value']));
    const id = this.#nodeIds[Number(operation['place']) % this.#nodeIds.length] ?? nodeId('none');
    const output = await this.#ask(client, id, input, {
      thereMs: Number(operation['thereMs']),
      backMs: Number(operation['backMs']),
      patienceMs: Number(operation['patienceMs']),
      isAnswerLost: operation['isAnswerLost'] === true,
    });
    if (output) memory.saw(key, output);
  }

  /** Asks and records. `undefined` if there was no answer. */
  async #ask(
    client: string,
    id: NodeId,
    input: ConfigInput,
    journey: Journey,
  ): Promise<ConfigOutput | undefined> {
    try {
      return await this.#recorder.run(client, input, async () => {
        const request = requestOf(input, this.#mode);
        const learnt = learntFrom(input, await this.#api.ask(id, request, journey));
        if (learnt.kind === 'noAnswer') throw learnt.error;
        return learnt.output;
      });
    } catch (error) {
      if (!(error instanceof NoAnswer)) this.#failure ??= brokenBy(error);
      return undefined;
    }
  }

  async #readLast(id: NodeId, key: string): Promise<void> {
    const journey = { thereMs: 1, backMs: 1, patienceMs: 4_000, isAnswerLost: false };
    const output = await this.#ask(`last ${id} ${key}`, id, { kind: 'get', key }, journey);
    if (output) this.#lastReadCount += 1;
    else this.#simulation.clock.setTimer(retryMs, () => void this.#readLast(id, key));
  }
}

function brokenBy(error: unknown): Error {
  if (error instanceof UnpromisedResponse) return new BrokenPromise('response', error.message);
  return error instanceof Error ? error : new Error(String(error));
}

function keyOf({ key, atMs }: ClientOperation): string {
  return `${String(key)}.${Math.floor(atMs / generationMs)}`;
}

function placeOf(node: DemoNode | undefined): string {
  if (!node) return 'down';
  const { raft, store } = node.status();
  return `${raft.lastApplied} ${store.digest} ${raft.condition}`;
}

function textOf({ operations, culprit }: Counterexample<ConfigInput, ConfigOutput>): string {
  const lines = operations.map((operation) => {
    const { process, input, outcome, callTime } = operation;
    const output = outcome.kind === 'ok' ? outcome.output : UNKNOWN;
    const until = outcome.kind === 'info' ? '?' : outcome.returnTime;
    const text = configModel.describeOperation?.(input, output) ?? '';
    const mark = operation === culprit ? '  ← impossible' : '';
    return `${process}: ${text} [${callTime}, ${until}]${mark}`;
  });
  return ['', ...lines].join('\n');
}
