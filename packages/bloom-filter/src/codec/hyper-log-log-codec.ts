import { HyperLogLog } from '../sketches/hyper-log-log.ts';
import { encodeFilter, madeOf, openFilter } from './filter-format.ts';

/** `sketch` as bytes, checksum, hash function and seed included; its registers and some 20. */
export function encodeHyperLogLog(sketch: HyperLogLog): Uint8Array {
  return encodeFilter({
    kind: sketch.kind,
    hasher: sketch.hasher,
    parameters: (writer) => {
      writer.u8(sketch.precision);
    },
    body: [sketch.registers],
  });
}

/**
 * The sketch that `encodeHyperLogLog` wrote: it counts on, and can be added to others.
 *
 * @param bytes - Copied.
 * @throws DecodeError if they are anything else, or a register is higher than a hash of 64 bits can
 *   make it.
 */
export function decodeHyperLogLog(bytes: Uint8Array): HyperLogLog {
  const { hasher, parameters, body } = openFilter(bytes, 'hyper-log-log');
  const precision = parameters.u8();
  parameters.expectEnd();
  return madeOf(() => new HyperLogLog({ precision, hasher, registers: body.slice() }));
}
