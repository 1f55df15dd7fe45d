import { ScalableFilter } from '../scalable.ts';
import { layersOf, readShapes, writeShapes } from './bloom-layers.ts';
import { readDouble, writeDouble } from './double.ts';
import { bytesOfWords, encodeFilter, madeOf, openFilter } from './filter-format.ts';

/** `filter` as bytes, checksum, hash function and seed included; its layers and some 50 bytes. */
export function encodeScalable(filter: ScalableFilter): Uint8Array {
  const { itemCount, falsePositiveRate, layerCountMax, layers, lastCount } = filter.parts;
  return encodeFilter({
    kind: filter.kind,
    hasher: filter.hasher,
    parameters: (writer) => {
      writer.varint(itemCount);
      writeDouble(writer, falsePositiveRate);
      writer.u8(layerCountMax);
      writer.varint(lastCount);
      writeShapes(writer, layers);
    },
    body: layers.map((layer) => bytesOfWords(layer.words)),
  });
}

/**
 * The filter that `encodeScalable` wrote: it grows on from where it was.
 *
 * @param bytes - Copied.
 * @throws DecodeError if they are anything else; nothing was allocated for what they claim.
 *
 * @remarks Layers must have the rate that is claimed. So the next layer, too, is not much more than
 *   twice as large as bytes that were there, whoever made them up.
 */
export function decodeScalable(bytes: Uint8Array): ScalableFilter {
  const { hasher, parameters, body } = openFilter(bytes, 'scalable');
  const itemCount = parameters.varint();
  const falsePositiveRate = readDouble(parameters);
  const layerCountMax = parameters.u8();
  const lastCount = parameters.varint();
  const shapes = readShapes(parameters);
  parameters.expectEnd();
  const layers = layersOf(body, shapes, hasher);
  const sizing = { itemCount, falsePositiveRate, layerCountMax };
  return madeOf(() => new ScalableFilter({ ...sizing, hasher, layers, lastCount }));
}
