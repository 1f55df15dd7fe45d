/*
 * Reads one batch of which at least one mark is intact, and says of each part whether it is.
 *
 * From one mark everything about the other follows, so a damaged mark alone loses nothing. From the
 * mark it is also known which entries must be there: `entryCount` from `fromIndex` on. An entry
 * whose header is damaged hides where the next one begins; the next intact header, found by its
 * checksum and its index, tells.
 */
import { crc32c } from '@quorate/transport/codec';

import {
  areaOf,
  ENTRY_HEADER_BYTES,
  extendChain,
  type FoundMark,
  isEntryHeader,
  logIndexAt,
  MARK_BYTES,
  padded,
  payloadBytesAt,
  payloadCrcAt,
  termAt,
  UNIT_BYTES,
  writeMark,
} from './log-format.ts';
import { NOWHERE } from './log-index.ts';
import type { MarkPlace, SegmentScan } from './segment-scan.ts';

/** An entry of a batch that is not intact. */
export interface BrokenEntry {
  readonly logIndex: number;
  readonly offset: number;
  readonly reason: string;
}

/** A batch as it was found. */
export interface ScannedBatch extends MarkPlace {
  readonly hasOpening: boolean;
  readonly hasClosing: boolean;
  /** Position in units and term of each entry; `NOWHERE` if broken, NaN if not known. */
  readonly units: Uint32Array;
  readonly terms: Float64Array;
  readonly broken: readonly BrokenEntry[];
  /** Undefined if the batch carries none, or if both copies are damaged. */
  readonly metadata: Uint8Array | undefined;
  readonly isMetadataLost: boolean;
  /** Whether one copy of the metadata is damaged. */
  readonly isMetadataWorn: boolean;
  /** The chain before the batch, if known. */
  readonly previousChain: number | undefined;
  /** The chain after the batch; undefined if it cannot be known. */
  readonly chain: number | undefined;
}

/** Whether everything the batch says can be trusted and read. */
export function isWhole(batch: ScannedBatch): boolean {
  return batch.broken.length === 0 && !batch.isMetadataLost;
}

/**
 * Reads the batch at `place`.
 *
 * @param previousChain - The chain before it, if known and if its opening mark is damaged.
 */
export async function readBatch(
  scan: SegmentScan,
  place: MarkPlace,
  previousChain: number | undefined,
): Promise<ScannedBatch> {
  const { start, end, mark } = place;
  const metadataBytes = padded(mark.metadataBytes ?? 0);
  const entriesStart = start + MARK_BYTES + metadataBytes;
  const entriesEnd = end - MARK_BYTES - metadataBytes;

  const chainBefore = mark.kind === 'opening' ? mark.chain : previousChain;
  const body = new BodyScan(scan, mark, chainAfterOpening(scan, place, chainBefore));
  await body.read(entriesStart, entriesEnd);
  const copies = await readMetadata(scan, mark, [start + MARK_BYTES, entriesEnd]);
  const closing = mark.kind === 'closing' ? mark : await closingOf(scan, place);
  if (closing !== undefined && body.chain !== undefined && closing.chain !== body.chain) {
    body.breakAll(entriesStart, 'the parts of its batch do not belong together');
  }
  return {
    ...place,
    ...copies,
    hasOpening: mark.kind === 'opening' && !place.isTagless,
    hasClosing: closing !== undefined,
    units: body.units,
    terms: body.terms,
    broken: body.broken,
    previousChain: chainBefore,
    chain: closing?.chain ?? body.chain,
  };
}

/** The chain after the opening mark, which is computed anew and so need not be intact. */
function chainAfterOpening(
  scan: SegmentScan,
  { mark, start }: MarkPlace,
  previousChain: number | undefined,
): number | undefined {
  if (previousChain === undefined) return undefined;
  const opening = { ...mark, kind: 'opening', chain: previousChain } as const;
  return extendChain(previousChain, writeMark(scratch, 0, opening, scan.seed, start));
}

const scratch = areaOf(new Uint8Array(MARK_BYTES));

async function closingOf(scan: SegmentScan, place: MarkPlace): Promise<FoundMark | undefined> {
  const found = await scan.markAt(place.end - MARK_BYTES);
  return found?.mark.kind === 'closing' && found.start === place.start ? found.mark : undefined;
}

async function readMetadata(
  scan: SegmentScan,
  mark: FoundMark,
  offsets: readonly number[],
): Promise<Pick<ScannedBatch, 'metadata' | 'isMetadataLost' | 'isMetadataWorn'>> {
  const { metadataBytes, metadataCrc } = mark;
  if (metadataBytes === undefined) {
    return { metadata: undefined, isMetadataLost: false, isMetadataWorn: false };
  }
  let metadata: Uint8Array | undefined;
  let intactCount = 0;
  for (const offset of offsets) {
    if (!(await scan.window.load(offset, metadataBytes))) continue;
    const at = scan.window.at(offset);
    const { bytes } = scan.window.area;
    if (crc32c(bytes, at, at + metadataBytes) !== metadataCrc) continue;
    metadata ??= bytes.slice(at, at + metadataBytes);
    intactCount += 1;
  }
  const isMetadataLost = intactCount === 0;
  return { metadata, isMetadataLost, isMetadataWorn: intactCount === 1 };
}

/** Reads the entries of one batch. */
class BodyScan {
  readonly units: Uint32Array;
  readonly terms: Float64Array;
  readonly broken: BrokenEntry[] = [];
  chain: number | undefined;
  readonly #scan: SegmentScan;
  readonly #fromIndex: number;

  constructor(scan: SegmentScan, mark: FoundMark, chain: number | undefined) {
    this.#scan = scan;
    this.#fromIndex = mark.fromIndex;
    this.units = new Uint32Array(mark.entryCount);
    this.terms = new Float64Array(mark.entryCount);
    this.chain = chain;
  }

  async read(start: number, end: number): Promise<void> {
    const { window } = this.#scan;
    let at = start;
    for (let position = 0; position < this.units.length;) {
      if (!window.holds(at, ENTRY_HEADER_BYTES)) await window.load(at, ENTRY_HEADER_BYTES);
      if (!this.#isHeader(at, end, this.#fromIndex + position)) {
        const next = await this.#resume(at, end, position);
        this.#breakRange(position, next.position, at, 'its header is damaged');
        ({ at, position } = next);
        continue;
      }
      const { view } = window.area;
      const place = window.at(at);
      const payloadBytes = payloadBytesAt(view, place);
      this.terms[position] = termAt(view, place);
      this.units[position] = at / UNIT_BYTES;
      if (this.chain !== undefined) {
        const crc = view.getUint32(place + ENTRY_HEADER_BYTES - 4);
        this.chain = extendChain(this.chain, crc);
      }
      if (!this.#hasLoadedPayload(at) && !(await this.#scan.hasIntactPayload(at))) {
        this.#breakOne(position, at, 'its payload is damaged');
      }
      at += ENTRY_HEADER_BYTES + padded(payloadBytes);
      position += 1;
    }
  }

  /** For parts that are intact one by one and were never written together. */
  breakAll(offset: number, reason: string): void {
    this.broken.length = 0;
    this.terms.fill(NaN);
    for (let position = 0; position < this.units.length; position += 1) {
      this.#breakOne(position, offset, reason);
    }
  }

  #isHeader(at: number, end: number, logIndex: number): boolean {
    const { window, seed } = this.#scan;
    if (at + ENTRY_HEADER_BYTES > end || !window.holds(at, ENTRY_HEADER_BYTES)) return false;
    const place = window.at(at);
    if (!isEntryHeader(window.area, place, seed, at)) return false;
    const { view } = window.area;
    const entryEnd = at + ENTRY_HEADER_BYTES + padded(payloadBytesAt(view, place));
    return entryEnd <= end && logIndexAt(view, place) === logIndex;
  }

  /**
   * Whether the payload is in memory as a whole, and intact: the common case, without a promise.
   */
  #hasLoadedPayload(at: number): boolean {
    const { window } = this.#scan;
    const { bytes, view } = window.area;
    const place = window.at(at);
    const payloadBytes = payloadBytesAt(view, place);
    if (!window.holds(at + ENTRY_HEADER_BYTES, payloadBytes)) return false;
    const start = place + ENTRY_HEADER_BYTES;
    return crc32c(bytes, start, start + payloadBytes) === payloadCrcAt(view, place);
  }

  /** Where reading can go on behind a damaged header at `at`, and with which entry. */
  async #resume(
    at: number,
    end: number,
    position: number,
  ): Promise<{ at: number; position: number }> {
    this.chain = undefined;
    const lastIndex = this.#fromIndex + this.units.length - 1;
    const nextIndex = this.#fromIndex + position + 1;
    const found = await this.#scan.findEntry(at + UNIT_BYTES, end, nextIndex, lastIndex);
    if (found === undefined) return { at: end, position: this.units.length };
    const { window } = this.#scan;
    const logIndex = logIndexAt(window.area.view, window.at(found));
    return { at: found, position: logIndex - this.#fromIndex };
  }

  #breakRange(from: number, to: number, offset: number, reason: string): void {
    for (let position = from; position < to; position += 1) {
      this.terms[position] = NaN;
      this.#breakOne(position, offset, reason);
    }
  }

  #breakOne(position: number, offset: number, reason: string): void {
    this.units[position] = NOWHERE;
    this.broken.push({ logIndex: this.#fromIndex + position, offset, reason });
  }
}
