import { computed, effect, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { whyUnbreakable } from '../cluster/tools/breakable.ts';
import { view } from '../feed.ts';
import { screen } from '../navigation/route.ts';
import { type CoachStep, coachSteps, stepAfter } from './coach-steps.ts';
import { placeBeside, type Place } from './place-beside.ts';
import { RunLinks } from './run-links.tsx';

const storageKey = 'corkboard-hints';
const step = signal<CoachStep | undefined>(remembered());
const place = signal<Place | undefined>(undefined);
/** How often a hint looks where its anchor is, in ms: screens move as figures come. */
const followEveryMs = 200;

/** The step that was shown last; the first one at the first visit, none once they were ended. */
function remembered(): CoachStep | undefined {
  const id = localStorage.getItem(storageKey);
  return id === null ? coachSteps[0] : coachSteps.find((each) => each.id === id);
}

/** Shows hints, and goes on when what they say was done. */
export function followHints(): void {
  const next = computed(() => {
    const scene = { view: view.value, screenId: screen.value.id };
    return step.value === undefined || view.value === undefined
      ? step.value
      : stepAfter(step.value, scene);
  });
  effect(() => {
    go(next.value);
  });
}

function go(to: CoachStep | undefined): void {
  step.value = to;
  localStorage.setItem(storageKey, to?.id ?? 'done');
}

/** One sentence beside what it is about; it lets clicks through to what lies behind it. */
export function CoachMark() {
  const shown = step.value;
  useEffect(() => {
    if (shown === undefined) return undefined;
    const follow = (): void => {
      const anchor = document.querySelector(shown.anchor);
      const next = placeBeside(anchor?.getBoundingClientRect(), {
        width: document.documentElement.clientWidth,
        height: innerHeight,
      });
      if (JSON.stringify(next) !== JSON.stringify(place.value)) place.value = next;
    };
    follow();
    const timer = setInterval(follow, followEveryMs);
    return () => {
      clearInterval(timer);
    };
  }, [shown]);
  if (shown === undefined || place.value === undefined || view.value === undefined) return null;
  // Most of what it says to do is not to be done there.
  if (whyUnbreakable(view.value) !== undefined) return null;
  const at = coachSteps.indexOf(shown);
  const isLast = at === coachSteps.length - 1;
  const { side, left, top, tip } = place.value;
  const position = `left:${left}px;top:${top}px;--tip:${tip}px`;
  return (
    <aside class={`coach ${side}`} style={position} aria-label="Hint">
      <p role="status">{shown.sentence}</p>
      {isLast ? <RunLinks /> : undefined}
      <div class="coach-foot">
        <small>
          {at + 1} of {coachSteps.length}
        </small>
        {isLast ? undefined : (
          <button
            type="button"
            class="quiet"
            onClick={() => {
              go(coachSteps[at + 1]);
            }}
          >
            Skip
          </button>
        )}
        <button
          type="button"
          class="quiet"
          onClick={() => {
            go(undefined);
          }}
        >
          {isLast ? 'Done' : 'No more hints'}
        </button>
      </div>
    </aside>
  );
}
