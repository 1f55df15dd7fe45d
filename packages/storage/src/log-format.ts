/*
 * How a write-ahead log lies on disk, and why a crash and a damaged disk can be told apart.
 *
 * The obvious log, a file of length-prefixed records each with a checksum, cannot tell a write that
 * a crash cut short (drop it, nobody was told) from a record that was durable and has rotted
 * (losing it loses what was promised). Taking the second for the first made whole replicated stores
 * lose data (Alagappan et al., "Protocol-Aware Recovery", FAST 2018). Four rules make the
 * difference visible:
 *
 * 1. One write and one sync at a time. All that one sync makes durable is one *batch*; the next is
 *    written only after it. So any trace of a later batch proves that this one was durable.
 * 2. Space is filled with a known pattern and synced before a batch is written into it, and is
 *    written only once. So a sector that a crash kept from being written shows the pattern (see
 *    `unwritten.ts`), and one that rotted does not.
 * 3. Everything but the payloads is there twice: a batch opens and closes with the same *mark*. The
 *    mark also says what the log was before it, so a batch that is lost whole says, through the
 *    next one, which entries went with it.
 * 4. The checksum of every mark and entry header is seeded with its segment and its offset. Bytes
 *    from another file, another place or an earlier life of the disk never pass for a record.
 *
 *     segment    | header 32 | batch | batch | … | unwritten pattern |
 *
 *     batch      | opening mark 88 | metadata | entry | entry | … | metadata | closing mark 88 |
 *                  `chain` of the                                            `chain` of this batch
 *                  batch before
 *
 *     entry      | header 32 | payload | zeros to a multiple of 8 |
 *
 * The chain of a batch is a checksum over the checksums of its opening mark and entry headers,
 * which cover everything else, beginning from the chain before it. It links the batches of all
 * segments into one sequence. Numbers are big-endian; everything begins at a multiple of 8 bytes,
 * so a search for the next record looks at every eighth byte only.
 *
 * A tear need not fall between words. If it falls within the first word of a batch, so that no mark
 * is intact and no word is as it was, the opening mark is read without its tag, or the half of the
 * word that is as it was tells.
 *
 * Two things no format can tell. Damage within the last batch that leaves no sector unwritten may
 * also be a write that a crash garbled: it is reported as damage, never dropped. And a disk that
 * loses the last batch whole after it said it was synced, or a newest file that someone removed,
 * leaves no trace.
 *
 * Sources: rules 1 and 3 after etcd's and HashiCorp's logs (commit frames, one checksum per sync);
 * the question of rule 2 after etcd's `isTornEntry`, which looks for zeros and so mistakes a
 * payload of zeros for a torn write; reporting instead of truncating after Alagappan et al.
 */
import { crc32c } from '@quorate/transport/codec';

/** Bytes before the first batch of a segment. */
export const SEGMENT_HEADER_BYTES = 32;

/** Bytes of an opening or closing mark. */
export const MARK_BYTES = 88;

/**
 * At least so many unwritten bytes lie behind the last batch, as many as the smallest batch has. So
 * zeros, or the end of the file, right behind a batch are damage: another batch may have been
 * there.
 */
export const MARGIN_BYTES: number = 2 * MARK_BYTES;

/** Bytes before the payload of an entry. */
export const ENTRY_HEADER_BYTES = 32;

/** Every record begins at a multiple of this. Positions are counted in it to fit 32 bits. */
export const UNIT_BYTES = 8;

/** Largest metadata record. */
export const METADATA_BYTES_MAX = 4_096;

/** Largest record that stands at both ends of a batch, of whatever kind. */
export const RECORD_BYTES_MAX = 65_536;

/** `BatchMark.lowestTruncation` while nothing was truncated: above every index. */
export const NO_TRUNCATION: number = 2 ** 53;

/** What a batch does, and what the log was before it. Stands at both ends of the batch. */
export interface BatchMark {
  /** Bytes between the two marks. */
  readonly bodyBytes: number;
  readonly entryCount: number;
  /** Size of the metadata record, or undefined if the batch carries none. */
  readonly metadataBytes: number | undefined;
  readonly metadataCrc: number;
  /** Entries from here on are replaced by those of this batch. At most 2^53. */
  readonly fromIndex: number;
  /** After this batch, entries up to this one are compacted away. */
  readonly compactedIndex: number;
  /** Term of the entry at `compactedIndex`. */
  readonly compactedTerm: number;
  /** Last index before this batch. */
  readonly previousLastIndex: number;
  /** How many batches before this one removed entries, ever. */
  readonly truncationCount: number;
  /**
   * The lowest `fromIndex` among those in this segment; for the first batch of a segment, among
   * those in the segment before.
   */
  readonly lowestTruncation: number;
  /** How many metadata records there were, this batch's included. */
  readonly metadataVersion: number;
}

/** A mark as it was found. */
export interface FoundMark extends BatchMark {
  readonly kind: 'opening' | 'closing';
  /** Of the batch before in an opening mark, of this batch in a closing one. */
  readonly chain: number;
}

const MAGIC_HIGH = 0x5152_5741; // 'QRWA'
const MAGIC_LOW = 0x4c0d_0a1a; // 'L\r\n', end of file for the curious who print it
const VERSION = 1;
const OPENING = 0x4f50_454e; // 'OPEN'
const CLOSING = 0x444f_4e45; // 'DONE'
const ENTRY = 0xe7;
const NO_METADATA = 0xffff_ffff;
const TWO_32 = 2 ** 32;

/** `bytes` and a view of the same memory, so that neither is made again for each record. */
export interface Area {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** The area of all of `bytes`. */
export function areaOf(bytes: Uint8Array): Area {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}

/** `sizeBytes` rounded up to where the next record may begin. */
export function padded(sizeBytes: number): number {
  return Math.ceil(sizeBytes / UNIT_BYTES) * UNIT_BYTES;
}

/** What the checksums of a segment begin from. Known from its number alone, whatever is damaged. */
export function segmentSeed(sequence: number): number {
  const { bytes, view } = areaOf(new Uint8Array(8));
  writeU64(view, 0, sequence);
  return crc32c(bytes, 0, 8, MAGIC_HIGH);
}

/** Writes the header of segment `sequence` at the beginning of `area`. */
export function writeSegmentHeader({ bytes, view }: Area, sequence: number): void {
  view.setUint32(0, MAGIC_HIGH);
  view.setUint32(4, MAGIC_LOW);
  view.setUint32(8, VERSION);
  view.setUint32(12, 0);
  writeU64(view, 16, sequence);
  view.setUint32(24, 0);
  view.setUint32(28, crc32c(bytes, 0, 28, segmentSeed(sequence)));
}

/**
 * What the beginning of a segment says: 'valid', 'damaged', or 'foreign' for an intact header of a
 * format this code does not know.
 */
export function checkSegmentHeader(
  { bytes, view }: Area,
  sequence: number,
): 'valid' | 'damaged' | 'foreign' {
  if (bytes.length < SEGMENT_HEADER_BYTES) return 'damaged';
  if (view.getUint32(28) !== crc32c(bytes, 0, 28, segmentSeed(sequence))) return 'damaged';
  const isKnown = view.getUint32(0) === MAGIC_HIGH && view.getUint32(8) === VERSION;
  return isKnown ? 'valid' : 'foreign';
}

/** Where the checksum of the record at `offset` begins from. */
function seedAt(seed: number, offset: number): number {
  return (seed ^ (offset / UNIT_BYTES)) >>> 0;
}

/**
 * Writes a mark.
 *
 * @param at - Where in `area`.
 * @param offset - Where that will be in the segment.
 * @returns Its checksum.
 */
export function writeMark(
  { bytes, view }: Area,
  at: number,
  mark: FoundMark,
  seed: number,
  offset: number,
): number {
  view.setUint32(at, mark.kind === 'opening' ? OPENING : CLOSING);
  view.setUint32(at + 4, mark.bodyBytes);
  view.setUint32(at + 8, mark.entryCount);
  view.setUint32(at + 12, mark.metadataBytes ?? NO_METADATA);
  view.setUint32(at + 16, mark.metadataCrc);
  view.setUint32(at + 20, mark.chain);
  writeU64(view, at + 24, mark.fromIndex);
  writeU64(view, at + 32, mark.compactedIndex);
  writeU64(view, at + 40, mark.compactedTerm);
  writeU64(view, at + 48, mark.previousLastIndex);
  writeU64(view, at + 56, mark.truncationCount);
  writeU64(view, at + 64, mark.lowestTruncation);
  writeU64(view, at + 72, mark.metadataVersion);
  view.setUint32(at + 80, 0);
  const crc = crc32c(bytes, at, at + MARK_BYTES - 4, seedAt(seed, offset));
  view.setUint32(at + MARK_BYTES - 4, crc);
  return crc;
}

/** Whether the bytes at `at` could begin a mark. Cheap enough to ask everywhere. */
function maybeMark(view: DataView, at: number): boolean {
  const tag = view.getUint32(at);
  return tag === OPENING || tag === CLOSING;
}

/** The mark at `at` in `area`, `offset` in the segment, or undefined if there is no intact one. */
export function readMark(
  { bytes, view }: Area,
  at: number,
  seed: number,
  offset: number,
): FoundMark | undefined {
  if (!maybeMark(view, at)) return undefined;
  const crc = crc32c(bytes, at, at + MARK_BYTES - 4, seedAt(seed, offset));
  if (view.getUint32(at + MARK_BYTES - 4) !== crc) return undefined;
  const metadataBytes = view.getUint32(at + 12);
  return {
    kind: view.getUint32(at) === OPENING ? 'opening' : 'closing',
    bodyBytes: view.getUint32(at + 4),
    entryCount: view.getUint32(at + 8),
    metadataBytes: metadataBytes === NO_METADATA ? undefined : metadataBytes,
    metadataCrc: view.getUint32(at + 16),
    chain: view.getUint32(at + 20),
    fromIndex: readU64(view, at + 24),
    compactedIndex: readU64(view, at + 32),
    compactedTerm: readU64(view, at + 40),
    previousLastIndex: readU64(view, at + 48),
    truncationCount: readU64(view, at + 56),
    lowestTruncation: readU64(view, at + 64),
    metadataVersion: readU64(view, at + 72),
  };
}

/**
 * The opening mark at `at` although bytes of its tag are not what they should be: a torn write may
 * have left the first of them as they were. All that the mark says is covered by its checksum.
 */
export function readOpeningWithoutTag(
  { bytes }: Area,
  at: number,
  seed: number,
  offset: number,
): FoundMark | undefined {
  const area = areaOf(bytes.slice(at, at + MARK_BYTES));
  area.view.setUint32(0, OPENING);
  return readMark(area, 0, seed, offset);
}

/** The fields of an entry header. */
export interface EntryHeader {
  readonly logIndex: number;
  readonly term: number;
  readonly type: number;
  readonly payloadBytes: number;
  readonly payloadCrc: number;
}

/** Writes an entry header; see `writeMark`. Returns its checksum. */
export function writeEntryHeader(
  { bytes, view }: Area,
  at: number,
  header: EntryHeader,
  seed: number,
  offset: number,
): number {
  view.setUint32(at, header.payloadBytes);
  view.setUint32(at + 4, (ENTRY << 24) | (header.type << 16));
  writeU64(view, at + 8, header.logIndex);
  writeU64(view, at + 16, header.term);
  view.setUint32(at + 24, header.payloadCrc);
  const crc = crc32c(bytes, at, at + ENTRY_HEADER_BYTES - 4, seedAt(seed, offset));
  view.setUint32(at + ENTRY_HEADER_BYTES - 4, crc);
  return crc;
}

/**
 * Whether an intact entry header lies at `at`. Its fields are then read one by one: recovery reads
 * millions of headers, and an object for each would cost more than its checksum.
 */
export function isEntryHeader(
  { bytes, view }: Area,
  at: number,
  seed: number,
  offset: number,
): boolean {
  if (bytes[at + 4] !== ENTRY) return false;
  const crc = crc32c(bytes, at, at + ENTRY_HEADER_BYTES - 4, seedAt(seed, offset));
  return view.getUint32(at + ENTRY_HEADER_BYTES - 4) === crc;
}

/** `EntryHeader.payloadBytes` of the header at `at`. */
export function payloadBytesAt(view: DataView, at: number): number {
  return view.getUint32(at);
}

/** `EntryHeader.type` of the header at `at`. */
export function typeAt(view: DataView, at: number): number {
  return view.getUint8(at + 5);
}

/** `EntryHeader.logIndex` of the header at `at`. */
export function logIndexAt(view: DataView, at: number): number {
  return readU64(view, at + 8);
}

/** `EntryHeader.term` of the header at `at`. */
export function termAt(view: DataView, at: number): number {
  return readU64(view, at + 16);
}

/** `EntryHeader.payloadCrc` of the header at `at`. */
export function payloadCrcAt(view: DataView, at: number): number {
  return view.getUint32(at + 24);
}

/** The chain after one more checksum. */
export function extendChain(chain: number, crc: number): number {
  const { bytes, view } = chainArea;
  view.setUint32(0, crc);
  return crc32c(bytes, 0, 4, chain);
}

const chainArea: Area = areaOf(new Uint8Array(4));

function writeU64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value / TWO_32);
  view.setUint32(at + 4, value);
}

function readU64(view: DataView, at: number): number {
  return view.getUint32(at) * TWO_32 + view.getUint32(at + 4);
}
