import type { NodeId } from '@quorate/transport';

import { type BoardCopy, checkBoards, copyIn } from '../check/board-check.ts';
import type { CheckModel, CheckReport, Checks, CheckState } from '../check/check-report.ts';
import { checkConfig } from '../check/config-check.ts';
import type { ScenarioRun } from '../scenarios/run-scenario.ts';
import { ActionError } from '../supervisor/controlled-cluster.ts';
import type { Doing, SimRun } from './sim-run.ts';

/** What checks need of a simulated cluster. */
export interface SimChecksOptions {
  /** The run at this moment; it may be another one at the next. */
  readonly run: () => SimRun;
  /** The last verdict about the configuration, and when it was, in virtual ms. */
  readonly verdict: () => { readonly atMs: number; readonly verdict: CheckState['verdict'] };
  /** Does something at once, between two instants of the run. */
  readonly act: (doings: readonly Doing[]) => Promise<void>;
}

/**
 * Steps that break a rule so that anybody can see it within seconds: reads ask no majority any
 * more, clients are many, and one node is cut off and asked all the same.
 */
const breaking: readonly Doing[] = [
  { kind: 'reads', mode: 'stale' },
  { kind: 'load', edits: 5, config: 60 },
  { kind: 'partition', left: ['follower'], right: 'others', isOneWay: false },
];

/** Checks of a simulated run, which records by itself all that its clients see. */
export class SimChecks implements Checks {
  readonly #options: SimChecksOptions;

  constructor(options: SimChecksOptions) {
    this.#options = options;
  }

  get state(): CheckState {
    const { played, nowMs } = this.#options.run();
    const { atMs, verdict } = this.#options.verdict();
    return {
      isRecording: true,
      isSwitchable: false,
      operationCount: played.operationCount,
      verdict,
      verdictAgeMs: nowMs - atMs,
      isBroken: played.readMode !== 'index',
    };
  }

  record(): void {
    throw new ActionError('a simulated run records all that its clients see');
  }

  run(model: CheckModel, key?: string): Promise<CheckReport> {
    const run = this.#options.run();
    if (model === 'config') return checkConfig(run.played.history, key);
    return Promise.resolve(boardsReport(run));
  }

  async breakRule(mode: 'broken' | 'kept'): Promise<void> {
    const { load } = this.#options.run().played.scenario;
    const { edits, config } = load;
    await this.#options.act(
      mode === 'broken'
        ? breaking
        : [{ kind: 'heal' }, { kind: 'reads', mode: 'index' }, { kind: 'load', edits, config }],
    );
  }
}

function boardsReport({ played, isOver }: SimRun): CheckReport {
  const { cluster, edits, reader } = played;
  const confirmed = edits.filter(({ isConfirmed }) => isConfirmed);
  const boardIds = new Set(cluster.ids.flatMap((id) => cluster.node(id)?.boardIds() ?? []));
  return checkBoards({
    copies: new Map([...boardIds].map((boardId) => [boardId, copiesOf(played, boardId)])),
    confirmed,
    reads: reader,
    isQuiet: isOver,
    isWhole: cluster.ids.every((id) => cluster.node(id) !== undefined),
  });
}

function copiesOf({ cluster }: ScenarioRun, boardId: string): ReadonlyMap<NodeId, BoardCopy> {
  return new Map(
    cluster.ids.flatMap((id) => {
      const text = cluster.node(id)?.boardText(boardId);
      return text === undefined ? [] : [[id, copyIn(text)]];
    }),
  );
}
