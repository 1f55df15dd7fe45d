import { ByteReader, ByteWriter, type Codec, DecodeError } from '@quorate/transport/codec';

/** Up to where somebody knows what a node has announced. */
export interface NewsMark {
  /** Which life of the node: its numbers begin anew with each. */
  readonly life: number;
  /** So many boards it has announced. */
  readonly number: number;
}

/** What nodes tell each other of the boards that they have. */
export type BoardNews =
  /** The sender has one more; with it, it is so many. */
  | (NewsMark & { readonly kind: 'added'; readonly boardId: string })
  /** Who knows this much of the receiver wants to deny boards, and asks at this time of its own. */
  | (NewsMark & { readonly kind: 'ask'; readonly askedAtMs: number })
  /** That is all: for a while from when it asked, the asker may deny what it has not heard of. */
  | (NewsMark & { readonly kind: 'same'; readonly askedAtMs: number })
  /** The same, with a filter of all that there is. */
  | (NewsMark & {
      readonly kind: 'whole';
      readonly askedAtMs: number;
      readonly filter: Uint8Array;
    });

const kinds = ['added', 'ask', 'same', 'whole'] as const;
const ID_BYTES_MAX = 64;

/** News as bytes: what kind, up to where, and what that kind carries. */
export const boardNewsCodec: Codec<BoardNews> = {
  encode(news) {
    const writer = new ByteWriter();
    writer.u8(kinds.indexOf(news.kind));
    writer.varint(news.life);
    writer.varint(news.number);
    if (news.kind === 'added') writer.string(news.boardId);
    else writer.varint(news.askedAtMs);
    if (news.kind === 'whole') writer.lengthPrefixed(news.filter);
    return writer.finish();
  },
  decode(bytes) {
    const reader = new ByteReader(bytes);
    const kind = kinds[reader.u8()];
    if (kind === undefined) throw new DecodeError('kind: expected one of news of boards');
    const mark = { life: reader.varint(), number: reader.varint() };
    const news = newsIn(reader, kind, mark);
    reader.expectEnd();
    return news;
  },
};

function newsIn(reader: ByteReader, kind: BoardNews['kind'], mark: NewsMark): BoardNews {
  if (kind === 'added') return { kind, ...mark, boardId: reader.string(ID_BYTES_MAX) };
  const askedAtMs = reader.varint();
  if (kind !== 'whole') return { kind, ...mark, askedAtMs };
  return { kind, ...mark, askedAtMs, filter: reader.lengthPrefixed().slice() };
}
