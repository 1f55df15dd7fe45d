/**
 * Chaos with a verdict: load on real nodes while one or two things at a time go wrong; then all is
 * healed, and what clients saw and what the disks hold is held against what was promised.
 *
 *  - The configuration: the history of reads and writes is linearizable.
 *  - Boards: all copies are the same, and hold every edit that was confirmed.
 *
 * The order of the faults comes from a seed. When exactly they hit does not: time is real here.
 */
import type { Random } from '@quorate/transport';

import { BoardLoad, type BoardVerdict } from './board-load.ts';
import { type ChaosFault, ChaosPlan, faultText } from './chaos-plan.ts';
import { ConfigLoad, type ConfigVerdict } from './config-load.ts';
import { ActionError } from './controlled-cluster.ts';
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
  /** Told of each fault as it begins. */
  readonly onFault: (text: string) => void;
}

/** What came of it. */
export interface ChaosReport {
  readonly faultCount: number;
  readonly rows: readonly PhaseRow[];
  readonly config: ConfigVerdict;
  readonly boards: BoardVerdict;
  /** What else went wrong that should not. */
  readonly problems: readonly string[];
  /** Whether every promise was kept. */
  readonly isSound: boolean;
}

const COPY_COUNT = 3;
/** How long nodes may take to be well again, in ms. Generous: the machine may be busy. */
const recoveryMs = 120_000;
const retryMs = 500;

/** Does what `options` say. Nodes run and are healed afterwards. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { supervisor, ratePerSecond, random, durationMs } = options;
  const figures = new PhaseFigures();
  // Clients do not know that a node is paused.
  const targets = (): readonly LoadTarget[] =>
    supervisor.view().nodes.filter(({ process }) => process === 'running' || process === 'paused');
  const copyCount = Math.min(COPY_COUNT, supervisor.nodeIds.length);
  const load = { targets, figures };
  const config = new ConfigLoad({ ...load, random: random.fork('config') });
  const boards = new BoardLoad({ ...load, random: random.fork('boards'), copyCount });
  const problems: string[] = [];
  try {
    config.start(ratePerSecond / 2);
    boards.start(ratePerSecond / 2);
    const faults = new FaultRunner(options, figures, problems);
    await faults.runUntil(performance.now() + durationMs);
    await Promise.all([config.stop(), boards.stop()]);
    const deadlineMs = performance.now() + recoveryMs;
    const silent = await config.readLast(deadlineMs);
    if (silent.length > 0)
      problems.push(`no answer for ${silent.length} keys after all was healed`);
    const [configVerdict, boardVerdict] = [
      await config.judge(),
      await boards.judge(targets(), deadlineMs),
    ];
    const isSound = problems.length === 0 && isKept(configVerdict, boardVerdict);
    const { rows } = figures;
    const { faultCount } = faults;
    return { faultCount, rows, config: configVerdict, boards: boardVerdict, problems, isSound };
  } finally {
    config.close();
    boards.close();
  }
}

function isKept(config: ConfigVerdict, boards: BoardVerdict): boolean {
  return (
    config.verdict === 'linearizable' &&
    config.unpromised.length === 0 &&
    boards.lost.length === 0 &&
    boards.diverged.length === 0 &&
    boards.unpromised.length === 0
  );
}

/** Lets things go wrong, and makes them well again. */
class FaultRunner {
  readonly #options: ChaosOptions;
  readonly #figures: PhaseFigures;
  readonly #problems: string[];
  readonly #plan: ChaosPlan;
  #faultCount = 0;

  constructor(options: ChaosOptions, figures: PhaseFigures, problems: string[]) {
    this.#options = options;
    this.#figures = figures;
    this.#problems = problems;
    this.#plan = new ChaosPlan(options.supervisor.nodeIds, options.random.fork('faults'));
  }

  get faultCount(): number {
    return this.#faultCount;
  }

  /** One episode after the other. All is well when it resolves. */
  async runUntil(endMs: number): Promise<void> {
    for (;;) {
      const { faults, lastsMs, calmMs } = this.#plan.next();
      if (performance.now() + calmMs + lastsMs > endMs) break;
      await sleep(calmMs);
      const ends = faults.map(({ kind }) => this.#figures.begin(kind));
      const links = faults.flatMap((fault) => ('links' in fault ? fault.links : []));
      for (const fault of faults) await this.#begin(fault);
      if (links.length > 0) await this.#attempt(() => this.#options.supervisor.setLinks(links));
      await sleep(lastsMs);
      await this.#repair();
      for (const end of ends) end();
    }
    await sleep(endMs - performance.now());
  }

  async #begin(fault: ChaosFault): Promise<void> {
    const { supervisor, onFault } = this.#options;
    this.#faultCount += 1;
    onFault(faultText(fault));
    switch (fault.kind) {
      case 'kill':
        return this.#attempt(() => supervisor.kill(fault.node));
      case 'restart':
        return this.#attempt(() => supervisor.restart(fault.node));
      case 'pause':
        return this.#attempt(() => {
          supervisor.pause(fault.node);
        });
      case 'halves':
        return this.#attempt(() => supervisor.partition(fault.groups));
      case 'one-way':
      case 'slow':
      case 'drop':
      case 'duplicate':
        // All links are set at once: what is set later replaces what was before.
        return undefined;
    }
  }

  /** Everybody goes on, runs, and reaches everybody. */
  async #repair(): Promise<void> {
    const { supervisor } = this.#options;
    supervisor.resume();
    const deadlineMs = performance.now() + recoveryMs;
    const stopped = supervisor.view().nodes.filter(({ process }) => process === 'stopped');
    const repairs = [
      () => supervisor.heal(),
      ...stopped.map(
        ({ id }) =>
          () =>
            supervisor.restart(id),
      ),
    ];
    for (const repair of repairs) await this.#insist(repair, deadlineMs);
  }

  async #insist(repair: () => Promise<void>, deadlineMs: number): Promise<void> {
    for (;;) {
      try {
        await repair();
        return;
      } catch (error) {
        if (!(error instanceof ActionError)) throw error;
        if (performance.now() > deadlineMs) {
          this.#problems.push(`could not be repaired: ${error.message}`);
          return;
        }
        await sleep(retryMs);
      }
    }
  }

  /** A fault that does not reach all it was meant for is a fault all the same. */
  async #attempt(act: () => void | Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof ActionError)) throw error;
    }
  }
}

function sleep(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, durationMs)));
}
