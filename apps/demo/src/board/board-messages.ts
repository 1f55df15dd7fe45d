/** What nodes ask of the owners of a board, and what those answer: JSON, checked on arrival. */
import type { Codec } from '@quorate/transport/codec';
import * as v from 'valibot';

import { jsonCodec } from '../json-codec.ts';
import { boardId, boardOperation, boardView, requestStamp } from './board.ts';

const bytes = v.pipe(v.string(), v.base64());
const copies = v.pipe(v.number(), v.integer(), v.minValue(1));

const boardCommand = v.variant('kind', [
  v.strictObject({ kind: v.literal('create'), title: v.string(), stamp: requestStamp }),
  // So many copies must agree.
  v.strictObject({ kind: v.literal('read'), copies }),
  v.strictObject({
    ...{ kind: v.literal('change'), stamp: requestStamp },
    operations: v.array(boardOperation),
  }),
  // An update of a client that has a copy of its own.
  v.strictObject({ kind: v.literal('merge'), update: bytes }),
  // What the holder of a version lacks.
  v.strictObject({ kind: v.literal('sync'), since: bytes }),
  v.strictObject({ kind: v.literal('delete'), stamp: requestStamp }),
]);

const boardAnswer = v.variant('kind', [
  v.strictObject({ kind: v.literal('board'), view: boardView, version: bytes }),
  // On the disks of so many owners. `isNew` is false for a request that was carried out before.
  v.strictObject({ kind: v.literal('done'), version: bytes, copies, isNew: v.boolean() }),
  v.strictObject({ kind: v.literal('updates'), updates: v.array(bytes), version: bytes }),
  // Gone on the disks of so many owners.
  v.strictObject({ kind: v.literal('buried'), copies, isNew: v.boolean() }),
  // The key of the request is that of another one.
  v.strictObject({ kind: v.literal('reused') }),
  v.strictObject({ kind: v.literal('missing') }),
  // No second owner could be asked.
  v.strictObject({ kind: v.literal('alone') }),
  v.strictObject({ kind: v.literal('deleted') }),
  // Nothing was changed.
  v.strictObject({
    kind: v.literal('refused'),
    reason: v.picklist(['misfit', 'damaged']),
    detail: v.string(),
  }),
  // On one disk only; the others get it when they can be reached.
  v.strictObject({ kind: v.literal('unconfirmed') }),
]);

/** What is asked about one board. */
export type BoardCommand = v.InferOutput<typeof boardCommand>;

/** What an owner answers. */
export type BoardAnswer = v.InferOutput<typeof boardAnswer>;

const keys = v.pipe(v.array(requestStamp.entries.key), v.maxLength(16));
const burial = v.strictObject({ boardId, keys });

/** That a board was deleted, and by which requests. */
export type Burial = v.InferOutput<typeof burial>;

/** What the owners of boards are told: which to hold, and which were deleted. */
const handOver = v.strictObject({
  boardIds: v.array(boardId),
  // The same, of which the sender does not keep its own copy.
  leaving: v.array(boardId),
  deleted: v.array(burial),
});
/** What of those that leave is on the owner's disk; and which it knows to be deleted. */
const handedOver = v.strictObject({
  kept: v.array(v.strictObject({ boardId, version: bytes })),
  deleted: v.array(burial),
});

/** What an owner is told. */
export type HandOver = v.InferOutput<typeof handOver>;

/** What it answers. */
export type HandedOver = v.InferOutput<typeof handedOver>;

const pull = v.strictObject({ boardId, since: bytes });
const pulled = v.strictObject({ updates: v.array(bytes), deletedBy: v.optional(keys) });

export const boardCommandCodec: Codec<BoardCommand> = jsonCodec(boardCommand);
export const boardAnswerCodec: Codec<BoardAnswer> = jsonCodec(boardAnswer);
/** What one owner of a board asks another: what the holder of a version lacks. */
export const pullCodec: Codec<v.InferOutput<typeof pull>> = jsonCodec(pull);
export const pulledCodec: Codec<v.InferOutput<typeof pulled>> = jsonCodec(pulled);
export const handOverCodec: Codec<HandOver> = jsonCodec(handOver);
export const handedOverCodec: Codec<HandedOver> = jsonCodec(handedOver);
