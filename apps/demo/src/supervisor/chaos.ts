/**
 * Chaos with a verdict: load on real nodes while one or two things at a time go wrong; then all is
 * healed, and what clients saw and what the disks hold is held against what was promised.
 *
 *  - The configuration: the history of reads and writes is linearizable.
 *  - Boards: all copies are the same, and hold every edit that was confirmed.
 *
 * The order of the faults comes from a seed. When exactly they hit does not: time is real here.
 */
import type { Annotation } from '@quorate/linearizability';
import type { Random } from '@quorate/transport';

import { BoardLoad, type BoardVerdict } from './board-load.ts';
import { FaultRunner, type FaultRow, recoveryMs } from './chaos-faults.ts';
import { ChaosPlan } from './chaos-plan.ts';
import { ClusterWatch, type NodeCost } from './cluster-watch.ts';
import { ConfigLoad, type ConfigVerdict } from './config-load.ts';
import type { LoadTarget } from './load-generator.ts';
import { PhaseFigures, type PhaseRow } from './phase-figures.ts';
import type { Supervisor } from './supervisor.ts';

/** What to do, and for how long. */
export interface ChaosOptions {
  /** Has started. */
  readonly supervisor: Supervisor;
  readonly durationMs: number;
  /** Requests per second: half of them for boards, half for the configuration. */
  readonly ratePerSecond: number;
  readonly random: Random;
  /** Ends it early; what there is then is judged. */
  readonly signal: AbortSignal;
  /** Told now and then how far it is. */
  readonly onProgress: (text: string) => void;
  /** Told of each fault as it begins. */
  readonly onFault: (text: string) => void;
}

/** What came of it. */
export interface ChaosReport {
  /** How long there was load, in seconds; longer than asked for if nodes took long to recover. */
  readonly seconds: number;
  /** Requests that were done, per second. */
  readonly donePerSecond: number;
  readonly rows: readonly PhaseRow[];
  readonly faults: readonly FaultRow[];
  readonly nodes: readonly NodeCost[];
  /** When what went wrong, on the clock of the history. */
  readonly spans: readonly Annotation[];
  /** Undefined if the run ended before there was one. */
  readonly config: ConfigVerdict | undefined;
  readonly boards: BoardVerdict | undefined;
  /** What else went wrong that should not. */
  readonly problems: readonly string[];
  /** Whether every promise was kept. */
  readonly isSound: boolean;
}

const COPY_COUNT = 3;
const progressMs = 250;

/**
 * Does what `options` say. Nodes run and are healed afterwards. A run that breaks off is judged by
 * what there is, and is not sound.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const run = new Run(options);
  try {
    await run.attempt('the run broke off', () => run.play());
    return await run.judge();
  } finally {
    run.close();
  }
}

/** One run, and what is seen of it. */
class Run {
  readonly #options: ChaosOptions;
  readonly #figures = new PhaseFigures();
  readonly #watch: ClusterWatch;
  readonly #config: ConfigLoad;
  readonly #boards: BoardLoad;
  readonly #faults: FaultRunner;
  readonly #problems: string[] = [];
  #seconds = 0;

  constructor(options: ChaosOptions) {
    const { supervisor, random } = options;
    this.#options = options;
    this.#watch = new ClusterWatch(() => supervisor.view());
    const { nodeIds } = supervisor;
    const load = { targets: () => this.#targets(), figures: this.#figures };
    const copyCount = Math.min(COPY_COUNT, nodeIds.length);
    this.#config = new ConfigLoad({ ...load, random: random.fork('config') });
    const readCopy = (id: string, boardId: string): Promise<Response> => {
      const request = { method: 'GET', path: `/admin/boards/${boardId}`, headers: {} };
      return supervisor.administer(id, request);
    };
    const ofBoards = { random: random.fork('boards'), copyCount, readCopy };
    this.#boards = new BoardLoad({ ...load, ...ofBoards });
    this.#faults = new FaultRunner({
      ...{ supervisor, figures: this.#figures, watch: this.#watch, onFault: options.onFault },
      plan: new ChaosPlan(() => supervisor.nodeIds, random.fork('faults')),
      signal: options.signal,
      whileBoardsRest: (action) => this.#whileBoardsRest(action),
      onProblem: (text) => this.#problems.push(text),
    });
  }

  async play(): Promise<void> {
    const { ratePerSecond, durationMs } = this.#options;
    const startMs = performance.now();
    this.#config.start(ratePerSecond / 2);
    this.#boards.start(ratePerSecond / 2);
    const telling = setInterval(() => this.#tell(performance.now() - startMs), progressMs);
    await this.#faults.runUntil(startMs + durationMs).finally(() => {
      clearInterval(telling);
      this.#seconds = (performance.now() - startMs) / 1_000;
    });
  }

  async judge(): Promise<ChaosReport> {
    this.#options.onProgress('all is repaired; judging what clients saw');
    const deadlineMs = performance.now() + recoveryMs;
    await Promise.all([this.#config.stop(), this.#boards.stop()]);
    const config = await this.attempt('the configuration cannot be judged', async () => {
      const silent = await this.#config.readLast(deadlineMs);
      if (silent.length > 0) this.#problems.push(`no answer in the end for ${silent.join()}`);
      return this.#config.judge();
    });
    const boards = await this.attempt('boards cannot be judged', () =>
      this.#boards.judge(this.#targets(), deadlineMs),
    );
    const problems = this.#problems;
    return {
      seconds: this.#seconds,
      donePerSecond: this.#figures.doneCount / this.#seconds,
      rows: this.#figures.rows,
      faults: this.#faults.rows,
      nodes: this.#watch.costs,
      spans: this.#faults.spans,
      ...{ config, boards, problems },
      isSound: problems.length === 0 && isKept(config, boards),
    };
  }

  /** What `action` comes to; undefined, and a problem, if it fails. */
  async attempt<Result>(what: string, action: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await action();
    } catch (error) {
      this.#problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  close(): void {
    this.#watch.close();
    this.#config.close();
    this.#boards.close();
  }

  #tell(elapsedMs: number): void {
    const { durationMs, onProgress } = this.#options;
    const [seconds, total] = [elapsedMs, durationMs].map((ms) => Math.round(ms / 1_000));
    const { doneCount, faults } = this.#figures;
    onProgress(`${seconds} of ${total} s, ${doneCount} requests done, now: ${faults.join(', ')}`);
  }

  async #whileBoardsRest(action: () => Promise<boolean>): Promise<boolean> {
    await this.#boards.stop();
    try {
      return await action();
    } finally {
      this.#boards.start(this.#options.ratePerSecond / 2);
    }
  }

  /** Clients do not know that a node is paused. */
  #targets(): readonly LoadTarget[] {
    const { nodes } = this.#options.supervisor.view();
    return nodes.filter(({ process }) => process === 'running' || process === 'paused');
  }
}

function isKept(config: ConfigVerdict | undefined, boards: BoardVerdict | undefined): boolean {
  return (
    config?.verdict === 'linearizable' &&
    config.unpromised.length === 0 &&
    boards?.lost.length === 0 &&
    boards.diverged.length === 0 &&
    boards.unpromised.length === 0
  );
}
