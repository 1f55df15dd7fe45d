import { ByteReader, ByteWriter, type Codec, DecodeError } from '@quorate/transport/codec';

/** What a node tells others of the boards that it has. */
export type BoardNews =
  /** It has one more: so many it has announced since it was started. */
  | { readonly kind: 'added'; readonly number: number; readonly boardId: string }
  /** So many it has announced. */
  | { readonly kind: 'count'; readonly number: number }
  /** It wants to hear of all. */
  | { readonly kind: 'ask' }
  /** A filter of all that it has announced. */
  | { readonly kind: 'whole'; readonly number: number; readonly filter: Uint8Array };

const kinds = ['added', 'count', 'ask', 'whole'] as const;
const ID_BYTES_MAX = 64;

/** News as bytes: what kind, and what that kind carries. */
export const boardNewsCodec: Codec<BoardNews> = {
  encode(news) {
    const writer = new ByteWriter();
    writer.u8(kinds.indexOf(news.kind));
    if (news.kind !== 'ask') writer.varint(news.number);
    if (news.kind === 'added') writer.string(news.boardId);
    if (news.kind === 'whole') writer.lengthPrefixed(news.filter);
    return writer.finish();
  },
  decode(bytes) {
    const reader = new ByteReader(bytes);
    const news = newsIn(reader, kinds[reader.u8()]);
    reader.expectEnd();
    return news;
  },
};

function newsIn(reader: ByteReader, kind: BoardNews['kind'] | undefined): BoardNews {
  switch (kind) {
    case 'added':
      return { kind, number: reader.varint(), boardId: reader.string(ID_BYTES_MAX) };
    case 'count':
      return { kind, number: reader.varint() };
    case 'ask':
      return { kind };
    case 'whole':
      return { kind, number: reader.varint(), filter: reader.lengthPrefixed().slice() };
    case undefined:
      throw new DecodeError('kind: expected one of news of boards');
  }
}
