import type { ByteReader, ByteWriter } from '@quorate/transport/codec';

/** The leader of `term` rests, and whoever has all of its log may, too. */
export interface Quiesce {
  readonly kind: 'quiesce';
  readonly term: number;
  /** All of it committed. */
  readonly lastLogIndex: number;
}

/*
 * 16 quiesce   term varint │ lastLogIndex varint
 */

/** Writes what comes after the tag. */
export function writeQuiesce(writer: ByteWriter, { term, lastLogIndex }: Quiesce): void {
  writer.varint(term);
  writer.varint(lastLogIndex);
}

/** What `writeQuiesce` wrote. @throws DecodeError */
export function readQuiesce(reader: ByteReader): Quiesce {
  return { kind: 'quiesce', term: reader.varint(), lastLogIndex: reader.varint() };
}
