import { type Codec, DecodeError } from '@quorate/transport/codec';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  commandCodec,
  type ConfigCommand,
  type ConfigResult,
  resultCodec,
  type WriteCondition,
} from '../../src/config/config-command.ts';

const revision = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constant(Number.MAX_SAFE_INTEGER));
// Everything that is text: no lone surrogates, but everything else, a byte order mark included.
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom('', '\uFEFF', '__proto__', '\u0000', '😀'),
);
const condition: fc.Arbitrary<WriteCondition> = fc.oneof(
  fc.constantFrom<WriteCondition>({ kind: 'none' }, { kind: 'absent' }, { kind: 'present' }),
  revision.map((at): WriteCondition => ({ kind: 'revision', revision: at })),
);
const command: fc.Arbitrary<ConfigCommand> = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), key: text, value: text, condition }),
  fc.record({ kind: fc.constant('delete' as const), key: text, condition }),
);
const result: fc.Arbitrary<ConfigResult> = fc.oneof(
  fc.record({ kind: fc.constant('written' as const), revision, isNew: fc.boolean() }),
  fc.record({
    kind: fc.constant('mismatch' as const),
    currentRevision: fc.option(revision, { nil: undefined }),
  }),
  fc
    .constantFrom('deleted', 'missing', 'storeFull', 'malformed')
    .map((kind): ConfigResult => ({ kind })),
);

/** What holds for every codec: it keeps what it is given, and survives what it is not. */
function describeCodec<Message>(
  name: string,
  codec: Codec<Message>,
  message: fc.Arbitrary<Message>,
): void {
  describe(name, () => {
    test('decoding undoes encoding', () => {
      fc.assert(
        fc.property(message, (original) => {
          expect(codec.decode(codec.encode(original))).toEqual(original);
        }),
      );
    });

    test('bytes that are cut off, flipped or made up decode to a value or a DecodeError', () => {
      fc.assert(
        fc.property(message, fc.nat(), fc.nat(7), (original, place, bit) => {
          const bytes = codec.encode(original);
          const flipped = bytes.slice();
          flipped[place % bytes.length] = (flipped[place % bytes.length] ?? 0) ^ (1 << bit);
          for (const damaged of [bytes.subarray(0, place % bytes.length), flipped]) {
            expectValueOrDecodeError(codec, damaged);
          }
        }),
      );
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
          expectValueOrDecodeError(codec, bytes);
        }),
      );
    });
  });
}

function expectValueOrDecodeError<Message>(codec: Codec<Message>, bytes: Uint8Array): void {
  try {
    codec.decode(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
  }
}

describeCodec('commands', commandCodec, command);
describeCodec('results', resultCodec, result);
