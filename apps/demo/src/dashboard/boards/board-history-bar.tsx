import { lookAt } from '../feed.ts';
import { clockTime } from '../format.ts';
import { viewedMs } from '../time/viewed.ts';
import type { Session } from './board-session.ts';

/** Every change of a copy as a step back in time; all screens go there. */
export function BoardHistoryBar({ open: { history, clients } }: { readonly open: Session }) {
  // What changes a copy changes its history.
  const isOpen = clients.every(({ revision }) => revision.value >= 0);
  const changes = isOpen ? history.changes : [];
  const atMs = viewedMs.value;
  const at = atMs === undefined ? changes.length : changes.findLastIndex((one) => one.atMs <= atMs);
  const shown = changes[at];
  const text =
    shown === undefined
      ? at < 0
        ? 'before it was opened here'
        : `now, after ${changes.length} changes`
      : `${clockTime(shown.atMs)}, ${shown.name}: ${shown.what}`;
  const go = (to: number): void => lookAt(changes[Math.max(0, to)]?.atMs);
  return (
    <section class="panel board-history" aria-label="History of the board">
      <b>History</b>
      <button
        type="button"
        aria-label="To the change before"
        disabled={at <= 0}
        onClick={() => go(at - 1)}
      >
        ◂
      </button>
      <input
        type="range"
        aria-label="Changes of the board"
        min={0}
        max={changes.length}
        value={Math.max(0, at)}
        aria-valuetext={text}
        onInput={({ currentTarget }) => go(Number(currentTarget.value))}
      />
      <button
        type="button"
        aria-label="To the change after"
        disabled={atMs === undefined}
        onClick={() => go(at + 1)}
      >
        ▸
      </button>
      <output>{text}</output>
    </section>
  );
}
