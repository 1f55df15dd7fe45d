/** A simulated run in the bar: which run it is, and how fast time passes in it. */
import { effect, signal } from '@preact/signals';

import type { FaultProfile } from '../sim/fault-profile.ts';
import type { SimCommand } from '../sim/sim-routes.ts';
import { SPEED_MAX, SPEED_MIN, type SimState } from '../sim/sim-state.ts';
import { act } from './actions.ts';
import { copyAddress, hasCopied, openAddress, writeAddress } from './sim-address.ts';
import { source } from './source/source.ts';
import { viewedMs } from './time/viewed.ts';

/** The run that is open. */
export const run = signal<SimState | undefined>(undefined);

const tell = (command: SimCommand): void => void act('/api/sim', command);

/** Follows the run, plays the one in the address, and keeps the address up to date. */
export function connectSimBar(): void {
  source.events('/api/sim/events', {
    opened: () => undefined,
    event: (data) => {
      run.value = JSON.parse(data) as SimState;
    },
    lost: () => undefined,
  });
  const open = (): void => {
    openAddress(run.value?.link, (link) => {
      viewedMs.value = undefined;
      tell({ kind: 'open', link });
    });
  };
  open();
  addEventListener('hashchange', open);
  document.addEventListener('keydown', onKey);
  let written = '';
  effect(() => {
    const state = run.value;
    if (state === undefined || state.isSeeking) return;
    // Browsers let a page write its address some times in a second, not always.
    const { seed, scenario, inputCount, isPlaying, faults, speed } = state;
    const mark = isPlaying ? [seed, scenario, inputCount, faults, speed].join() : state.link;
    if (mark !== written && state.nowMs > 0) writeAddress(state.link);
    written = mark;
  });
}

function onKey({ key, target, ctrlKey, metaKey, altKey }: KeyboardEvent): void {
  if (ctrlKey || metaKey || altKey) return;
  if (target instanceof Element && target.matches('input,select,textarea,[contenteditable]'))
    return;
  if (key === '.') tell({ kind: 'stepTo', what: 'event' });
  if (key === ',') tell({ kind: 'stepTo', what: 'message' });
}

/** Lets the run pass, or stand still: the first thing in the bar. */
export function SimPlayButton() {
  const state = run.value;
  if (state === undefined || state.isSeeking) return undefined;
  return (
    <button
      type="button"
      class="play"
      onClick={() => tell({ kind: state.isPlaying ? 'stand' : 'play' })}
    >
      {state.isPlaying ? '❚❚ Pause' : '▶ Play'}
    </button>
  );
}

/** Which run it is, and how fast it passes. */
export function SimRunBar() {
  const state = run.value;
  if (state === undefined) return undefined;
  return (
    <>
      <Choice state={state} />
      {state.isSeeking ? <Progress state={state} /> : <Passing state={state} />}
    </>
  );
}

/** What can be taken from it. */
export function SimRunTools() {
  const state = run.value;
  if (state === undefined) return undefined;
  return (
    <div class="sim-group sim-tools sim-more">
      <Claims state={state} />
      <span class="sim-hash" title="The trace: equal for runs in which the same happened">
        trace <code>{state.hash}</code>
      </span>
      <button type="button" onClick={() => void copyAddress(state.link)}>
        {hasCopied.value ? 'Copied' : 'Copy link'}
      </button>
    </div>
  );
}

/** Goes on from the past that is looked at. */
export function ForkButton() {
  const atMs = viewedMs.value;
  if (atMs === undefined) return undefined;
  return (
    <button type="button" onClick={() => void forkAt(atMs)}>
      Fork here
    </button>
  );
}

/** What happened later is forgotten, and may happen differently. */
async function forkAt(atMs: number): Promise<void> {
  await act('/api/sim', { kind: 'fork', atMs });
  viewedMs.value = undefined;
}

interface Props {
  readonly state: SimState;
}

/** How much goes wrong by itself, in words. */
const profiles: readonly (readonly [FaultProfile, string])[] = [
  ['calm', 'calm'],
  ['flaky', 'flaky'],
  ['radioactive', 'radioactive'],
];

function Choice({ state }: Props) {
  const open = (changes: Partial<Record<'seed' | 'scenario' | 'faults', string>>): void => {
    const { seed, scenario, faults, speed } = state;
    const fields = { seed: String(seed), scenario: scenario ?? '', faults, ...changes };
    const link = new URLSearchParams({ ...fields, speed: String(speed) });
    if (fields.scenario === '') link.delete('scenario');
    viewedMs.value = undefined;
    tell({ kind: 'open', link: `?${link.toString()}` });
  };
  return (
    <div class="sim-group sim-choice sim-more">
      <select
        aria-label="Scenario"
        value={state.scenario ?? ''}
        onChange={({ currentTarget }) => {
          open({ scenario: currentTarget.value });
        }}
      >
        <option value="">Free play</option>
        {state.scenarios.map(({ name, title }) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
      <select
        aria-label="Random faults"
        value={state.faults}
        onChange={({ currentTarget }) => {
          open({ faults: currentTarget.value });
        }}
      >
        {profiles.map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
      <label>
        seed{' '}
        <input
          inputMode="numeric"
          value={state.seed}
          onChange={({ currentTarget }) => {
            open({ seed: currentTarget.value });
          }}
        />
      </label>
      <button
        type="button"
        aria-label="Another seed, by chance"
        title="Another seed, by chance"
        onClick={() => {
          open({ seed: String(crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) });
        }}
      >
        <span aria-hidden="true">⚄</span>
      </button>
    </div>
  );
}

/** A run on its way to a moment. */
function Progress({ state: { nowMs, targetMs } }: Props) {
  const text = `${seconds(nowMs)} of ${seconds(targetMs)}`;
  return (
    <div class="sim-group sim-pace" role="status">
      <label>
        playing again <progress value={nowMs} max={targetMs} />
      </label>
      <span>{text}</span>
    </div>
  );
}

function Passing({ state }: Props) {
  const text = `${Number(state.speed.toPrecision(2))}×`;
  const step = (label: string, name: string, command: SimCommand) => (
    <button type="button" class="step" aria-label={name} title={name} onClick={() => tell(command)}>
      {label}
    </button>
  );
  return (
    <div class="sim-group sim-pace sim-more">
      {step('⇥ event', 'To the next event, key .', { kind: 'stepTo', what: 'event' })}
      {step('⇥ message', 'To the next message, key ,', { kind: 'stepTo', what: 'message' })}
      {step('+100 ms', '+100 ms', { kind: 'step', byMs: 100 })}
      <label>
        <span class="unseen">speed</span>
        <input
          type="range"
          title="How fast time passes"
          min="-2"
          max="3"
          step="0.1"
          value={Math.log10(state.speed)}
          aria-valuetext={text}
          onChange={({ currentTarget }) => {
            tell({ kind: 'speed', factor: speedOf(currentTarget.value) });
          }}
        />
      </label>
      <span class="speed">{text}</span>
    </div>
  );
}

/** Where the slider stands as a factor: ends and middle exactly. */
function speedOf(exponent: string): number {
  const factor = Number((10 ** Number(exponent)).toPrecision(3));
  return Math.min(SPEED_MAX, Math.max(SPEED_MIN, factor));
}

function Claims({ state: { judgements } }: Props) {
  if (judgements.length === 0) return undefined;
  const brokenCount = judgements.filter(({ holds }) => !holds).length;
  return (
    <details class="sim-claims">
      <summary class={brokenCount === 0 ? 'good' : 'bad'}>
        {brokenCount === 0
          ? `✓ ${judgements.length} claims hold`
          : `✗ ${brokenCount} of ${judgements.length} claims broken`}
      </summary>
      <ul aria-label="What the scenario claims">
        {judgements.map(({ claim, holds, detail }, index) => (
          <li key={index}>
            {holds ? '✓' : '✗ broken:'} {claim} <small>({detail})</small>
          </li>
        ))}
      </ul>
    </details>
  );
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}

/** Writes the link to the run as it is to where one can paste it from. */
export async function copyRun(): Promise<void> {
  if (run.value !== undefined) await copyAddress(run.value.link);
}
