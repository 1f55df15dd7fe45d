/**
 * Reads and writes of keys at a steady rate, recorded as clients saw them, so that a checker can
 * say afterwards whether the keys behaved as one copy would.
 *
 * Few keys at a time, so that clients meet; new ones soon, and sooner while answers stay out, since
 * what the checker has to try doubles with every write to a key whose outcome nobody knows.
 */
import {
  type Annotation,
  check,
  type Counterexample,
  type History,
  htmlReport,
  type Verdict,
} from '@quorate/linearizability';
import type { Random } from '@quorate/transport';

import { actions, ClientMemory } from '../check/client-memory.ts';
import { NoAnswer } from '../check/config-exchange.ts';
import { type ConfigInput, configModel, type ConfigOutput } from '../check/config-model.ts';
import { ConfigRecorder } from '../check/config-recorder.ts';
import type { LoadTarget } from './load-generator.ts';
import { Pacer } from './pacer.ts';
import type { PhaseFigures } from './phase-figures.ts';

/** What the history says. */
export interface ConfigVerdict {
  readonly operationCount: number;
  readonly verdict: Verdict;
  /** Operations that no single copy can answer so. */
  readonly counterexample: Counterexample<ConfigInput, ConfigOutput> | undefined;
  /** Responses that the service promises never to give. */
  readonly unpromised: readonly string[];
  readonly evidence: ConfigEvidence;
}

/** What can be kept of it. */
export interface ConfigEvidence {
  readonly history: History<ConfigInput, ConfigOutput>;
  /** Draws it, with what went wrong meanwhile. */
  readonly page: (title: string, annotations: readonly Annotation[]) => string;
}

/** What a load needs. */
export interface RecordedLoadOptions {
  /** Nodes that may be asked, at this moment. */
  readonly targets: () => readonly LoadTarget[];
  readonly figures: PhaseFigures;
  readonly random: Random;
}

const patienceMs = 1_000;
const keyCount = 3;
const operationsPerKey = 30;
/** Writes to a key whose outcome is not known, or not known yet. */
const openWritesPerKey = 8;
const clientsMax = 256;
const lastReadersCount = 16;
const retryMs = 50;
const checkTimeoutMs = 300_000;

/** Clients of the configuration. */
export class ConfigLoad {
  readonly #options: RecordedLoadOptions;
  readonly #recorder = new ConfigRecorder('index', patienceMs);
  readonly #memories = new Map<string, ClientMemory>();
  readonly #idle: string[] = [];
  readonly #keys = new Set<string>();
  readonly #slots = Array.from({ length: keyCount }, (_, slot) => newKey(slot, 0));
  readonly #pacer: Pacer;
  #operationCount = 0;

  constructor(options: RecordedLoadOptions) {
    this.#options = options;
    const { figures } = options;
    this.#pacer = new Pacer(
      (dueMs) => this.#act(dueMs),
      clientsMax,
      () => figures.record('config', figures.faults, 'skipped', 0),
    );
  }

  /** Begins. */
  start(ratePerSecond: number): void {
    this.#pacer.start(ratePerSecond);
  }

  /** Begins nothing more, and waits for what is under way. */
  stop(): Promise<void> {
    return this.#pacer.stop();
  }

  /** Reads every key once more, from a node each. @returns Keys that nobody told. */
  async readLast(deadlineMs: number): Promise<readonly string[]> {
    const keys = [...this.#keys];
    const silent: string[] = [];
    const read = async (reader: string): Promise<void> => {
      for (let key = keys.pop(); key !== undefined; key = keys.pop()) {
        if (!(await this.#insist(reader, key, deadlineMs))) silent.push(key);
      }
    };
    await Promise.all(Array.from({ length: lastReadersCount }, (_, index) => read(`r${index}`)));
    return silent;
  }

  /** Whether all that was seen fits one copy of the keys. */
  async judge(): Promise<ConfigVerdict> {
    const { history, unpromised } = this.#recorder;
    const signal = AbortSignal.timeout(checkTimeoutMs);
    const result = await check(configModel, history, { signal });
    const { verdict, counterexample } = result;
    const page = (title: string, annotations: readonly Annotation[]): string =>
      htmlReport(configModel, history, result, { title, annotations });
    const operationCount = history.length;
    return { operationCount, verdict, counterexample, unpromised, evidence: { history, page } };
  }

  /** Closes the connections. */
  close(): void {
    this.#recorder.close();
  }

  async #act(dueMs: number): Promise<void> {
    const { random, figures } = this.#options;
    const target = this.#target();
    const faultsSoFar = figures.follow();
    if (target === undefined) {
      figures.record('config', faultsSoFar(), 'refused', 0);
      return;
    }
    const client = this.#idle.pop() ?? `c${this.#memories.size + 1}`;
    const memory = this.#memories.get(client) ?? new ClientMemory();
    this.#memories.set(client, memory);
    const used = this.#nextKey(random.int(keyCount));
    const { key } = used;
    this.#operationCount += 1;
    const action = actions[random.int(actions.length)] ?? 'get';
    const input = memory.inputOf(action, key, `v${this.#operationCount}`);
    used.operationCount += 1;
    used.openWriteCount += 1;
    const heard = await this.#recorder.ask(client, target.api, input);
    const isOpen = input.kind !== 'get' && heard instanceof NoAnswer && !heard.definite;
    if (!isOpen) used.openWriteCount -= 1;
    if (!(heard instanceof NoAnswer)) memory.saw(key, heard);
    const end = !(heard instanceof NoAnswer) ? 'ok' : heard.definite ? 'refused' : 'unknown';
    figures.record('config', faultsSoFar(), end, performance.now() - dueMs);
    this.#idle.push(client);
  }

  /** The key in a slot, which is a new one when the checker would have enough of the old one. */
  #nextKey(slot: number): UsedKey {
    const used = this.#slots[slot] ?? newKey(slot, 0);
    const { operationCount, openWriteCount, generation } = used;
    const isWornOut = operationCount >= operationsPerKey || openWriteCount >= openWritesPerKey;
    const next = isWornOut ? newKey(slot, generation + 1) : used;
    this.#slots[slot] = next;
    this.#keys.add(next.key);
    return next;
  }

  async #insist(reader: string, key: string, deadlineMs: number): Promise<boolean> {
    while (performance.now() < deadlineMs) {
      const target = this.#target();
      const input = { kind: 'get', key } as const;
      const heard = target && (await this.#recorder.ask(reader, target.api, input));
      if (heard !== undefined && !(heard instanceof NoAnswer)) return true;
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
    return false;
  }

  #target(): LoadTarget | undefined {
    const targets = this.#options.targets();
    return targets.length === 0 ? undefined : targets[this.#options.random.int(targets.length)];
  }
}

interface UsedKey {
  readonly key: string;
  readonly generation: number;
  operationCount: number;
  /** Requests without an outcome so far: all that are under way, and lost writes. */
  openWriteCount: number;
}

function newKey(slot: number, generation: number): UsedKey {
  return { key: `k${slot + 1}.${generation}`, generation, operationCount: 0, openWriteCount: 0 };
}
