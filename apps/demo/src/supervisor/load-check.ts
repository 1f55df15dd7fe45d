import { formatJsonLines, type History } from '@quorate/linearizability';

import { BoardProbe, type ProbedCluster } from '../check/board-probe.ts';
import type { CheckModel, CheckReport, Checks, CheckState } from '../check/check-report.ts';
import { checkAgainst } from '../check/config-check.ts';
import type { ConfigInput, ConfigOutput } from '../check/config-model.ts';
import { LoadHistory } from '../check/load-history.ts';
import { windowModel } from '../check/window-model.ts';
import { ActionError } from './controlled-cluster.ts';

/** How often the history is looked at by itself, in ms. */
const EVERY_MS = 2_000;

/** Checks of what the clients of the load saw. */
export class LoadCheck implements Checks {
  /** What they see. */
  readonly history = new LoadHistory({ nowMs: () => performance.now() });
  readonly #probe: BoardProbe;
  readonly #timer: NodeJS.Timeout;
  /** What was recorded until recording was turned off. */
  #kept: History<ConfigInput, ConfigOutput> | undefined;
  #verdict: CheckState['verdict'] = null;
  #verdictAtMs = 0;
  #seenCount = 0;
  #isChecking = false;

  constructor(cluster: ProbedCluster) {
    // The data may outlive this process, and so its boards.
    this.#probe = new BoardProbe(cluster, `check-${Date.now()}`);
    this.#timer = setInterval(() => void this.#look(), EVERY_MS);
  }

  get state(): CheckState {
    return {
      isRecording: this.#kept === undefined,
      isSwitchable: true,
      operationCount: this.#kept?.length ?? this.history.size,
      verdict: this.#verdict,
      verdictAgeMs: this.#verdict === null ? 0 : performance.now() - this.#verdictAtMs,
      isBroken: null,
    };
  }

  /** Off: what there is stays as it is. Recording goes on unseen, for a gap would prove nothing. */
  record(mode: 'on' | 'off'): void {
    this.#kept = mode === 'on' ? undefined : (this.#kept ?? this.history.history);
    if (mode === 'on') this.#verdict = null;
  }

  historyText(): string {
    return formatJsonLines(this.#kept ?? this.history.history);
  }

  async run(model: CheckModel, key?: string): Promise<CheckReport> {
    if (model === 'boards') return this.#probe.run();
    const history = this.#kept ?? this.history.history;
    const report = await checkAgainst(history, { model: windowModel, key });
    this.#verdict = report.verdict;
    this.#verdictAtMs = performance.now();
    // Evidence is not to be forgotten.
    if (report.verdict === 'not-linearizable') this.#kept ??= history;
    return report;
  }

  breakRule(): Promise<never> {
    return Promise.reject(new ActionError('rules are broken for show in a simulated run only'));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** A look that takes long is not overtaken by the next one. */
  async #look(): Promise<void> {
    const { begunCount } = this.history;
    if (this.#isChecking || this.#kept !== undefined || begunCount === this.#seenCount) return;
    this.#isChecking = true;
    this.#seenCount = begunCount;
    await this.run('config').finally(() => (this.#isChecking = false));
  }
}
