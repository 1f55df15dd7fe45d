/**
 * Goal: whatever stands in place of a state, in a file whose checksums are right, it is understood
 * or refused by a `CorruptBytesError`, and costs no more than it is long.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { JsonDocument, mark, saveShallow, schema } from '../../src/document/index.ts';
import { CorruptBytesError, CrdtsError } from '../../src/errors.ts';
import { historyChunks } from '../../src/history/history-file.ts';
import { ByteWriter } from '../../src/wire/byte-writer.ts';
import { decodeChunks, encodeChunks } from '../../src/wire/chunks.ts';

const BASE_CHUNK = 32;
const STATE_CHUNK = 96;

const everything = schema.map({
  cards: schema.movableList(schema.record(schema.text())),
  votes: schema.counter(),
  color: schema.register<string>(),
  tree: schema.tree(schema.record(schema.register<number>())),
});

function full(): JsonDocument<typeof everything> {
  const document = new JsonDocument({ replicaId: 'ann', schema: everything });
  const { root } = document;
  root.cards.push({ name: 'one' }, { name: 'two' }, { name: 'three' }, { name: 'four' });
  for (let index = 0; index < 300; index += 1) root.color = `color ${index}`;
  root.cards.move(0, 2);
  root.cards.delete(1);
  root.votes.add(5);
  mark(root.cards.get(0)!.get('name')!, 0, 1, 'bold', true);
  const { id } = root.tree.insert({ x: 1 });
  const other = root.tree.insert({ x: 2 }, { parent: id });
  root.tree.insert({ x: 3 }, { parent: other.id });
  root.tree.delete(other.id);
  return document;
}

function chunksOf(bytes: Uint8Array): Map<number, Uint8Array> {
  return new Map(decodeChunks(bytes, new Set([...historyChunks, BASE_CHUNK, STATE_CHUNK])));
}

/** Loads a file with something else in a chunk, and asks and edits it, if it is one. */
function tryWith(bytes: Uint8Array, id: number, content: Uint8Array): void {
  const chunks = chunksOf(bytes);
  expect(chunks.has(id)).toBe(true);
  chunks.set(id, content);
  const forged = encodeChunks([...chunks]);
  try {
    const document = JsonDocument.load(forged, { replicaId: 'bob', schema: everything });
    document.toJSON();
    document.save();
    document.root.color = 'red';
    document.root.cards.push({ name: 'five' });
  } catch (error) {
    expect(error).toBeInstanceOf(CrdtsError);
  }
}

test('damage to a state is an error of its own', () => {
  const document = full();
  const files = [
    [saveShallow(document), BASE_CHUNK],
    [document.save(), STATE_CHUNK],
  ] as const;
  for (const [bytes, id] of files) {
    const content = chunksOf(bytes).get(id) ?? new Uint8Array(0);
    expect(content.length).toBeGreaterThan(50);
    for (let at = 0; at <= content.length; at += 1) tryWith(bytes, id, content.slice(0, at));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(content.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        (edits) => {
          const changed = content.slice();
          for (const [at, byte] of edits) changed[at] = byte;
          tryWith(bytes, id, changed);
        },
      ),
      { numRuns: Number(process.env['CRDTS_FUZZ_RUNS'] ?? 300) },
    );
  }
});

test('a list that claims more than it brings is refused before it is made', () => {
  const ann = new JsonDocument({ replicaId: 'ann' });
  ann.root.set('text', 'x');
  const document = JsonDocument.load(ann.save(), { replicaId: 'bob' });
  const text = 'long '.repeat(50_000);
  document.root.set('text', text);
  const bytes = saveShallow(document);
  const state = new ByteWriter();
  state.varint(1);
  state.bytes(Uint8Array.of(65, 120, 1, 2));
  state.varint(1);
  state.varint(1);
  state.varint(1);
  state.varint(16 * 2 ** 28);
  state.signed(0);
  state.varint(0);
  const chunks = chunksOf(bytes);
  chunks.set(BASE_CHUNK, state.copy());
  expect(() => JsonDocument.load(encodeChunks([...chunks]), { replicaId: 'eve' })).toThrow(
    CorruptBytesError,
  );
});

test('a state that is not what the history makes is found by verifying', () => {
  const bytes = full().save();
  const chunks = chunksOf(bytes);
  const state = chunks.get(STATE_CHUNK)?.slice() ?? new Uint8Array(0);
  const at = new TextDecoder('latin1').decode(state).indexOf('color 299');
  state[at] = 'x'.charCodeAt(0);
  chunks.set(STATE_CHUNK, state);
  const forged = encodeChunks([...chunks]);
  const options = { replicaId: 'bob', schema: everything } as const;
  expect(JsonDocument.load(forged, options).root.color).toBe('xolor 299');
  expect(() => JsonDocument.load(forged, { ...options, verify: true })).toThrow(CorruptBytesError);
  expect(JsonDocument.load(bytes, { ...options, verify: true }).root.color).toBe('color 299');
});
