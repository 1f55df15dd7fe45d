import { clockTime, count, SIMULATED_MS_MAX } from '../format.ts';
import { isLost, relationTo, type TraceEvent } from './trace-log.ts';
import { currentLog, selected, shownTime } from './trace-state.ts';

/** What is known of the selected event: its message, its clocks, its past and future. */
export function EventPanel() {
  const event = selected.value;
  return (
    <section class="panel" aria-labelledby="event-title" aria-live="polite">
      <div class="panel-head">
        <h2 id="event-title">{event ? titleOf(event) : 'Event'}</h2>
      </div>
      {event ? (
        <Details event={event} />
      ) : (
        <p class="empty">
          Choose an event: what could have caused it, and what it could have caused, stays bright.
          With the diagram in focus, <kbd>←</kbd> <kbd>→</kbd> go from event to event,{' '}
          <kbd>Enter</kbd> to the other end of its message.
        </p>
      )}
    </section>
  );
}

function Details({ event }: { readonly event: TraceEvent }) {
  const { entry, partner } = event;
  const said = entry.detail ?? partner?.entry.detail;
  const relations = currentLog().events.map((other) => relationTo(event, other));
  const countOf = (kind: string): number => relations.filter((each) => each === kind).length;
  return (
    <>
      <p>{fateOf(event)}</p>
      <dl class="figures">
        <Pair name="protocol" value={entry.protocol} />
        <Pair name="size" value={`${count(entry.sizeBytes)} B`} />
        <Pair name="at" value={timeOf(shownTime(entry.wallMs))} />
        <Pair name="in its past" value={count(countOf('past'))} />
        <Pair name="in its future" value={count(countOf('future'))} />
        <Pair name="concurrent" value={count(countOf('concurrent'))} />
      </dl>
      {said === undefined ? undefined : (
        <>
          <h3>Says</h3>
          <dl class="figures">
            {Object.entries(said).map(([name, value]) => (
              <Pair key={name} name={name} value={String(value)} />
            ))}
          </dl>
        </>
      )}
      <h3>Vector clock</h3>
      <ul class="event-clock">
        {Object.entries(entry.clock)
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([life, events]) => (
            <li key={life} class={life === entry.process ? 'own' : ''}>
              <span>{life.split('.')[0]}</span>
              <b>{count(events)}</b>
            </li>
          ))}
      </ul>
      {partner === undefined ? undefined : (
        <button
          type="button"
          onClick={() => {
            selected.value = partner;
          }}
        >
          {entry.kind === 'send' ? 'Go to where it arrived' : 'Go to where it was sent'}
        </button>
      )}
    </>
  );
}

function Pair({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** An event in a few words. */
export function titleOf({ entry }: TraceEvent): string {
  return entry.kind === 'receive'
    ? `${entry.type}: ${entry.peer} → ${entry.node}, received`
    : `${entry.type}: ${entry.node} → ${entry.peer}, ${entry.kind === 'send' ? 'sent' : 'refused'}`;
}

function fateOf(event: TraceEvent): string {
  const { entry, partner, atMs } = event;
  if (entry.kind === 'drop') return 'The transport would not take it.';
  if (partner !== undefined) {
    const tookMs = Math.abs(partner.atMs - atMs).toFixed(1);
    return `On its way for ${tookMs} ms, by the hybrid clocks of both ends.`;
  }
  if (isLost(event, currentLog().latestMs)) return 'No receipt of it was seen: it is lost.';
  return 'Its other end is not in this trace.';
}

function timeOf(wallMs: number): string {
  if (wallMs < SIMULATED_MS_MAX) return `${(wallMs / 1_000).toFixed(3)} s`;
  return `${clockTime(wallMs)}.${String(wallMs % 1_000).padStart(3, '0')}`;
}
