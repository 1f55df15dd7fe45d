import { ByteReader, ByteWriter, type Codec } from '@quorate/transport/codec';

/** Texts, for the values of types that hold any. */
export const textCodec: Codec<string> = {
  encode(text) {
    const writer = new ByteWriter();
    writer.string(text);
    return writer.finish();
  },
  decode(bytes) {
    const reader = new ByteReader(bytes);
    const text = reader.string();
    reader.expectEnd();
    return text;
  },
};
