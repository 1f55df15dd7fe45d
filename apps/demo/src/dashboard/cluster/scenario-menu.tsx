import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { scenarios } from '../../scenarios/index.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { act } from '../actions.ts';
import { view } from '../feed.ts';
import { isSimulated } from '../source/source.ts';
import { isPlayable, requestsOf } from '../../scenarios/step-requests.ts';
import { whyUnbreakable } from './tools/breakable.ts';
import { healAll } from './tools/use-tool.ts';

/** The story that is played on real processes. */
const playing = signal<{ readonly title: string; readonly stop: () => void } | undefined>(
  undefined,
);

/** All stories, to be played on this cluster: from their own beginning, or from now on. */
export function ScenarioMenu() {
  const menu = useRef<HTMLDetailsElement>(null);
  const close = (): void => {
    if (menu.current) menu.current.open = false;
  };
  useEffect(() => {
    const closeOutside = ({ target }: Event): void => {
      if (!(target instanceof Node && menu.current?.contains(target))) close();
    };
    document.addEventListener('pointerdown', closeOutside);
    return () => {
      document.removeEventListener('pointerdown', closeOutside);
    };
  }, []);
  const story = playing.value;
  if (story !== undefined) {
    return (
      <p class="story" role="status">
        {story.title}{' '}
        <button type="button" onClick={story.stop}>
          Stop
        </button>
      </p>
    );
  }
  return (
    <details
      class="menu"
      ref={menu}
      onKeyDown={(event: KeyboardEvent) => {
        if (event.key === 'Escape') close();
      }}
    >
      <summary>Scenarios</summary>
      <ul>
        {scenarios.map((scenario) => (
          <li key={scenario.name}>
            <button
              type="button"
              disabled={whyUnplayable(scenario) !== undefined}
              title={whyUnplayable(scenario)}
              onClick={() => {
                close();
                play(scenario);
              }}
            >
              <b>{scenario.title}</b>
              <small>{scenario.text}</small>
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Why a story cannot be played here; undefined if it can. */
function whyUnplayable({ steps }: Scenario): string | undefined {
  if (isSimulated) return undefined;
  if (!isPlayable(steps)) return 'Processes cannot do this: play it on the page without a server.';
  return whyUnbreakable(view.value);
}

function play(scenario: Scenario): void {
  if (isSimulated) {
    const seed = new URLSearchParams(location.hash.split('?')[1] ?? '').get('seed') ?? '1';
    const link = `?${new URLSearchParams({ seed, scenario: scenario.name }).toString()}`;
    void act('/api/sim', { kind: 'open', link });
    return;
  }
  const timers = scenario.steps.map((step) =>
    setTimeout(() => {
      const requests = view.value ? requestsOf(step, view.value) : [];
      for (const { path, body, method, headers } of requests) void act(path, body, method, headers);
    }, step.atMs),
  );
  const stop = (): void => {
    for (const timer of timers) clearTimeout(timer);
    clearTimeout(end);
    playing.value = undefined;
    healAll();
  };
  const end = setTimeout(stop, scenario.durationMs);
  playing.value = { title: scenario.title, stop };
}
