/** The bar of a simulated run: which run it is, where in time it is, and how fast time passes. */
import { effect, signal } from '@preact/signals';

import type { SimCommand } from '../sim/sim-routes.ts';
import type { SimState } from '../sim/sim-state.ts';
import { act } from './actions.ts';
import { source } from './source/source.ts';

/** The run that is open. */
export const run = signal<SimState | undefined>(undefined);
/** Where the scrubber is held; undefined while nobody holds it. */
const heldMs = signal<number | undefined>(undefined);
const hasCopied = signal(false);

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
  openAddress();
  addEventListener('hashchange', openAddress);
  let written = '';
  effect(() => {
    const state = run.value;
    if (state === undefined || state.isSeeking) return;
    // Browsers let a page write its address some times in a second, not always.
    const { seed, scenario, inputCount, isPlaying } = state;
    const mark = isPlaying ? [seed, scenario, inputCount].join() : state.link;
    if (mark !== written && state.nowMs > 0) writeAddress(state.link);
    written = mark;
  });
}

function openAddress(): void {
  const link = location.hash;
  if (!link.includes('?') || link.endsWith(`?${run.value?.link ?? ''}`)) return;
  if (link === lastWritten) return;
  tell({ kind: 'open', link });
}

let lastWritten = '';

function writeAddress(link: string): void {
  const [screen] = location.hash.split('?');
  lastWritten = `${screen === '' ? '#cluster' : (screen ?? '')}?${link}`;
  history.replaceState(history.state, '', lastWritten);
}

/** At the foot of a page whose cluster is simulated. */
export function SimBar() {
  const state = run.value;
  if (state === undefined) return undefined;
  return (
    <footer class="sim-bar" aria-label="Simulated run">
      <Choice state={state} />
      <Passing state={state} />
      <Scrubber state={state} />
      <div class="sim-group">
        <span title="Equal for runs in which the same happened">
          trace <code>{state.hash}</code>
        </span>
        <button type="button" onClick={() => void copyLink(state.link)}>
          {hasCopied.value ? 'Copied' : 'Copy link'}
        </button>
      </div>
      <Claims state={state} />
    </footer>
  );
}

interface Props {
  readonly state: SimState;
}

function Choice({ state }: Props) {
  const open = (seed: string, scenario: string): void => {
    const link = new URLSearchParams({ seed, ...(scenario !== '' && { scenario }) });
    tell({ kind: 'open', link: `?${link.toString()}` });
  };
  const chosen = state.scenario ?? '';
  return (
    <div class="sim-group">
      <select
        aria-label="Scenario"
        value={chosen}
        onChange={({ currentTarget }) => {
          open(String(state.seed), currentTarget.value);
        }}
      >
        <option value="">Free play</option>
        {state.scenarios.map(({ name, title }) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
      <label>
        seed{' '}
        <input
          inputMode="numeric"
          value={state.seed}
          onChange={({ currentTarget }) => {
            open(currentTarget.value, chosen);
          }}
        />
      </label>
      <button
        type="button"
        aria-label="Another seed, by chance"
        onClick={() => {
          open(String(crypto.getRandomValues(new Uint32Array(1))[0] ?? 0), chosen);
        }}
      >
        ⚄
      </button>
    </div>
  );
}

function Passing({ state }: Props) {
  const exponent = Math.log10(state.speed);
  const text = `${Number(state.speed.toPrecision(2))}×`;
  return (
    <div class="sim-group">
      <button type="button" onClick={() => tell({ kind: state.isPlaying ? 'stand' : 'play' })}>
        {state.isPlaying ? '❚❚ Pause' : '▶ Play'}
      </button>
      <button type="button" onClick={() => tell({ kind: 'step', byMs: 100 })}>
        +100 ms
      </button>
      <button type="button" onClick={() => tell({ kind: 'step', byMs: 1_000 })}>
        +1 s
      </button>
      <label>
        speed{' '}
        <input
          type="range"
          min="-2"
          max="2"
          step="0.1"
          value={exponent}
          aria-valuetext={text}
          onChange={({ currentTarget }) => {
            tell({ kind: 'speed', factor: speedOf(currentTarget.value) });
          }}
        />
      </label>
      <span>{text}</span>
    </div>
  );
}

/** Where the slider stands as a factor: ends and middle exactly. */
function speedOf(exponent: string): number {
  return Math.min(100, Math.max(0.01, Number((10 ** Number(exponent)).toPrecision(3))));
}

function Scrubber({ state }: Props) {
  const shownMs = heldMs.value ?? state.nowMs;
  const isPast = state.nowMs < state.horizonMs;
  return (
    <label class="sim-group sim-time">
      <span>{state.isSeeking ? 'winding' : isPast ? 'past' : 'now'}</span>
      <input
        type="range"
        aria-label="Time"
        min="0"
        max={Math.max(1, state.horizonMs)}
        step="10"
        value={shownMs}
        aria-valuetext={seconds(shownMs)}
        onInput={({ currentTarget }) => {
          heldMs.value = Number(currentTarget.value);
        }}
        onChange={({ currentTarget }) => {
          heldMs.value = undefined;
          tell({ kind: 'seek', atMs: Number(currentTarget.value) });
        }}
      />
      <output>
        {seconds(shownMs)} of {seconds(state.horizonMs)}
      </output>
    </label>
  );
}

function Claims({ state }: Props) {
  if (state.judgements.length === 0) return undefined;
  return (
    <ul class="sim-claims" aria-label="What the scenario claims">
      {state.judgements.map(({ claim, holds, detail }, index) => (
        <li key={index}>
          {holds ? '✓' : '✗ broken:'} {claim} <small>({detail})</small>
        </li>
      ))}
    </ul>
  );
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}

/** Writes the link to the run as it is to where one can paste it from. */
export async function copyRun(): Promise<void> {
  if (run.value !== undefined) await copyLink(run.value.link);
}

async function copyLink(link: string): Promise<void> {
  writeAddress(link);
  try {
    await navigator.clipboard.writeText(location.href);
    hasCopied.value = true;
    setTimeout(() => {
      hasCopied.value = false;
    }, 1_500);
  } catch {
    // Not allowed here; the address bar has it now.
  }
}
