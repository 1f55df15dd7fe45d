import { marks } from '../feed.ts';
import { clockTime } from '../format.ts';

const shownMax = 40;
const signs = { fault: '⚡', repair: '✚', election: '♛', log: '›' } as const;

/** What was done to the cluster and what it did, newest first. */
export function HistoryPanel() {
  const newest = marks.value.slice(-shownMax).reverse();
  return (
    <section class="panel" aria-labelledby="history-title">
      <div class="panel-head">
        <h2 id="history-title">History</h2>
      </div>
      {newest.length === 0 ? <p class="empty">Nothing has happened yet.</p> : undefined}
      <ol class="happenings" aria-live="polite" tabindex={0} aria-label="Newest first">
        {newest.map(({ atMs, kind, text }) => (
          <li key={`${atMs} ${text}`} class={kind}>
            <span aria-hidden="true">{signs[kind]}</span>
            <time>{clockTime(atMs)}</time>
            <div>{text}</div>
          </li>
        ))}
      </ol>
    </section>
  );
}
