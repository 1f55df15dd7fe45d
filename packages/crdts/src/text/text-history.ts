/*
 * What a text said in a version, what lies between two, and who wrote it.
 *
 * The tracker of all events holds every character there ever was, in order. It can be taken to any
 * version, and to two at once; then each character says whether it was there.
 */
import type { ReplicaId } from '../replica-id.ts';
import { ID, LENGTH, type SpanTree, IN_SLOT, UNDERWATER } from './span-tree.ts';
import type { TextPatch } from './text-document.ts';
import type { TextState } from './text-state.ts';

/** Neighbouring characters that one replica typed in a row. */
export interface TextAuthorship {
  /** Position of the first one. */
  readonly start: number;
  /** Position after the last one. */
  readonly end: number;
  /** Whose they are; undefined if the history that says so was trimmed. */
  readonly replicaId: ReplicaId | undefined;
  /** The event that inserted the first one, among those of its replica. */
  readonly sequence: number;
}

/**
 * What a text said at a frontier.
 *
 * @remarks Cost: the characters there ever were in spans, and the events between that version and
 * one of the last ones.
 */
export function textIn(state: TextState, frontier: readonly number[]): string {
  const tracker = state.trackerOfAll();
  const { tree } = tracker;
  const [slot] = tracker.atVersions(frontier, frontier);
  let text = '';
  walk(tree, (id, length) => {
    if (tree.field(IN_SLOT + slot) === 1) text += textOf(state, id, length);
  });
  return text;
}

/** The patches that, applied in their order, make the text of frontier `b` out of that of `a`. */
export function diffIn(
  state: TextState,
  a: readonly number[],
  b: readonly number[],
): readonly TextPatch[] {
  const tracker = state.trackerOfAll();
  const { tree } = tracker;
  const [slotA, slotB] = tracker.atVersions(a, b);
  const patches: TextPatch[] = [];
  let position = 0;
  let deleteCount = 0;
  let inserted = '';
  const flush = (): void => {
    if (deleteCount > 0 || inserted !== '') patches.push({ position, deleteCount, inserted });
    position += inserted.length;
    deleteCount = 0;
    inserted = '';
  };
  walk(tree, (id, length) => {
    const isInA = tree.field(IN_SLOT + slotA) === 1;
    const isInB = tree.field(IN_SLOT + slotB) === 1;
    if (isInA && isInB) {
      flush();
      position += length;
    } else if (isInA) {
      deleteCount += length;
    } else if (isInB) {
      inserted += textOf(state, id, length);
    }
  });
  flush();
  return patches;
}

/** Who wrote what of the text as it is now, in order and without gaps. */
export function authorshipsIn(state: TextState): readonly TextAuthorship[] {
  const { tree } = state.trackerOfAll();
  const { graph } = state;
  const found: TextAuthorship[] = [];
  let position = 0;
  walk(tree, (id, length) => {
    for (let at = 0; at < length && !tree.isDeleted;) {
      const isOld = id >= UNDERWATER;
      const run = isOld ? -1 : graph.runAt(id + at);
      const size = isOld ? length : Math.min(length - at, graph.runEnd(run) - id - at);
      const replicaId = isOld ? undefined : graph.replicaId(graph.runReplica(run));
      const sequence = isOld ? id - UNDERWATER : graph.sequenceOf(id + at);
      const fresh = { start: position, end: position + size, replicaId, sequence };
      const last = found.at(-1);
      if (last === undefined || !goesOn(last, fresh)) found.push(fresh);
      else found[found.length - 1] = { ...last, end: fresh.end };
      position += size;
      at += size;
    }
  });
  return found;
}

function goesOn(last: TextAuthorship, next: TextAuthorship): boolean {
  const isSame = last.replicaId === next.replicaId;
  return isSame && next.sequence - last.sequence === next.start - last.start;
}

/** The text of characters with consecutive ids. */
function textOf(state: TextState, id: number, count: number): string {
  if (id >= UNDERWATER) {
    return state.initialText.slice(id - UNDERWATER, id - UNDERWATER + count);
  }
  const { log } = state;
  let text = '';
  let at = id;
  for (let run = log.runAt(id); at < id + count; run += 1) {
    const size = Math.min(log.end(run), id + count) - at;
    text += log.text.slice(log.b(run) + at - log.start(run), size);
    at += size;
  }
  return text;
}

function walk(tree: SpanTree, visit: (id: number, length: number) => void): void {
  tree.toStart();
  for (let more = tree.toSpan(); more; more = tree.next())
    visit(tree.field(ID), tree.field(LENGTH));
}
