import { useEffect } from 'preact/hooks';

import { lookOf } from '../cluster/message-kinds.ts';
import { clockTime, count } from '../format.ts';
import { DiagramPanel } from './diagram-panel.tsx';
import { EventPanel, titleOf } from './event-panel.tsx';
import { currentLog, follow, freeze, hasHeartbeats, hidden } from './trace-state.ts';
import { isLive, leave, leftOutCount, selected, spanMs, types } from './trace-state.ts';
import { newestShown, shownTime, zoom } from './trace-state.ts';
import { dropTarget, FileBar, RecordedNote, SearchBar } from './trace-tools.tsx';

/** Messages between nodes, in causal time. */
export function TraceScreen() {
  useEffect(() => {
    follow();
    return leave;
  }, []);
  return (
    <>
      <div class="column wide">
        <section class="panel" aria-labelledby="trace-title" {...dropTarget}>
          <div class="panel-head">
            <h2 id="trace-title">Messages</h2>
            <Controls />
          </div>
          <RecordedNote />
          <DiagramPanel />
          <SearchBar />
          <Filters />
          <FileBar />
        </section>
      </div>
      <div class="column narrow">
        <EventPanel />
        <NewestPanel />
      </div>
    </>
  );
}

function Controls() {
  return (
    <div class="buttons">
      <button
        type="button"
        class={isLive.value ? '' : 'primary'}
        onClick={() => {
          if (isLive.value) freeze(currentLog().latestMs);
          else follow();
        }}
      >
        {isLive.value ? '❚❚ Stand still' : '▶ Go on live'}
      </button>
      <button type="button" aria-label="Show less time" onClick={() => zoom(-1)}>
        +
      </button>
      <span class="span">{spanMs.value < 1_000 ? spanMs.value : spanMs.value / 1_000}</span>
      <span class="hint">{spanMs.value < 1_000 ? 'ms' : 's'}</span>
      <button type="button" aria-label="Show more time" onClick={() => zoom(1)}>
        −
      </button>
    </div>
  );
}

/** A switch for each type of message. */
function Filters() {
  const all = types.value;
  return (
    <fieldset class="filters">
      <legend class="hint">Shown</legend>
      {all.map(([type, events]) => (
        <label key={type} class="type-chip">
          <input
            type="checkbox"
            checked={!hidden.value.has(type)}
            onChange={() => {
              toggle(type);
            }}
          />
          <i style={{ background: `var(${lookOf(type).colour})` }} />
          {type} <small>{count(events)}</small>
        </label>
      ))}
      <label class="type-chip">
        <input
          type="checkbox"
          checked={hasHeartbeats.value}
          onChange={() => {
            hasHeartbeats.value = !hasHeartbeats.value;
          }}
        />
        <i style={{ background: 'var(--heartbeat)' }} />
        heartbeats as arrows
      </label>
      {leftOutCount.value > 0 ? (
        <p class="hint">{count(leftOutCount.value)} events more than nodes can tell are missing.</p>
      ) : undefined}
    </fieldset>
  );
}

function toggle(type: string): void {
  const next = new Set(hidden.value);
  if (!next.delete(type)) next.add(type);
  hidden.value = next;
}

const listedMax = 12;

/** The newest events as text. */
function NewestPanel() {
  const newest = newestShown(listedMax);
  return (
    <section class="panel" aria-labelledby="newest-title">
      <div class="panel-head">
        <h2 id="newest-title">Newest events</h2>
        <p class="hint">{count(currentLog().events.length)} kept</p>
      </div>
      <ol class="newest">
        {newest.map((event, index) => (
          <li key={index}>
            <button
              type="button"
              class="link-button"
              onClick={() => {
                freeze(currentLog().latestMs);
                selected.value = event;
              }}
            >
              <time>{clockTime(shownTime(event.entry.wallMs))}</time> {titleOf(event)}
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
