import { type Codec, DecodeError } from '@quorate/transport/codec';
import * as v from 'valibot';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Messages as JSON, checked against `schema` on arrival. */
export function jsonCodec<Message>(schema: v.GenericSchema<unknown, Message>): Codec<Message> {
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
