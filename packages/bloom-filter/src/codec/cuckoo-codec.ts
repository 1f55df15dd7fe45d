import { DecodeError } from '@quorate/transport/codec';

import { BUCKET_COUNT_MAX, BUCKET_SLOTS, CuckooFilter } from '../cuckoo.ts';
import { encodeFilter, openFilter } from './filter-format.ts';
import { bytesOfSlots, slotsOf } from './slot-table.ts';

/** `filter` as bytes, checksum, hash function and seed included; its slots and some 20 bytes. */
export function encodeCuckoo(filter: CuckooFilter): Uint8Array {
  return encodeFilter({
    kind: filter.kind,
    hasher: filter.hasher,
    parameters: (writer) => {
      writer.varint(filter.bucketCount);
      writer.u8(filter.fingerprintBits);
    },
    body: [bytesOfSlots(filter.slots)],
  });
}

/**
 * The filter that `encodeCuckoo` wrote: keys can be added to it and removed from it as before.
 *
 * @param bytes - Copied.
 * @throws DecodeError if they are anything else; nothing was allocated for what they claim.
 *
 * @remarks Any fingerprint may lie in any bucket, and how many there are is counted, not read: no
 *   table contradicts itself.
 */
export function decodeCuckoo(bytes: Uint8Array): CuckooFilter {
  const { hasher, parameters, body } = openFilter(bytes, 'cuckoo');
  const bucketCount = parameters.varint();
  const bits = parameters.u8();
  parameters.expectEnd();
  if (bucketCount < 1 || bucketCount > BUCKET_COUNT_MAX) {
    throw new DecodeError(`bucketCount: expected 1..2^29, got ${bucketCount}`);
  }
  if (bits !== 8 && bits !== 16 && bits !== 32) {
    throw new DecodeError(`fingerprintBits: expected 8, 16 or 32, got ${bits}`);
  }
  return new CuckooFilter({ slots: slotsOf(body, BUCKET_SLOTS * bucketCount, bits), hasher });
}
