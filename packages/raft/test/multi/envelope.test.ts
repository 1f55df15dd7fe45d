import { ByteWriter, DecodeError } from '@quorate/transport/codec';
import type { Random } from '@quorate/transport';
import { seededRandom } from '@quorate/transport/system';
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

function randomEnvelope(random: Random): Uint8Array {
  return Uint8Array.of(1, 40, ...Array.from({ length: random.int(40) }, () => random.int(256)));
}

/** Near its beginning, where ids and lengths stand. */
function flipBit(bytes: Uint8Array, random: Random): void {
  const at = 2 + random.int(Math.max(1, Math.min(bytes.length, 40) - 2));
  if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.int(8));
}

/** Whether it was read; it must be refused otherwise. */
function isReadOrRefused(bytes: Uint8Array): boolean {
  try {
    const parcels = readEnvelope(bytes);
    for (const { groupId } of parcels) expect(groupId).toMatch(/^[\w-][\w.-]{0,63}$/);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
    return false;
  }
}

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

  test.each(['../up', '.hidden', 'a/b', 'x'.repeat(65), 'grün', ' '])(
    'for %j, which names no group, is none',
    (groupId) => {
      expect(() => readEnvelope(envelopeOf([parcel('red', 1), parcel(groupId, 2)]))).toThrow(
        /^(group id|string|length)/,
      );
    },
  );

  test('of a protocol with too long a name is none', () => {
    const long = { ...parcel('red', 1), protocol: 'y'.repeat(65) };
    expect(() => readEnvelope(envelopeOf([long]))).toThrow(DecodeError);
  });

  test('with lengths up to 2^53 and beyond is none, whatever it is to have', () => {
    const head = [
      1,
      40,
      3,
      ...new TextEncoder().encode('red'),
      4,
      ...new TextEncoder().encode('raft'),
    ];
    const most = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    for (const length of [
      [...most, 0x0f],
      [...most, 0x10],
      [...most, 0xff, 0xff, 0x01],
    ]) {
      expect(() => readEnvelope(Uint8Array.of(...head, ...length))).toThrow(DecodeError);
      expect(() => readEnvelope(Uint8Array.of(1, 40, ...length))).toThrow(DecodeError);
    }
  });

  // Property: what was damaged on its way is read as some envelope, whose groups could be groups,
  // or refused as none. Nothing else is thrown.
  test('with flipped bits, or of any bytes, is read or refused', () => {
    const random = seededRandom('damaged envelopes');
    const parcels = [parcel('red', 1, 2, 3), parcel('red'), parcel('blue', ...Array(200).keys())];
    const whole = envelopeOf(parcels);
    let refusedCount = 0;
    for (let round = 0; round < 5_000; round += 1) {
      const bytes = round % 2 === 0 ? randomEnvelope(random) : whole.slice();
      for (let flips = random.int(3) + 1; flips > 0; flips -= 1) flipBit(bytes, random);
      if (!isReadOrRefused(bytes)) refusedCount += 1;
    }
    expect(refusedCount).toBeGreaterThan(1_000);
  });
});
