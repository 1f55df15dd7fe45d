/** What a board is: a document that many edit at once, and what one request can do to it. */
import { JsonDocument, recordOf, schema } from '@quorate/crdts/document';
import * as v from 'valibot';

import { type BoardStatus, boardStatuses } from './board-status.ts';

/** The parts of a board, and how each merges. */
export const boardSchema = schema.map({
  title: schema.register<string>(),
  status: schema.register<BoardStatus>(),
  notes: schema.text(),
  checklist: schema.movableList(
    schema.map({
      id: schema.register<string>(),
      text: schema.register<string>(),
      isDone: schema.register<boolean>(),
    }),
  ),
  /** Users that are affected: everybody adds, and all of it counts. */
  affected: schema.counter(),
  /**
   * The requests that were carried out, by their keys, each as the last event of what it did, which
   * are `eventCount` more.
   */
  requests: schema.record(
    schema.register<{
      readonly atMs: number;
      readonly digest: string;
      readonly eventCount: number;
    }>(),
  ),
});

/** A board of this node. */
export type Board = JsonDocument<typeof boardSchema>;

/** Text that every copy can store: well-formed, of at most `max` units of UTF-16. */
export const boardText = (max: number) =>
  v.pipe(
    v.string(),
    v.check((value) => value.isWellFormed(), 'expected well-formed text, got a lone surrogate'),
    v.maxLength(max),
  );
/** What can name a board; as it also names a folder, nothing else may. */
export const boardId = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,63}$/));

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const itemId = v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/));

/** One thing that a request does to a board. Lengths and positions are in units of UTF-16. */
export const boardOperation = v.variant('kind', [
  v.strictObject({ kind: v.literal('setTitle'), title: boardText(200) }),
  v.strictObject({ kind: v.literal('setStatus'), status: v.picklist(boardStatuses) }),
  v.strictObject({ kind: v.literal('insertNotes'), position: count, text: boardText(10_000) }),
  v.strictObject({ kind: v.literal('deleteNotes'), position: count, count }),
  v.strictObject({ kind: v.literal('addItem'), id: itemId, text: boardText(1_000) }),
  v.strictObject({ kind: v.literal('checkItem'), id: itemId, isDone: v.boolean() }),
  v.strictObject({ kind: v.literal('removeItem'), id: itemId }),
  v.strictObject({
    kind: v.literal('addAffected'),
    amount: v.pipe(v.number(), v.integer(), v.minValue(-1_000_000), v.maxValue(1_000_000)),
  }),
]);

/** One of them. */
export type BoardOperation = v.InferOutput<typeof boardOperation>;

/** A board as clients see it. `statusConflicts` is what others set at the same time, and lost. */
export const boardView = v.strictObject({
  title: v.string(),
  status: v.picklist(boardStatuses),
  statusConflicts: v.array(v.string()),
  notes: v.string(),
  checklist: v.array(v.strictObject({ id: v.string(), text: v.string(), isDone: v.boolean() })),
  affected: v.number(),
});

/** One of them. */
export type BoardView = v.InferOutput<typeof boardView>;

/** A request that may come twice, and must be carried out once: it is known by its key. */
export const requestStamp = v.strictObject({ key: itemId, digest: itemId, atMs: v.number() });

/** One of them. */
export type RequestStamp = v.InferOutput<typeof requestStamp>;

/** A board with nothing in it, or the one that was saved into `bytes`. */
export function openBoard(replicaId: string, bytes?: Uint8Array): Board {
  const options = { replicaId, schema: boardSchema };
  return bytes === undefined ? new JsonDocument(options) : JsonDocument.load(bytes, options);
}

/** A board that was saved into `bytes`, and goes on under the id that it had. */
export function wakeBoard(replicaId: string, bytes: Uint8Array): Board {
  return JsonDocument.load(bytes, { replicaId, schema: boardSchema, continueReplica: true });
}

/** What clients see. */
export function viewOf(board: Board): BoardView {
  const { title = '', status = 'investigating', notes, checklist, affected } = board.root;
  const written = recordOf(board.root).conflicts('status');
  return {
    title,
    status,
    statusConflicts: written.slice(1).filter((other) => typeof other === 'string'),
    notes: notes.toString(),
    checklist: [...checklist].map(({ id = '', text = '', isDone = false }) => ({
      id,
      text,
      isDone,
    })),
    affected: affected.value,
  };
}

/** All that a copy says, as JSON: its conflicts, too, which the values alone do not tell. */
export function textOf(board: Board): string {
  const { statusConflicts } = viewOf(board);
  return JSON.stringify({ ...(board.toJSON() as object), statusConflicts });
}

/**
 * Does one thing to a board.
 *
 * @throws RangeError if it does not fit the board as it is now.
 */
export function perform({ root }: Board, operation: BoardOperation): void {
  switch (operation.kind) {
    case 'setTitle':
      root.title = operation.title;
      return;
    case 'setStatus':
      root.status = operation.status;
      return;
    case 'insertNotes':
      root.notes.insert(operation.position, operation.text);
      return;
    case 'deleteNotes':
      root.notes.delete(operation.position, operation.count);
      return;
    case 'addItem':
      root.checklist.push({ id: operation.id, text: operation.text, isDone: false });
      return;
    case 'addAffected':
      root.affected.add(operation.amount);
      return;
    case 'checkItem':
    case 'removeItem': {
      // An item that was added twice is there twice for a moment; the latter is deleted first.
      const items = [...[...root.checklist].entries()]
        .filter(([, { id }]) => id === operation.id)
        .toReversed();
      if (items.length === 0) throw new RangeError(`id: expected an item, got ${operation.id}`);
      for (const [index, item] of items) {
        if (operation.kind === 'removeItem') root.checklist.delete(index);
        else item.isDone = operation.isDone;
      }
    }
  }
}
