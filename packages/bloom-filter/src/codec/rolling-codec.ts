import { DecodeError } from '@quorate/transport/codec';

import { RollingFilter } from '../rolling.ts';
import { layersOf, readShapes, writeShapes } from './bloom-layers.ts';
import { readDouble, writeDouble } from './double.ts';
import { bytesOfWords, encodeFilter, madeOf, openFilter } from './filter-format.ts';

/**
 * `filter` as bytes, checksum, hash function and seed included; its generations and some 50 bytes.
 *
 * @remarks The latest time that was passed in goes with it. Who reads it must pass in times that
 *   are counted from the same moment.
 */
export function encodeRolling(filter: RollingFilter): Uint8Array {
  const { windowMs, generations, newest } = filter.parts;
  return encodeFilter({
    kind: filter.kind,
    hasher: filter.hasher,
    parameters: (writer) => {
      writeDouble(writer, windowMs);
      writeDouble(writer, newest);
      writeShapes(writer, generations);
    },
    body: generations.map((generation) => bytesOfWords(generation.words)),
  });
}

/**
 * The filter that `encodeRolling` wrote: it forgets on, as time goes on.
 *
 * @param bytes - Copied.
 * @throws DecodeError if they are anything else; nothing was allocated for what they claim.
 */
export function decodeRolling(bytes: Uint8Array): RollingFilter {
  const { hasher, parameters, body } = openFilter(bytes, 'rolling');
  const windowMs = readDouble(parameters);
  const newest = readDouble(parameters);
  const shapes = readShapes(parameters);
  parameters.expectEnd();
  if (Object.is(newest, -0)) throw new DecodeError('newest: expected 0, got -0');
  const generations = layersOf(body, shapes, hasher);
  return madeOf(() => new RollingFilter({ windowMs, hasher, generations, newest }));
}
