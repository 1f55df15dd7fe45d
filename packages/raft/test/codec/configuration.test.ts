import { ByteWriter, DecodeError } from '@quorate/transport/codec';
import { describe, expect, test } from 'vitest';

import { configurationCodec } from '../../src/codec/configuration.ts';
import { configurationOf, emptyConfiguration } from '../../src/configuration.ts';
import { a, b, c } from '../support/lone-node.ts';

/** The bytes of any lists, right or wrong. */
function bytesOf(lists: readonly (readonly string[])[], flag = 0): Uint8Array {
  const writer = new ByteWriter();
  for (const list of lists) {
    writer.varint(list.length);
    for (const member of list) writer.string(member);
  }
  writer.u8(flag);
  return writer.finish();
}

describe('a configuration as bytes', () => {
  test.each([
    ['nobody', emptyConfiguration],
    ['voters', configurationOf([a, b, c])],
    ['learners', { ...configurationOf([a]), learners: [b, c] }],
    [
      'a joint one',
      { voters: [a], outgoingVoters: [a, b], learners: [c], nextLearners: [b], autoLeave: true },
    ],
  ])('comes back as it was: %s', (_name, configuration) => {
    expect(configurationCodec.decode(configurationCodec.encode(configuration))).toEqual(
      configuration,
    );
  });

  test.each([
    ['members without a voter', bytesOf([[], [], ['b'], []])],
    ['an order that is not sorted', bytesOf([['b', 'a'], [], [], []])],
    ['a node twice', bytesOf([['a', 'a'], [], [], []])],
    ['an empty id', bytesOf([[''], [], [], []])],
    ['a learner that votes', bytesOf([['a'], [], ['a'], []])],
    ['a learner that still votes', bytesOf([['a'], ['b'], ['b'], []])],
    ['a next learner without a joint configuration', bytesOf([['a'], [], [], ['b']])],
    ['a next learner that goes on voting', bytesOf([['a', 'b'], ['b'], [], ['b']])],
    ['a joint configuration to leave, where there is none', bytesOf([['a'], [], [], []], 1)],
    ['a flag that is none', bytesOf([['a'], [], [], []], 2)],
    ['something after its end', Uint8Array.of(...bytesOf([['a'], [], [], []]), 0)],
    ['a list that is cut off', bytesOf([['a', 'b'], [], [], []]).subarray(0, 3)],
  ])('is refused with %s', (_name, bytes) => {
    expect(() => configurationCodec.decode(bytes)).toThrow(DecodeError);
  });

  test('is refused with more members than anybody has', () => {
    const names = Array.from({ length: 1_001 }, (_, place) => String(place).padStart(4, '0'));
    expect(() => configurationCodec.decode(bytesOf([names, [], [], []]))).toThrow(/1000/);
    expect(configurationCodec.decode(bytesOf([names.slice(1), [], [], []])).voters).toHaveLength(
      1_000,
    );
  });
});
