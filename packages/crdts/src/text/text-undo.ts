/*
 * Undoing what one person did to a text, with what others did meanwhile left alone.
 *
 * An inverse by positions is wrong as soon as somebody else types, and to insert again what was
 * deleted is wrong, too: that would be other characters, without the marks, cursors and authors of
 * the old ones, and there twice if two people want them back at once.
 *
 * But every character there ever was still has its place in the tracker. So an event says that
 * others no longer count, and that is all. A character is there if its insertion counts and none of
 * its deletions does, whoever heard of what first:
 *
 *   "fox"     ann deletes "o", bob deletes "ox"     bob takes that back: "fx"     ann, too: "fox"
 *
 * To redo is to revoke the revocation. That is so for the version of every author, too: in the
 * tracker, to revoke an edit is to change the state of its character in a slot, see tracker.ts.
 */
import type { EventRange } from '../graph/causal-graph.ts';
import type { TextState } from './text-state.ts';

/**
 * The events that are to be revoked in order to take back the events from `from` to before `to`, of
 * which each has one author, as far as they edit a text.
 *
 * @remarks
 * Of an event that brought another one back, that one: who goes to and fro makes no long chain.
 */
export function revocable(state: TextState, from: number, to: number): EventRange[] {
  const { graph, log } = state;
  const tracker = state.trackerOfAll();
  const ranges: EventRange[] = [];
  for (let lv = from, run = log.runAt(from); lv < to; run += 1) {
    const end = Math.min(log.end(run), to);
    for (; tracker.isText(run) && lv < end; lv += 1) {
      const revoked = tracker.undo?.revokedBy(lv) ?? -1;
      const again = revoked < 0 ? -1 : (tracker.undo?.revokedBy(revoked) ?? -1);
      const start = again < 0 ? lv : again;
      const last = ranges.at(-1);
      const goesOn = last?.end === start && graph.replicaOf(start) === graph.replicaOf(start - 1);
      if (goesOn) ranges[ranges.length - 1] = { ...last, end: start + 1 };
      else ranges.push({ start, end: start + 1 });
    }
    lv = end;
  }
  return ranges;
}
