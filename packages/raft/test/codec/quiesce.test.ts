import { ByteReader, ByteWriter, DecodeError } from '@quorate/transport/codec';
import { describe, expect, test } from 'vitest';

import { readQuiesce, writeQuiesce } from '../../src/codec/quiesce.ts';

describe('quiesce', () => {
  test.each([
    [0, 0],
    [7, 300],
    [2 ** 53 - 1, 2 ** 53 - 1],
  ])('of term %d up to %d is read as it was written', (term, lastLogIndex) => {
    const writer = new ByteWriter();
    writeQuiesce(writer, { kind: 'quiesce', term, lastLogIndex });
    const bytes = writer.finish();
    expect(readQuiesce(new ByteReader(bytes))).toEqual({ kind: 'quiesce', term, lastLogIndex });
    expect(() => readQuiesce(new ByteReader(bytes.subarray(0, -1)))).toThrow(DecodeError);
  });
});
