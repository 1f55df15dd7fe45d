/*
 * Space that was made ready and never written.
 *
 * A crash may leave any sector of the last write as it was before. If it was zeros, a payload of
 * zeros looks the same, and a damaged entry with such a payload would pass for a write cut short
 * and be dropped. So unused space holds a word that no payload holds by chance, different in every
 * sector and segment, and finding one inside a batch proves that the batch was not fully written.
 *
 * Filling ahead pays twice: overwriting blocks that the file already has is all a later sync must
 * make durable, while a file that grows makes each sync write the file's own bookkeeping as well.
 */
import type { Area } from './log-format.ts';

const SECTOR_BYTES = 512;
const WORD_BYTES = 8;

/** Fills `area`, which will lie at `offset` in the segment with this seed. Both multiples of 8. */
export function fillUnwritten({ bytes, view }: Area, seed: number, offset: number): void {
  for (let at = 0; at < bytes.length;) {
    const sector = Math.floor((offset + at) / SECTOR_BYTES);
    const [high, low] = [highWord(seed, sector), lowWord(seed, sector)];
    const end = Math.min(bytes.length, (sector + 1) * SECTOR_BYTES - offset);
    for (; at < end; at += WORD_BYTES) {
      view.setUint32(at, high);
      view.setUint32(at + 4, low);
    }
  }
}

/** Whether the eight bytes at `at` in the area, `offset` in the segment, were never written. */
export function isUnwritten(view: DataView, at: number, seed: number, offset: number): boolean {
  const sector = Math.floor(offset / SECTOR_BYTES);
  return (
    view.getUint32(at) === highWord(seed, sector) &&
    view.getUint32(at + 4) === lowWord(seed, sector)
  );
}

/**
 * Whether the first four of these bytes were never written: what is left of a word in which a write
 * was torn. For single words only; of many, one is so by chance.
 */
export function isHalfUnwritten(view: DataView, at: number, seed: number, offset: number): boolean {
  return view.getUint32(at) === highWord(seed, Math.floor(offset / SECTOR_BYTES));
}

function highWord(seed: number, sector: number): number {
  return mix(seed ^ Math.imul(sector, 0x9e37_79b1));
}

function lowWord(seed: number, sector: number): number {
  return mix(Math.imul(seed, 0x85eb_ca6b) + sector);
}

/** The finalizer of MurmurHash3: every input bit changes about half of the output bits. */
function mix(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85eb_ca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
