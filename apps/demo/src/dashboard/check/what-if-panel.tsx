import { computed, signal } from '@preact/signals';

import { run } from '../sim-bar.tsx';
import { startSeedWorker } from '../source/start-worker.ts';
import type { SeedPlayed } from './seed-messages.ts';
import { startWhatIf } from './what-if.ts';

const seedCount = 100;
/** One core is left to the page itself. */
const workerCount = Math.max(1, navigator.hardwareConcurrency - 1);

const results = signal<ReadonlyMap<number, SeedPlayed>>(new Map());
const seeds = signal<readonly number[]>([]);
const stop = signal<(() => void) | undefined>(undefined);
/** The name of a scenario; empty for the run that is open. */
const chosen = signal('');
const broken = computed(() => [...results.value.values()].filter(({ holds }) => !holds));

function start(): void {
  const state = run.value;
  if (state === undefined) return;
  const link = chosen.value === '' ? state.link : `seed=0&scenario=${chosen.value}`;
  const first = chosen.value === '' ? state.seed : 0;
  results.value = new Map();
  seeds.value = Array.from({ length: seedCount }, (_, index) => (first + 1 + index) % 2 ** 32);
  stop.value = startWhatIf({
    ...{ link, workerCount, seeds: seeds.value, startWorker: startSeedWorker },
    onResult: (result) => (results.value = new Map(results.value).set(result.seed, result)),
    onEnd: () => (stop.value = undefined),
  });
}

function cancel(): void {
  stop.value?.();
  stop.value = undefined;
}

/** What would have become of it with a hundred other seeds. */
export function WhatIfPanel() {
  const state = run.value;
  const isRunning = stop.value !== undefined;
  const done = results.value.size;
  return (
    <section class="panel full" aria-labelledby="what-if-title">
      <div class="panel-head">
        <h2 id="what-if-title">What if? {seedCount} other seeds</h2>
        <p class="hint">the same story and the same hands, other chances; open any of them</p>
      </div>
      <div class="check-bar">
        <label>
          <span class="unseen">Run</span>
          <select
            value={chosen.value}
            disabled={isRunning}
            onChange={(event: Event) => {
              if (event.target instanceof HTMLSelectElement) chosen.value = event.target.value;
            }}
          >
            <option value="">this run, as far as it is</option>
            {state?.scenarios.map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </label>
        {isRunning ? (
          <button type="button" onClick={cancel}>
            Cancel
          </button>
        ) : (
          <button type="button" class="primary" disabled={state === undefined} onClick={start}>
            Play {seedCount} seeds
          </button>
        )}
        {seeds.value.length === 0 ? undefined : (
          <>
            <progress max={seedCount} value={done} aria-label="Seeds played" />
            <p role="status">
              {done} of {seedCount} played, <b>{broken.value.length} broke a promise</b>
            </p>
          </>
        )}
      </div>
      {seeds.value.length === 0 ? undefined : <Grid />}
    </section>
  );
}

/** Arrow keys move in it. */
function Grid() {
  const move = (event: KeyboardEvent): void => {
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 10, ArrowUp: -10 }[event.key];
    const target = event.target;
    if (by === undefined || !(target instanceof HTMLElement)) return;
    event.preventDefault();
    const all = [...(target.parentElement?.children ?? [])];
    const next = all[all.indexOf(target) + by];
    if (next instanceof HTMLElement) next.focus();
  };
  return (
    <>
      <div class="seeds" role="group" aria-label="Seeds" onKeyDown={move}>
        {seeds.value.map((seed, index) => (
          <Square key={seed} seed={seed} index={index} />
        ))}
      </div>
      {broken.value.length === 0 ? undefined : (
        <ul class="seed-list">
          {broken.value.slice(0, 12).map(({ seed, detail, link }) => (
            <li key={seed}>
              <a href={`#check?${link}`}>seed {seed}</a> {detail}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Square({ seed, index }: { readonly seed: number; readonly index: number }) {
  const result = results.value.get(seed);
  const [tone, sign, text] =
    result === undefined
      ? ['', '·', 'not played yet']
      : result.holds
        ? ['good', '✓', 'all holds']
        : ['bad', '✗', result.detail];
  return (
    <button
      type="button"
      class={tone}
      tabindex={index === 0 ? 0 : -1}
      aria-label={`Seed ${seed}: ${text}`}
      title={`Seed ${seed}: ${text}`}
      aria-disabled={result === undefined}
      onClick={() => {
        if (result !== undefined) location.hash = `check?${result.link}`;
      }}
    >
      {sign}
    </button>
  );
}
