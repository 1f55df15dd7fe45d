/** The bar at the foot of all screens: which time they show, and the way back to now. */
import { computed, effect, signal } from '@preact/signals';

import { allMarks, known, lookAt } from '../feed.ts';
import { clockTime } from '../format.ts';
import { ForkButton, SimPlayButton, SimRunBar, SimRunTools } from '../sim-bar.tsx';
import { isSimulated } from '../source/source.ts';
import { viewedMs } from './viewed.ts';

/** Virtual or real time between two pictures of the past that is played, in ms. */
const FRAME_MS = 100;

const isPlayingPast = signal(false);
const isPast = computed(() => viewedMs.value !== undefined);
/** On a phone all but one line is put away. */
const isWhole = signal(false);

/** Keys and the timer of the bar. */
export function connectTimeBar(): void {
  document.addEventListener('keydown', ({ key, defaultPrevented }) => {
    if (key === 'Escape' && isPast.value && !defaultPrevented) lookAt(undefined);
  });
  effect(() => {
    document.documentElement.classList.toggle('in-past', isPast.value);
    if (!isPast.value) isPlayingPast.value = false;
  });
  effect(() => {
    if (!isPlayingPast.value) return undefined;
    const timer = setInterval(() => lookAt((viewedMs.peek() ?? 0) + FRAME_MS), FRAME_MS);
    return () => {
      clearInterval(timer);
    };
  });
}

/** The bar: one line; where that is too narrow, the rest of it comes when it is asked for. */
export function TimeBar() {
  return (
    <footer
      class={`sim-bar${isWhole.value ? ' whole' : ''}${isPast.value ? ' of-past' : ''}`}
      aria-label="Time"
    >
      {isSimulated ? <SimPlayButton /> : undefined}
      {isSimulated ? <SimRunBar /> : undefined}
      <Scrubber />
      {isPast.value ? <PastTools /> : undefined}
      {isSimulated ? <SimRunTools /> : undefined}
      {isSimulated ? <MoreButton /> : undefined}
    </footer>
  );
}

function MoreButton() {
  return (
    <button
      type="button"
      class="sim-fold"
      aria-expanded={isWhole.value}
      aria-label="The run: scenario, steps and speed"
      onClick={() => {
        isWhole.value = !isWhole.value;
      }}
    >
      {isWhole.value ? '▾' : '▴'} Run
    </button>
  );
}

function Scrubber() {
  const { startMs, endMs } = known.value;
  const shownMs = viewedMs.value ?? endMs;
  return (
    <div class="sim-group sim-time">
      <div class="time-track">
        <input
          type="range"
          aria-label="Time that the screens show"
          min={startMs}
          max={Math.max(startMs + 1, endMs)}
          step="any"
          value={shownMs}
          aria-valuetext={isPast.value ? `${timeText(shownMs)}, ${ago(endMs - shownMs)}` : 'now'}
          onInput={({ currentTarget }) => {
            isPlayingPast.value = false;
            lookAt(Number(currentTarget.value));
          }}
          onKeyDown={onScrubberKey}
        />
        <div class="time-marks" aria-hidden="true">
          {allMarks.value
            .filter(({ atMs, kind }) => kind !== 'log' && atMs >= startMs && atMs <= endMs)
            .map(({ atMs, kind, text }) => (
              <i
                key={`${atMs} ${text}`}
                class={kind}
                title={`${timeText(atMs)} ${text}`}
                style={{ '--at': (atMs - startMs) / Math.max(1, endMs - startMs) }}
              />
            ))}
        </div>
      </div>
      <output>{isPast.value ? timeText(shownMs) : isSimulated ? timeText(endMs) : 'now'}</output>
    </div>
  );
}

/** Steps that can be seen, rather than those of a slider without steps. */
function onScrubberKey(event: KeyboardEvent): void {
  const stepMs = { ArrowLeft: -100, ArrowRight: 100, PageDown: -5_000, PageUp: 5_000 }[event.key];
  if (stepMs === undefined) return;
  event.preventDefault();
  lookAt((viewedMs.value ?? known.value.endMs) + stepMs);
}

function PastTools() {
  return (
    <div class="sim-group past-badge" role="status">
      <b>viewing {ago(known.value.endMs - (viewedMs.value ?? 0))}</b>
      <button
        type="button"
        onClick={() => {
          isPlayingPast.value = !isPlayingPast.value;
        }}
      >
        {isPlayingPast.value ? '❚❚ Stop' : '▶ From here'}
      </button>
      {isSimulated ? <ForkButton /> : undefined}
      <button
        type="button"
        class="primary"
        aria-label="Back to now"
        onClick={() => lookAt(undefined)}
      >
        Now <kbd>Esc</kbd>
      </button>
    </div>
  );
}

function ago(ms: number): string {
  return `${(Math.max(0, ms) / 1_000).toFixed(1)} s ago`;
}

function timeText(atMs: number): string {
  return isSimulated ? `${(atMs / 1_000).toFixed(2)} s` : clockTime(atMs);
}
