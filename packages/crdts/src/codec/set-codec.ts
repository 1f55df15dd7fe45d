import { type ByteReader, type Codec, DecodeError } from '@quorate/transport/codec';

import type { GSet } from '../plain/g-set.ts';
import type { Phase, TwoPhaseSet } from '../plain/two-phase-set.ts';
import { readMap, stateCodec, writeMap } from './state-codec.ts';

/** The codec of grow-only sets and of their deltas: the texts and their lengths. */
export const gSetCodec: Codec<GSet> = /* @__PURE__ */ stateCodec({
  tag: 0x44,
  write: (writer, state) => writeMap(writer, state, () => undefined),
  read: (reader) => readMap(reader, readText, (): true => true),
});

/** The codec of two-phase sets and of their deltas: a byte more for each element. */
export const twoPhaseSetCodec: Codec<TwoPhaseSet> = /* @__PURE__ */ stateCodec({
  tag: 0x45,
  write: (writer, state) => writeMap(writer, state, (phase) => writer.u8(PHASES.indexOf(phase))),
  read: (reader) => readMap(reader, readText, readPhase),
});

const PHASES: readonly Phase[] = ['added', 'removed'];

function readText(reader: ByteReader): string {
  return reader.string();
}

function readPhase(reader: ByteReader): Phase {
  const phase = PHASES[reader.u8()];
  if (phase === undefined) throw new DecodeError('phase: expected 0 or 1, got another one');
  return phase;
}
