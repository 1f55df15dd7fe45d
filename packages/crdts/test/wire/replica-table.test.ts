import { expect, test } from 'vitest';

import { CorruptBytesError } from '../../src/errors.ts';
import { CausalGraph } from '../../src/graph/causal-graph.ts';
import { ByteReader } from '../../src/wire/byte-reader.ts';
import { readReplicaTable, ReplicaTableWriter } from '../../src/wire/replica-table.ts';

function bytesOf(ids: readonly string[]): Uint8Array {
  const graph = new CausalGraph();
  const table = new ReplicaTableWriter(graph, 'whole');
  ids.forEach((id, index) => expect(table.indexOf(graph.replicaIndex(id))).toBe(index));
  return table.bytes();
}

const read = (bytes: Uint8Array): string[] => {
  const reader = new ByteReader(bytes);
  const ids = readReplicaTable(reader);
  reader.expectEnd();
  return ids;
};

test('ids of any kind come back in their order', () => {
  const ids = ['AAAAAAAA', '________', 'ann', 'b_-9Zz0A', 'a long one, with a ü', 'AAAAAAAB'];
  expect(read(bytesOf(ids))).toEqual(ids);
  expect(read(bytesOf([]))).toEqual([]);
});

test('random ids take seven bytes, ids that are counted up one or two', () => {
  expect(bytesOf(['x7Yq_0aB', 'Q9-kLm2c', 'eR4tZ_8w']).length).toBe(1 + 3 * 7);
  const counted = Array.from({ length: 100 }, (_, at) => `rep${String(at).padStart(5, '0')}`);
  expect(bytesOf(counted).length).toBeLessThan(8 + 2 * 100);
});

test('an id that comes twice, is too large, or is told in another way, is refused', () => {
  for (const bytes of [
    [2, 2, 1, 2],
    [1, 1],
    [1, 0, 8, ...new Array<number>(8).fill(65)],
    [3, 2, 0, 1, 97, 0, 1, 97],
    [200, 1, 2],
    [1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
  ]) {
    expect(() => read(Uint8Array.from(bytes))).toThrow(CorruptBytesError);
  }
});
