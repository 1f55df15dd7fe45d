import { expect, test } from 'vitest';

import { CausalGraph } from '../../src/graph/causal-graph.ts';
import { OperationLog } from '../../src/log/operation-log.ts';
import { TextState } from '../../src/text/text-state.ts';
import { writeEdit } from '../../src/wire/edit-writer.ts';
import { KeystrokeWriter } from '../../src/wire/keystroke-writer.ts';
import { seal } from '../../src/wire/seal.ts';

test('what goes on is written as it is written anew', () => {
  const graph = new CausalGraph();
  const log = new OperationLog(graph);
  const text = new TextState(graph, log);
  const ann = graph.replicaIndex('AAAAAAAA');
  const writer = new KeystrokeWriter(graph, log);
  /** What is written of the latest edit, which began at `from`; whether that took the short way. */
  const isShort = (from: number): boolean => {
    const to = graph.eventCount;
    const edit = writeEdit(graph, log, from, to) ?? new Uint8Array(0);
    const update = writer.write(from, to);
    if (update !== undefined) expect(update).toEqual(seal(edit));
    else writer.goOnAfter(to, edit);
    return update !== undefined;
  };
  expect(isShort(text.insertLocal(ann, 0, 'a'))).toBe(false);
  for (let count = 1; count <= 130; count += 1) {
    expect(isShort(text.insertLocal(ann, count % 3, 'b'.repeat(count)))).toBe(true);
  }
  expect(isShort(text.insertLocal(ann, text.length, 'c'.repeat(1_000)))).toBe(true);
  expect(isShort(text.insertLocal(ann, text.length, 'c'.repeat(1_001)))).toBe(false);
  expect(isShort(text.deleteLocal(ann, 7, 3))).toBe(true);
  for (let position = 90; position > 80; position -= 1) {
    expect(isShort(text.deleteLocal(ann, position, 1))).toBe(true);
  }
  expect(isShort(text.deleteLocal(ann, 2, 2))).toBe(true);
  expect(isShort(text.insertLocal(ann, 0, '\u00e9'))).toBe(false);
  expect(isShort(text.insertLocal(ann, 1, 'e'))).toBe(true);
  const early = text.insertLocal(ann, 1, 'e');
  text.insertLocal(ann, 0, 'f');
  expect(writer.write(early, early + 1)).toBeUndefined();
});
