import { signal } from '@preact/signals';
import { useRef } from 'preact/hooks';

import {
  type LoadMix,
  loadMixes,
  type LoadMixName,
  loadMixNames,
  mixText,
  nameOfMix,
  operationKinds,
  shareOf,
} from '../../supervisor/load-mix.ts';

import { act } from '../actions.ts';
import { points, view } from '../feed.ts';
import { count, milliseconds } from '../format.ts';

/** Loads worth a name. */
const presets = [
  ['none', 0],
  ['calm', 50],
  ['busy', 200],
  ['storm', 1_000],
] as const;

/** The slider's stops: fine where a few requests matter, coarse where hundreds do. */
const rates: readonly number[] = [0, 5, 10, 20, 50, 100, 200, 300, 500, 750, 1_000, 1_500, 2_000];

/** What each mix is, in words. */
const mixWords: Readonly<Record<LoadMixName, string>> = {
  config: 'keys only',
  boards: 'boards, as in use',
  reading: 'boards, mostly read',
  writing: 'boards, mostly edited',
};
const kindWords = { edit: 'edits', read: 'reads', config: 'keys' } as const;

/** What was chosen while there was no load. */
const wanted = signal<LoadMix | undefined>(undefined);

/** The load generator: how much of what, and what came of it in the last half second. */
export function LoadPanel() {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const load = view.value?.load;
  const rate = load?.ratePerSecond ?? 0;
  const mix = load?.mix ?? wanted.value;
  const setLoad = (ratePerSecond: number): void =>
    void act('/api/load', { ratePerSecond, ...(mix !== undefined && { mix }) });
  const point = points.value.at(-1);
  const stop = nearestStop(rate);
  const choose = (event: Event): void => {
    if (!(event.target instanceof HTMLInputElement)) return;
    const ratePerSecond = rates[Number(event.target.value)] ?? 0;
    // While the slider moves, only its last position counts.
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setLoad(ratePerSecond), 80);
  };
  return (
    <section class="panel" aria-labelledby="load-title">
      <div class="panel-head">
        <h2 id="load-title">Load</h2>
        <p class="hint">{mix === undefined ? 'half of it writes' : sharesText(mix)}</p>
      </div>
      <label class="slider">
        <span>
          <b>{count(rate)}</b> requests/s
        </span>
        <input
          type="range"
          min="0"
          max={rates.length - 1}
          step="1"
          value={stop}
          aria-valuetext={`${count(rate)} requests per second`}
          onInput={choose}
        />
      </label>
      <div class="presets" role="group" aria-label="Loads worth a name">
        {presets.map(([name, ratePerSecond]) => (
          <button
            key={name}
            type="button"
            aria-pressed={rate === ratePerSecond}
            onClick={() => setLoad(ratePerSecond)}
          >
            {name}
          </button>
        ))}
      </div>
      <MixChoice mix={mix} ratePerSecond={rate} />
      <dl class="figures">
        <Pair name="answered" value={`${count(point?.okPerSecond ?? 0)}/s`} />
        <Pair name="refused" value={`${count(point?.failedPerSecond ?? 0)}/s`} />
        <Pair name="unknown" value={`${count(point?.unknownPerSecond ?? 0)}/s`} />
        <Pair name="p50" value={milliseconds(point?.p50Ms ?? 0)} />
        <Pair name="p99" value={milliseconds(point?.p99Ms ?? 0)} />
        <Pair name="writes kept" value={count(load?.totals.acknowledgedCount ?? 0)} />
      </dl>
    </section>
  );
}

function MixChoice(props: { readonly mix: LoadMix | undefined; readonly ratePerSecond: number }) {
  const { mix, ratePerSecond } = props;
  const name = mix === undefined ? 'config' : mixText(mix);
  return (
    <label class="mix">
      <span>Mix</span>
      <select
        value={name}
        onChange={({ currentTarget }) => {
          const chosen = loadMixNames.find((each) => each === currentTarget.value);
          if (chosen === undefined) return;
          wanted.value = loadMixes[chosen];
          void act('/api/load', { ratePerSecond, mix: loadMixes[chosen] });
        }}
      >
        {mix !== undefined && nameOfMix(mix) === undefined ? (
          <option value={name}>{sharesText(mix)}</option>
        ) : undefined}
        {loadMixNames.map((each) => (
          <option key={each} value={each}>
            {mixWords[each]}
          </option>
        ))}
      </select>
    </label>
  );
}

/** `{edit: 70, read: 25, config: 5}` as `70% edits, 25% reads, 5% keys`. */
function sharesText(mix: LoadMix): string {
  return operationKinds
    .filter((kind) => mix[kind] > 0)
    .map((kind) => `${Math.round(shareOf(mix, kind) * 100)}% ${kindWords[kind]}`)
    .join(', ');
}

function Pair({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function nearestStop(rate: number): number {
  const distances = rates.map((stop) => Math.abs(stop - rate));
  return distances.indexOf(Math.min(...distances));
}
