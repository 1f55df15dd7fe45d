/*
 * Undoing what one person did to a text, with what others did meanwhile left alone.
 *
 * An inverse by positions is wrong as soon as somebody else types. By ids it is exact. What an
 * event inserted is found by its id, wherever it is now, and deleted if it is still there: text
 * of others in its middle stays. What an event deleted is found by the id of the character, too:
 * its place among the characters that are left is known, and there it is inserted anew.
 *
 * What comes back is new characters with new ids, as an insertion in the log can only be that. So
 * that they are known to be the old ones, the event that takes the deletion back says that the
 * characters inserted next are those that it brings back. A character and all that ever came back
 * in its place are one family, and whoever undoes the typing of the first means all of them:
 *
 *   ann types b1     ann deletes b1     ann undoes that: b2     ann undoes the typing: b2 goes
 *
 * An insertion in a gap goes to its left end, left of all deleted characters there. So where
 * something comes back beside something that came back before, the two are put as those of their
 * families stood that were there at one time.
 *
 * One thing must not come back: text whose own insertion was undone. Ann types a word, Bob deletes
 * it, Ann undoes her typing, which has nothing left to delete. If Bob undoes his deletion now, the
 * word must stay away, as nobody wants it. So a family comes back only if no insertion in it was
 * undone, and if none of it is there already.
 */
import { TEXT_INSERT } from '../log/operation-kind.ts';
import { DELETED, FLAGS, ID, LENGTH, NOW, type SpanTree } from './span-tree.ts';
import { textOf } from './text-history.ts';
import type { TextState } from './text-state.ts';

/** What undoing a text needs of the document. */
export interface TextUndoTarget {
  /** Whether an event was undone. */
  isRevoked(lv: number): boolean;
  /** Deletes text as an edit of this replica. */
  delete(position: number, count: number): void;
  /** Says that `count` deletions from `lv` on are taken back by inserting `text`, and does so. */
  restore(lv: number, count: number, position: number, text: string): void;
}

/** Deletions that were taken back, and by the numbers of which events of their replica. */
interface Return {
  readonly replica: number;
  readonly sequence: number;
  readonly deletions: number[];
}

/** Which characters of a text came back as which others. */
export class TextFamilies {
  readonly #pending: Return[] = [];
  readonly #elder = new Map<number, number>();
  readonly #younger = new Map<number, number[]>();
  readonly #deathOf = new Map<number, number>();

  /**
   * Notes that the characters which `count` events deleted, from `deletion` on, came back: as those
   * inserted after the events from `lv` on that say so.
   */
  note(state: TextState, lv: number, count: number, deletion: number): void {
    const { graph } = state;
    const deletions = Array.from({ length: count }, (_, index) => deletion + index);
    const replica = graph.replicaOf(lv);
    const sequence = graph.sequenceOf(lv);
    // A run of events that is one at its author may have been cut into several here.
    const before = this.#pending.find(
      (one) => one.replica === replica && one.sequence + one.deletions.length === sequence,
    );
    if (before === undefined) this.#pending.push({ replica, sequence, deletions });
    else before.deletions.push(...deletions);
  }

  /** Of each character that came back, the one in whose place it is; after `resolve`. */
  get elders(): ReadonlyMap<number, number> {
    return this.#elder;
  }

  /** The character that all of the family come from. */
  originOf(id: number): number {
    let origin = id;
    for (let at = this.#elder.get(id); at !== undefined; at = this.#elder.get(at)) origin = at;
    return origin;
  }

  /** A character and all that came back in its place. */
  from(id: number): number[] {
    const family = [id];
    for (const member of family) family.push(...(this.#younger.get(member) ?? []));
    return family;
  }

  /** A character and its elders, the eldest last, each with the event of its death, if any. */
  eldersOf(id: number, death: number): { readonly id: number; readonly death: number }[] {
    const elders = [{ id, death }];
    for (let at = this.#elder.get(id); at !== undefined; at = this.#elder.get(at)) {
      elders.push({ id: at, death: this.#deathOf.get(at) ?? at });
    }
    return elders;
  }

  /** Looks up who came back by what was noted. */
  resolve(state: TextState): void {
    const tracker = state.trackerOfAll();
    for (const noted of this.#pending.splice(0)) {
      const { replica, sequence, deletions } = noted;
      if (state.graph.lvOf(replica, sequence + 2 * deletions.length - 1) < 0) {
        // What comes back is still on its way.
        this.#pending.push(noted);
        continue;
      }
      const elders = deletions.map((death) => ({ death, elder: tracker.targetOf(death) }));
      elders.sort((left, right) => left.elder - right.elder);
      for (const [index, { elder, death }] of elders.entries()) {
        const id = state.graph.lvOf(replica, sequence + deletions.length + index);
        if (id <= elder || !tracker.hasCharacter(id) || !tracker.hasCharacter(elder)) continue;
        this.#elder.set(id, elder);
        this.#deathOf.set(elder, death);
        const younger = this.#younger.get(elder);
        if (younger === undefined) this.#younger.set(elder, [id]);
        else younger.push(id);
      }
    }
  }
}

/**
 * Makes the edits that take back what the events from `from` to before `to` did to a text.
 *
 * @remarks O(log n) for each character, and the catching up of `trackerOfAll`.
 */
export function undoText(
  state: TextState,
  from: number,
  to: number,
  families: TextFamilies,
  target: TextUndoTarget,
): void {
  const { log } = state;
  const tracker = state.trackerOfAll();
  families.resolve(state);
  const removed: number[] = [];
  const restored: Wanted[] = [];
  for (let lv = from, run = log.runAt(from); lv < to; run += 1) {
    const end = Math.min(log.end(run), to);
    const isInsertion = log.kind(run) === TEXT_INSERT;
    for (; tracker.isText(run) && lv < end; lv += 1) {
      if (isInsertion) {
        removed.push(...families.from(lv));
        continue;
      }
      const id = tracker.targetOf(lv);
      restored.push({ id, origin: families.originOf(id), deletion: lv });
    }
    lv = end;
  }
  removeCharacters(state, removed, target);
  const wanted = restored.filter(({ origin }) => {
    const family = families.from(origin);
    return !family.some((member) => target.isRevoked(member) || isThere(state, member));
  });
  restoreCharacters(state, wanted, families, target);
}

function isThere(state: TextState, id: number): boolean {
  const { tree } = state.trackerOfAll();
  tree.locate(id);
  return (tree.field(FLAGS) & DELETED) === 0;
}

/** Deletes those characters that are there. */
function removeCharacters(state: TextState, ids: readonly number[], target: TextUndoTarget): void {
  for (let at = 0; at < ids.length;) {
    const id = ids[at] ?? 0;
    const { tree } = state.trackerOfAll();
    tree.locate(id);
    const room = tree.field(LENGTH) - tree.offset;
    let count = 1;
    while (count < room && ids[at + count] === id + count) count += 1;
    if ((tree.field(FLAGS) & DELETED) === 0) target.delete(tree.before(NOW), count);
    at += count;
  }
}

/**
 * Where a character belongs that is not there.
 *
 * @remarks
 * What is inserted in a gap goes to the left end of it, so what came back before may stand on the
 * wrong side now: it is asked of each whether it belongs there.
 */
function placeOf(state: TextState, { id, deletion }: Wanted, families: TextFamilies): number {
  const { tree } = state.trackerOfAll();
  tree.locate(id);
  let place = tree.before(NOW);
  const mine = families.eldersOf(id, deletion);
  while (place > 0 && tree.seek(NOW, place - 1)) {
    const theirs = families.eldersOf(tree.field(ID) + tree.offset, Infinity);
    if (!standsBefore(tree, mine, theirs)) break;
    place -= 1;
  }
  return place;
}

/** Which of two families stands first: as those of them stood that were there at one time. */
function standsBefore(
  tree: SpanTree,
  mine: ReturnType<TextFamilies['eldersOf']>,
  theirs: ReturnType<TextFamilies['eldersOf']>,
): boolean {
  for (const other of theirs) {
    const known = mine.find((one) => one.id < other.death && other.id < one.death);
    if (known !== undefined) return tree.isBefore(known.id, other.id);
  }
  return tree.isBefore(mine.at(-1)?.id ?? 0, theirs.at(-1)?.id ?? 0);
}

/** A character that is to come back, the first one of its family, and what deleted it. */
interface Wanted {
  readonly id: number;
  readonly origin: number;
  readonly deletion: number;
}

/** Inserts anew the characters that were deleted, each where it was. */
function restoreCharacters(
  state: TextState,
  wanted: Wanted[],
  families: TextFamilies,
  target: TextUndoTarget,
): void {
  const { tree } = state.trackerOfAll();
  // In document order, so that each finds its neighbours in place.
  wanted.sort((left, right) => {
    if (left.id === right.id) return 0;
    return tree.isBefore(left.id, right.id) ? -1 : 1;
  });
  for (let at = 0; at < wanted.length;) {
    const count = countAlike(state, wanted, at);
    const first = wanted[at];
    const last = wanted[at + count - 1];
    at += count;
    if (first === undefined || last === undefined) break;
    const place = placeOf(state, first, families);
    const deletion = Math.min(first.deletion, last.deletion);
    target.restore(deletion, count, place, textOf(state, first.id, count));
  }
}

/** How many characters from number `at` on can come back as one run. */
function countAlike(state: TextState, wanted: readonly Wanted[], at: number): number {
  const { graph } = state;
  const { tree } = state.trackerOfAll();
  const { id = 0, deletion = 0 } = wanted[at] ?? {};
  tree.locate(id);
  const room = Math.min(tree.field(LENGTH) - tree.offset, graph.runEnd(graph.runAt(id)) - id);
  const step = (wanted[at + 1]?.deletion ?? deletion) - deletion;
  let count = 1;
  while (count < room && Math.abs(step) === 1) {
    const next = wanted[at + count];
    if (next?.id !== id + count || next.deletion !== deletion + step * count) break;
    count += 1;
  }
  return count;
}
