/** Lets things go wrong in a cluster, makes them well again, and measures how long that takes. */
import type { Annotation } from '@quorate/linearizability';

import { type ChaosFault, type ChaosPlan, type Episode, faultText } from './chaos-plan.ts';
import type { ClusterWatch } from './cluster-watch.ts';
import type { ClusterView } from './cluster-view.ts';
import { ActionError } from './controlled-cluster.ts';
import type { PhaseFigures } from './phase-figures.ts';
import type { Supervisor } from './supervisor.ts';

/** What of a supervisor breaks and mends. */
type Breakable = Pick<
  Supervisor,
  | 'view'
  | 'setLinks'
  | 'loseBoards'
  | 'resume'
  | 'heal'
  | 'restart'
  | 'kill'
  | 'pause'
  | 'partition'
  | 'changeMachine'
  | 'addNode'
  | 'removeNode'
>;

/** What it needs. */
export interface FaultRunnerOptions {
  readonly supervisor: Breakable;
  readonly plan: Pick<ChaosPlan, 'next'>;
  readonly figures: PhaseFigures;
  readonly watch: Pick<ClusterWatch, 'leaderlessMs'>;
  /** Runs `action` while nothing is written to boards. */
  readonly whileBoardsRest: (action: () => Promise<boolean>) => Promise<boolean>;
  /** Ends it early: what is wrong then is repaired as ever. */
  readonly signal?: AbortSignal;
  /** Told of each fault as it begins. */
  readonly onFault: (text: string) => void;
  /** Told what went wrong that should not. */
  readonly onProblem: (text: string) => void;
}

/** What the faults of one kind did to the cluster. */
export interface FaultRow {
  readonly fault: string;
  readonly count: number;
  /** Without a leader, from the beginning of a fault until all was well again. */
  readonly leaderlessMeanMs: number;
  readonly leaderlessMaxMs: number;
  /** From the repair until every node ran, followed one leader, and had applied what it lacked. */
  readonly recoveryMeanMs: number;
  readonly recoveryMaxMs: number;
}

/** How long nodes may take to be well again, in ms. Generous: the machine may be busy. */
export const recoveryMs = 120_000;
const retryMs = 500;
const lookMs = 50;
/** What a node said longer ago says nothing about now. */
const freshMs = 600;
/** So often in a row all boards must be told to be whole, since each node tells on its own. */
const wholeLooks = 6;

/** One run of faults. */
export class FaultRunner {
  /** What went wrong, and when. */
  readonly spans: Annotation[] = [];
  readonly #options: FaultRunnerOptions;
  readonly #toll = new Map<string, { leaderlessMs: number[]; recoveryMs: number[] }>();

  constructor(options: FaultRunnerOptions) {
    this.#options = options;
  }

  /** What each kind of fault did. */
  get rows(): readonly FaultRow[] {
    return [...this.#toll].toSorted().map(([fault, { leaderlessMs, recoveryMs: recovery }]) => ({
      fault,
      count: recovery.length,
      leaderlessMeanMs: mean(leaderlessMs),
      leaderlessMaxMs: Math.max(...leaderlessMs),
      recoveryMeanMs: mean(recovery),
      recoveryMaxMs: Math.max(...recovery),
    }));
  }

  /** One episode after the other. All is well when it resolves. */
  async runUntil(endMs: number): Promise<void> {
    const { plan, signal } = this.#options;
    const isEnded = (): boolean => signal?.aborted === true;
    while (!isEnded()) {
      const episode = plan.next();
      if (performance.now() + episode.calmMs + episode.lastsMs > endMs) break;
      await sleep(episode.calmMs, signal);
      if (!isEnded()) await this.#play(episode);
    }
    await sleep(endMs - performance.now(), signal);
  }

  async #play({ faults: planned, lastsMs }: Episode): Promise<void> {
    const { figures, supervisor, watch, onFault, signal } = this.#options;
    const isLoss = planned.some(({ kind }) => kind === 'lose');
    // One loss at a time is survived: the next one waits until nothing is on one disk less.
    const isLossAllowed = isLoss && (await this.#areBoardsWhole());
    const faults = planned.filter(({ kind }) => kind !== 'lose' || isLossAllowed);
    const begunMs = performance.now();
    const leaderlessMs = watch.leaderlessMs;
    const ends = faults.map(({ kind }) => figures.begin(kind));
    const links = faults.flatMap((fault) => ('links' in fault ? fault.links : []));
    const changes = faults.map((fault) => {
      onFault(faultText(fault));
      return this.#attempt(() => this.#begin(fault));
    });
    if (links.length > 0) await this.#attempt(() => supervisor.setLinks(links));
    await sleep(lastsMs, signal);
    for (const fault of faults) {
      if (fault.kind === 'lose') await this.#attempt(() => supervisor.loseBoards(fault.node));
    }
    const repairMs = performance.now();
    const before = supervisor.view();
    await this.#repair();
    // While nobody led, nobody could be let in, or sent away.
    await Promise.all(changes);
    await this.#recover(before);
    for (const end of ends) end();
    const nowMs = performance.now();
    for (const fault of faults) {
      this.spans.push({ label: faultText(fault), fromTime: begunMs, toTime: repairMs });
      const toll = this.#toll.get(fault.kind) ?? { leaderlessMs: [], recoveryMs: [] };
      toll.leaderlessMs.push(watch.leaderlessMs - leaderlessMs);
      toll.recoveryMs.push(nowMs - repairMs);
      this.#toll.set(fault.kind, toll);
    }
  }

  #begin(fault: ChaosFault): void | Promise<void> {
    const { supervisor } = this.#options;
    switch (fault.kind) {
      case 'kill':
        return supervisor.kill(fault.node);
      case 'restart':
        return supervisor.restart(fault.node);
      case 'pause':
        supervisor.pause(fault.node);
        return undefined;
      case 'halves':
        return supervisor.partition(fault.groups);
      case 'disk-full':
      case 'disk-slow':
      case 'skew':
        return supervisor.changeMachine(fault.machine, fault.change);
      case 'join':
        return supervisor.addNode().then(() => undefined);
      case 'leave':
        return supervisor.removeNode(fault.member);
      case 'lose':
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
    await this.#insist(() => supervisor.heal(), deadlineMs);
    const isThere = (id: string): boolean => supervisor.view().nodes.some((node) => node.id === id);
    const restart = async (id: string): Promise<void> => {
      // One that was sent away may be gone by now.
      if (isThere(id)) await supervisor.restart(id);
    };
    for (const { id } of stopped) await this.#insist(() => restart(id), deadlineMs);
  }

  /**
   * Waits until all nodes are as far as the furthest was `before`, under one leader, and nobody is
   * on the way to come or to go.
   */
  async #recover(before: ClusterView): Promise<void> {
    const { supervisor, onProblem } = this.#options;
    const commitIndex = Math.max(
      ...before.nodes.map(({ status }) => status?.raft.commitIndex ?? 0),
    );
    const isWell = await this.#comes(() => {
      const { nodes, leaderId } = supervisor.view();
      const members = nodes.find(({ id }) => id === leaderId)?.status?.members ?? [];
      return nodes.every(
        ({ id, process, status, statusAgeMs }) =>
          process === 'running' &&
          statusAgeMs < freshMs &&
          status?.raft.leaderId === leaderId &&
          status.raft.lastApplied >= commitIndex &&
          members.some((member) => member.id === id && member.step === 'member'),
      );
    });
    if (!isWell) onProblem(`not well again ${recoveryMs / 1_000} s after everything was repaired`);
  }

  /** Whether all copies of all boards become equal, while nothing is written to them. */
  async #areBoardsWhole(): Promise<boolean> {
    const { supervisor, whileBoardsRest } = this.#options;
    const areWhole = await whileBoardsRest(() => {
      let looks = 0;
      return this.#comes(() => {
        const areNow = supervisor
          .view()
          .nodes.every(
            ({ status, statusAgeMs }) =>
              statusAgeMs < freshMs && status?.boards.underReplicatedCount === 0,
          );
        looks = areNow ? looks + 1 : 0;
        return looks >= wholeLooks;
      });
    });
    if (!areWhole) this.#options.onProblem('boards lacked copies long after all was repaired');
    return areWhole;
  }

  async #comes(holds: () => boolean): Promise<boolean> {
    const deadlineMs = performance.now() + recoveryMs;
    while (!holds()) {
      if (performance.now() > deadlineMs) return false;
      await sleep(lookMs);
    }
    return true;
  }

  async #insist(repair: () => Promise<void>, deadlineMs: number): Promise<void> {
    for (;;) {
      try {
        await repair();
        return;
      } catch (error) {
        if (!(error instanceof ActionError)) throw error;
        if (performance.now() > deadlineMs) {
          this.#options.onProblem(`could not be repaired: ${error.message}`);
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

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Shorter if `signal` is aborted. */
function sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, Math.max(0, durationMs));
    signal?.addEventListener('abort', wake, { once: true });
    if (signal?.aborted === true) wake();
  });
}
