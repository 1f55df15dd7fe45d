import { ByteWriter, DecodeError } from '@quorate/transport/codec';
import { describe, expect, test } from 'vitest';

import {
  beginEnvelope,
  ENVELOPE_BYTES,
  type Parcel,
  PARCEL_BYTES_MAX,
  readEnvelope,
  writeParcel,
} from '../../src/multi/envelope.ts';

function envelopeOf(parcels: readonly Parcel[]): Uint8Array {
  const writer = new ByteWriter();
  beginEnvelope(writer);
  for (const [place, parcel] of parcels.entries()) {
    writeParcel(writer, parcel, parcels[place - 1]?.groupId);
  }
  return writer.finish();
}
const parcel = (groupId: string, ...payload: number[]): Parcel => {
  return { groupId, protocol: 'raft', payload: Uint8Array.from(payload) };
};

describe('an envelope', () => {
  test('is read as it was written', () => {
    const parcels = [parcel('red', 1), parcel('red'), parcel('blue', 2, 3), parcel('red', 4)];
    expect(readEnvelope(envelopeOf(parcels))).toEqual(parcels);
    expect(readEnvelope(envelopeOf([]))).toEqual([]);
  });

  test('takes no more for a parcel than is reckoned with', () => {
    const longest = {
      groupId: 'x'.repeat(64),
      protocol: 'y'.repeat(64),
      payload: new Uint8Array(9),
    };
    expect(envelopeOf([longest]).length - ENVELOPE_BYTES - 9).toBeLessThanOrEqual(PARCEL_BYTES_MAX);
  });

  test('that is cut short, of another version, or for no group, is none', () => {
    const whole = envelopeOf([parcel('red', 1, 2, 3)]);
    for (let end = 0; end < whole.length; end += 1) {
      if (end === ENVELOPE_BYTES) continue;
      expect(() => readEnvelope(whole.subarray(0, end))).toThrow(DecodeError);
    }
    const others = [Uint8Array.of(2, 40), Uint8Array.of(1, 41), Uint8Array.of(1, 40, 0, 0, 0)];
    for (const bytes of others) expect(() => readEnvelope(bytes)).toThrow(DecodeError);
  });
});
