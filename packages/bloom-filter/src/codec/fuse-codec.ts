import { DecodeError } from '@quorate/transport/codec';

import { FuseFilter, type FingerprintBits } from '../fuse/fuse-filter.ts';
import { SEGMENT_LOG_MAX, SEGMENT_LOG_MIN, slotCountOf } from '../fuse/fuse-layout.ts';
import { encodeFilter, filterKindOf, openFilter } from './filter-format.ts';
import { bytesOfSlots, slotsOf } from './slot-table.ts';

/** `filter` as bytes, checksum, hash function and seeds included; its table and some 30 bytes. */
export function encodeFuse(filter: FuseFilter): Uint8Array {
  const { itemCount, segmentLog, segmentCount, seedHigh, seedLow, table } = filter.parts;
  return encodeFilter({
    kind: filter.kind,
    hasher: filter.hasher,
    parameters: (writer) => {
      writer.varint(itemCount);
      writer.u8(segmentLog);
      writer.varint(segmentCount);
      writer.u32(seedHigh >>> 0);
      writer.u32(seedLow >>> 0);
    },
    body: [bytesOfSlots(table)],
  });
}

/**
 * The filter that `encodeFuse` wrote, of 8, 16 or 32 bits: `filterKindOf` tells which.
 *
 * @param bytes - Copied.
 * @throws DecodeError if they are anything else; nothing was allocated for what they claim.
 */
export function decodeFuse(bytes: Uint8Array): FuseFilter {
  const fingerprintBits = bitsOf(bytes);
  const { hasher, parameters, body } = openFilter(bytes, `fuse-${fingerprintBits}`);
  const itemCount = parameters.varint();
  const segmentLog = parameters.u8();
  const segmentCount = parameters.varint();
  const seedHigh = parameters.u32() | 0;
  const seedLow = parameters.u32() | 0;
  parameters.expectEnd();
  if (segmentLog < SEGMENT_LOG_MIN || segmentLog > SEGMENT_LOG_MAX) {
    throw new DecodeError(`segmentLog: expected 2..18, got ${segmentLog}`);
  }
  if (segmentCount < 1) throw new DecodeError('segmentCount: expected at least 1, got 0');
  const slotCount = slotCountOf({ segmentLog, segmentCount });
  // Each key was put right by a slot of its own.
  if (itemCount > slotCount) {
    throw new DecodeError(`itemCount: expected at most ${slotCount}, got ${itemCount}`);
  }
  const table = slotsOf(body, slotCount, fingerprintBits);
  const shape = { segmentLog, segmentCount, fingerprintBits };
  return new FuseFilter({ ...shape, itemCount, seedHigh, seedLow, table, hasher });
}

function bitsOf(bytes: Uint8Array): FingerprintBits {
  const kind = filterKindOf(bytes);
  if (kind === 'fuse-16') return 16;
  // Anything but a filter of 8 bits is refused as one.
  return kind === 'fuse-32' ? 32 : 8;
}
