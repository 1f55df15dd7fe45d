import { DecodeError } from '@quorate/transport/codec';
import { describe, expect, test } from 'vitest';

import { NO_TRUNCATION } from '../../src/log-format.ts';
import {
  decodeDirectory,
  encodeDirectory,
  GROUP_ID_BYTES_MAX,
  type GroupSection,
  SECTION_BYTES_MAX,
} from '../../src/shared-log/group-section.ts';

const largest = 2 ** 53 - 1;
const section: GroupSection = {
  groupId: 'red',
  isRemoval: false,
  fromIndex: 7,
  entryCount: 2,
  compactedIndex: 3,
  compactedTerm: 1,
  previousLastIndex: 6,
  truncationCount: 1,
  lowestTruncation: 5,
  metadataVersion: 4,
  previousSegment: 9,
  metadata: Uint8Array.of(1, 2),
  metadataBytes: 2,
};
const extreme: GroupSection = {
  groupId: 'x'.repeat(GROUP_ID_BYTES_MAX),
  isRemoval: true,
  fromIndex: 2 ** 53,
  entryCount: 0,
  compactedIndex: largest,
  compactedTerm: largest,
  previousLastIndex: largest,
  truncationCount: largest,
  lowestTruncation: NO_TRUNCATION,
  metadataVersion: largest,
  previousSegment: largest,
  metadata: undefined,
  metadataBytes: undefined,
};

describe('a directory', () => {
  test('is read as it was written', () => {
    const directory = { releasedBatch: 12, sections: [section, extreme] };
    expect(decodeDirectory(encodeDirectory(directory), 2)).toEqual(directory);
  });

  test('takes no more for a section than is reckoned with', () => {
    const empty = encodeDirectory({ releasedBatch: 0, sections: [] }).length;
    const one = encodeDirectory({ releasedBatch: 0, sections: [extreme] }).length;
    expect(one - empty).toBeLessThanOrEqual(SECTION_BYTES_MAX);
  });

  test('of a batch with another number of entries, or cut short, or longer, is none', () => {
    const bytes = encodeDirectory({ releasedBatch: 0, sections: [section] });
    const wrong = [bytes.subarray(0, -1), Uint8Array.of(...bytes, 0), Uint8Array.of(9, 0, 0)];
    for (const one of wrong) expect(() => decodeDirectory(one, 2)).toThrow(DecodeError);
    expect(() => decodeDirectory(bytes, 3)).toThrow(DecodeError);
  });
});
