/**
 * Plays a run: on, step by step, to any moment, at any speed.
 *
 * Time passes in `pump` only, in slices of virtual time, as long as the caller allows. Whatever is
 * done in between waits for the end of a slice: a run can be repeated only if nothing was done to
 * it in the middle of an instant. To go back, the run is made anew, or a run is taken that is still
 * behind; by pumping, too.
 */
import { scenarios } from '../scenarios/index.ts';
import type { ClusterView, PageEvent } from '../supervisor/cluster-view.ts';
import { ActionError } from '../supervisor/controlled-cluster.ts';
import { Broadcast } from '../supervisor/supervisor-events.ts';
import { formatLink, INPUT_MS_MAX, INPUTS_MAX, type RunPlan } from './run-link.ts';
import type { SimAnswer } from './sim-cluster.ts';
import type { Doing } from './sim-run.ts';
import { SPEED_MAX, SPEED_MIN, type SimState } from './sim-state.ts';
import { Trail } from './trail.ts';
import { WatchedRun } from './watched-run.ts';

/** Virtual time between two looks at the real one, in ms: a few ms of computing. */
const SLICE_MS = 5;
/** The same where nobody can follow anyway: slices have a price of their own. */
const FAST_SLICE_MS = 25;
/** From so many virtual seconds in a real one on. */
const FAST_SPEED = 5;
/** Real time between two views for the page, in ms. */
const REPORT_EVERY_MS = 100;
/** Virtual time between two views of a run on its way to a moment, in ms. */
const GLIMPSE_EVERY_MS = 250;
/** Of so short a way the page sees all. */
const LOUD_MS_MAX = 1_000;
/** How long a step to the next event or message may be, in ms. */
const STEP_MS_MAX = 5_000;

/** What is not needed to play a run. */
export interface PlayerOptions {
  /** Whether runs follow behind, so that the past is nearer; they cost time and memory. */
  readonly hasTrail?: boolean;
}

/** A run that is played. */
export class SimPlayer {
  readonly pageEvents = new Broadcast<PageEvent>();
  /** What the bar of the page shows, whenever it has changed. */
  readonly states = new Broadcast<SimState>();
  protected shown: WatchedRun;
  #plan: Omit<RunPlan, 'atMs' | 'inputs' | 'speed'>;
  readonly #trail: Trail | undefined;
  #isPlaying = true;
  #speed = 1;
  #targetMs = 0;
  #isSeeking = false;
  #horizonMs = 0;
  #glimpseMs = 0;
  /** Ends the way to a moment where something has happened. */
  #step: { readonly isDone: () => boolean; readonly stop: () => void } | undefined;
  #isPumping = false;
  /** Real time since the page was last told. */
  #elapsedMs = 0;
  #atRest: (() => void)[] = [];
  readonly #arrivals: (() => void)[] = [];

  /** Plays `plan` from its start to its time, and then on. */
  constructor(plan: RunPlan, { hasTrail = false }: PlayerOptions = {}) {
    this.#plan = plan;
    this.#trail = hasTrail ? new Trail(() => this.#newRun([])) : undefined;
    this.shown = this.#newRun(plan.inputs);
    this.#speed = plan.speed ?? 1;
    this.#aimAt(plan.atMs);
  }

  get charts(): { readonly history: PageEvent } {
    return this.shown;
  }

  /** How the run stands. */
  get state(): SimState {
    const { seed, scenario, faults = 'calm' } = this.#plan;
    const { nowMs, inputs, played } = this.shown.run;
    const speed = this.#speed;
    return {
      ...{ seed, faults, speed, nowMs },
      scenario: scenario ?? null,
      scenarios: scenarios.map(({ name, title }) => ({ name, title })),
      horizonMs: this.#horizonMs,
      targetMs: this.#targetMs,
      isPlaying: this.#isPlaying,
      isSeeking: this.#isSeeking,
      hash: played.cluster.hash(),
      link: formatLink({ seed, scenario, faults, speed, atMs: nowMs, inputs }),
      inputCount: inputs.length,
      judgements: this.shown.judgements().map(({ claim, holds, detail }) => ({
        ...{ claim: claim.kind, holds, detail },
      })),
    };
  }

  /** Whether `pump` has anything to do but to prepare. */
  get isBusy(): boolean {
    return this.#isSeeking || this.isAwaited() || (this.#isPlaying && !this.shown.run.isOver);
  }

  /** Whether somebody waits for time to pass. */
  protected isAwaited(): boolean {
    return false;
  }

  /**
   * Lets time pass.
   *
   * @param elapsedMs - Real time since the last call.
   * @param mayGoOn - Asked after every slice; what is not done then is done by later calls.
   */
  async pump(elapsedMs: number, mayGoOn: () => boolean): Promise<void> {
    if (this.#isPumping) return;
    const { isBusy } = this;
    this.#isPumping = true;
    try {
      if (isBusy) await this.#playOn(elapsedMs, mayGoOn);
      const { nowMs, inputs } = this.shown.run;
      if (!this.#isSeeking) await this.#trail?.advance(nowMs, inputs, mayGoOn);
    } finally {
      this.#isPumping = false;
    }
    // What was asked for while the runs behind advanced.
    this.#endSlice();
    if (!isBusy) return;
    this.#elapsedMs += elapsedMs;
    if (this.#elapsedMs < REPORT_EVERY_MS && this.isBusy) return;
    this.#elapsedMs = 0;
    this.#report();
  }

  /** Goes on, or stands still. */
  setPlaying(isPlaying: 'playing' | 'standing'): void {
    this.#isPlaying = isPlaying === 'playing';
    this.#tell();
  }

  /** @throws ActionError if the speed is out of its range. */
  setSpeed(speed: number): void {
    if (!(speed >= SPEED_MIN && speed <= SPEED_MAX)) {
      throw new ActionError(`speed: expected ${SPEED_MIN}..${SPEED_MAX}, got ${speed}`);
    }
    this.#speed = speed;
    this.shown.pace = speed;
    this.#tell();
  }

  /** Stands still `byMs` later. */
  async step(byMs: number): Promise<void> {
    this.setPlaying('standing');
    await this.seek(this.shown.nowMs + byMs);
  }

  /** Stands still after the next event, or the next message that arrives. */
  async stepTo(kind: 'event' | 'message'): Promise<void> {
    this.setPlaying('standing');
    await this.whenAtRest(() => {
      let isDone = false;
      const stop = this.shown.run.played.cluster.simulation.onEvent((line) => {
        isDone ||= kind === 'event' || line.kind === 'deliver';
      });
      this.#seekTo(this.shown.nowMs + STEP_MS_MAX);
      this.shown.setLoud(true);
      this.#step = { isDone: () => isDone, stop };
    });
  }

  /** Winds on or back to `atMs`; from there the run goes on if it was going on. */
  async seek(atMs: number): Promise<void> {
    await this.whenAtRest(() => {
      if (atMs < this.shown.nowMs) this.#goBehind(atMs);
      this.#seekTo(atMs);
    });
  }

  /**
   * Winds back to `atMs`, from where all may be different: what was done later is forgotten.
   *
   * @returns Settles when the run is there, or another one is shown.
   */
  async fork(atMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    await this.whenAtRest(() => {
      if (atMs < this.shown.nowMs) this.#goBehind(atMs);
      this.shown.run.take(this.shown.run.inputs.filter((input) => input.atMs <= atMs));
      this.#forget(atMs);
      this.#arrivals.push(() => resolve(undefined));
      this.#seekTo(atMs);
    });
    await promise;
  }

  /** Begins another run. */
  async open(plan: RunPlan): Promise<void> {
    await this.whenAtRest(() => {
      this.#plan = plan;
      this.#speed = plan.speed ?? this.#speed;
      this.#trail?.clear();
      this.#show(this.#newRun(plan.inputs));
      this.#forget(0);
      this.#seekTo(plan.atMs);
    });
  }

  /** Does something at once; this is at rest. */
  protected act(doing: Doing): Promise<SimAnswer | undefined> {
    const { run, nowMs } = this.shown;
    if (nowMs > INPUT_MS_MAX || this.#isSeeking) {
      throw new ActionError(this.#isSeeking ? 'the run is being wound' : 'the run is over');
    }
    if (run.doneCount >= INPUTS_MAX) {
      throw new ActionError(`a run takes at most ${INPUTS_MAX} actions; start another`);
    }
    if (nowMs < this.#horizonMs) this.#forget(nowMs);
    const answer = run.act({ atMs: nowMs, ...doing });
    // Where time stands still nothing else would tell the page.
    this.#publishView();
    this.#tell();
    return answer;
  }

  /** Everything at this moment. */
  view(): ClusterView {
    return this.shown.view();
  }

  /** Called at the end of a slice. */
  protected onSlice(): void {
    // For those who wait for time to pass.
  }

  /** Called when another run is shown. */
  protected onOtherRun(): void {
    // For those who wait for what will not come.
  }

  /** Runs `action` between two slices. */
  protected whenAtRest<Result>(action: () => Result): Promise<Awaited<Result>> {
    const { promise, resolve, reject } = Promise.withResolvers<Awaited<Result>>();
    const run = async (): Promise<void> => {
      try {
        resolve(await action());
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
    if (this.#isPumping) this.#atRest.push(() => void run());
    else void run();
    return promise;
  }

  async #playOn(elapsedMs: number, mayGoOn: () => boolean): Promise<void> {
    // A run that stands still goes on at its pace while somebody waits.
    const pace = this.#isPlaying ? this.#speed : 1;
    this.shown.pace = pace;
    if (!this.#isSeeking) this.#targetMs = this.shown.nowMs + elapsedMs * pace;
    this.#targetMs = Math.min(wholeUs(this.#targetMs), this.shown.run.played.endMs);
    let isDone = false;
    while (!isDone) {
      const isFast = this.#isSeeking || pace > FAST_SPEED;
      const untilMs = wholeUs(this.shown.nowMs + (isFast ? FAST_SLICE_MS : SLICE_MS));
      await this.shown.runTo(Math.min(untilMs, this.#targetMs), this.#step?.isDone);
      if (this.#step?.isDone() === true) this.#targetMs = this.shown.nowMs;
      this.#endSlice();
      isDone = this.shown.nowMs >= this.#targetMs || !mayGoOn();
    }
  }

  #newRun(inputs: RunPlan['inputs']): WatchedRun {
    return new WatchedRun({ ...this.#plan, inputs }, (event) => {
      this.pageEvents.publish(event);
    });
  }

  /** Shows a run that has not come beyond `atMs` yet. */
  #goBehind(atMs: number): void {
    const { inputs } = this.shown.run;
    const behind = this.#trail?.take(atMs);
    behind?.run.take(inputs);
    this.#show(behind ?? this.#newRun(inputs));
  }

  #show(run: WatchedRun): void {
    this.shown.setLoud(false);
    this.shown = run;
    this.onOtherRun();
  }

  /** What was known of `fromMs` and later is void. */
  #forget(fromMs: number): void {
    this.#horizonMs = fromMs;
    this.pageEvents.publish({ ...this.shown.history, points: [], marks: [], forgetFromMs: fromMs });
  }

  /** Sets out for a moment. */
  #aimAt(atMs: number): void {
    const { nowMs, run } = this.shown;
    this.#endStep();
    this.#targetMs = wholeUs(Math.min(Math.max(0, atMs), run.played.endMs));
    this.#isSeeking = nowMs < this.#targetMs;
    this.#glimpseMs = nowMs;
    this.shown.setLoud(this.#targetMs - nowMs <= LOUD_MS_MAX);
  }

  #seekTo(atMs: number): void {
    this.#aimAt(atMs);
    if (!this.#isSeeking) this.#arrive();
    this.#tell();
  }

  /** The page sees little of the way: all at once when the time has come. */
  #arrive(): void {
    this.#isSeeking = false;
    this.#endStep();
    this.shown.setLoud(true);
    this.pageEvents.publish(this.shown.history);
    this.#publishView();
    for (const arrived of this.#arrivals.splice(0)) arrived();
  }

  #endStep(): void {
    this.#step?.stop();
    this.#step = undefined;
  }

  #endSlice(): void {
    for (const action of this.#atRest.splice(0)) action();
    this.onSlice();
    const { nowMs } = this.shown;
    this.#horizonMs = Math.max(this.#horizonMs, nowMs);
    if (!this.#isSeeking) return;
    if (nowMs >= this.#targetMs) this.#arrive();
    else if (nowMs >= this.#glimpseMs) {
      this.#glimpseMs = nowMs + GLIMPSE_EVERY_MS;
      this.#publishView();
    }
  }

  #report(): void {
    if (!this.#isSeeking) {
      this.shown.look();
      this.#publishView();
    }
    this.#tell();
  }

  #publishView(): void {
    this.pageEvents.publish({ kind: 'view', atMs: this.shown.nowMs, view: this.view() });
  }

  #tell(): void {
    this.states.publish(this.state);
  }
}

/** The simulator's time has no finer parts. */
function wholeUs(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
