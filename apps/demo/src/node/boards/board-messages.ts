/** What nodes ask of the owners of a board, and what those answer: JSON, checked on arrival. */
import { type Codec, DecodeError } from '@quorate/transport/codec';
import * as v from 'valibot';

import { boardOperation, boardView, requestStamp } from './board.ts';

const bytes = v.pipe(v.string(), v.base64());
const copies = v.pipe(v.number(), v.integer(), v.minValue(1));

const boardCommand = v.variant('kind', [
  // Made once: asked again for the same id, it is there already.
  v.strictObject({ kind: v.literal('create'), title: v.string() }),
  // So many copies must agree.
  v.strictObject({ kind: v.literal('read'), copies }),
  v.strictObject({
    kind: v.literal('change'),
    operations: v.array(boardOperation),
    stamp: v.optional(requestStamp),
  }),
  // An update of a client that has a copy of its own.
  v.strictObject({ kind: v.literal('merge'), update: bytes }),
  // What the holder of a version lacks.
  v.strictObject({ kind: v.literal('sync'), since: bytes }),
]);

const boardAnswer = v.variant('kind', [
  v.strictObject({ kind: v.literal('board'), view: boardView, version: bytes }),
  // On the disks of so many owners. `isNew` is false for a request that was carried out before.
  v.strictObject({ kind: v.literal('done'), version: bytes, copies, isNew: v.boolean() }),
  v.strictObject({ kind: v.literal('updates'), updates: v.array(bytes), version: bytes }),
  v.strictObject({ kind: v.literal('missing') }),
  // Nothing was changed.
  v.strictObject({
    kind: v.literal('refused'),
    reason: v.picklist(['misfit', 'damaged']),
    detail: v.string(),
  }),
  // On one disk only; the others get it when they can be reached.
  v.strictObject({ kind: v.literal('unconfirmed'), version: bytes }),
]);

/** What is asked about one board. */
export type BoardCommand = v.InferOutput<typeof boardCommand>;

/** What an owner answers. */
export type BoardAnswer = v.InferOutput<typeof boardAnswer>;

const pull = v.strictObject({ boardId: v.string(), since: bytes });

export const boardCommandCodec: Codec<BoardCommand> = jsonCodec(boardCommand);
export const boardAnswerCodec: Codec<BoardAnswer> = jsonCodec(boardAnswer);
/** What one owner of a board asks another: what the holder of a version lacks. */
export const pullCodec: Codec<v.InferOutput<typeof pull>> = jsonCodec(pull);
export const updatesCodec: Codec<string[]> = jsonCodec(v.array(bytes));

function jsonCodec<Message>(schema: v.GenericSchema<unknown, Message>): Codec<Message> {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return {
    encode: (message) => encoder.encode(JSON.stringify(message)),
    decode: (payload) => {
      let message: unknown;
      try {
        message = JSON.parse(decoder.decode(payload));
      } catch (error) {
        throw new DecodeError(`message: expected JSON: ${String(error)}`);
      }
      const result = v.safeParse(schema, message);
      if (result.success) return result.output;
      throw new DecodeError(`message: ${result.issues[0].message}`);
    },
  };
}
