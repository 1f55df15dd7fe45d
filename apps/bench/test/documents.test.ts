import { describe, expect, test } from 'vitest';

import { library as automerge } from '../src/documents/automerge.ts';
import { library as jsonJoy } from '../src/documents/json-joy.ts';
import type { DocumentLibrary } from '../src/documents/library.ts';
import { library as loro } from '../src/documents/loro.ts';
import { library as quorateDocument } from '../src/documents/quorate-document.ts';
import { library as quorateText } from '../src/documents/quorate-text.ts';
import { scenario } from '../src/documents/scenarios.ts';
import { library as yjs } from '../src/documents/yjs.ts';

const libraries = [automerge, jsonJoy, loro, quorateDocument, yjs];

describe.each(libraries.map((library) => [library.name, library] as const))(
  '%s',
  (_name, library) => {
    test('edits of two replicas arrive at each other, one by one and together', () => {
      const updates: [Uint8Array[], Uint8Array[]] = [[], []];
      const left = library.create(0, (update) => void updates[0].push(update));
      const right = library.create(1, (update) => void updates[1].push(update));
      left.insert(0, 'hello');
      left.transact(() => {
        left.remove(0, 1);
        left.insert(0, 'H');
      });
      right.insertItems(0, [1, 'two', 3]);
      right.removeItems(0, 1);
      right.setKey('v', 7);

      expect(updates.map(({ length }) => length)).toEqual([2, 3]);
      for (const update of updates[1]) left.apply(update);
      right.applyAll(updates[0]);
      expect(updates.map(({ length }) => length)).toEqual([2, 3]);
      for (const document of [left, right]) expectEdited(document);
    });

    test('what was saved is loaded, and others go on with it', () => {
      const document = library.create(0);
      document.insert(0, 'Hello');
      document.insertItems(0, ['two', 3]);
      document.setKey('v', 7);

      const loaded = library.load(document.save(), 2);
      expectEdited(loaded);
      loaded.insert(5, '!');
      expect(loaded.text()).toBe('Hello!');
    });
  },
);

function expectEdited(document: ReturnType<DocumentLibrary['create']>): void {
  expect(document.text()).toBe('Hello');
  expect(document.items().map(String)).toEqual(['two', '3']);
  expect(document.getKey('v')).toBe(7);
}

test('a text alone is edited, saved and loaded as the others are', () => {
  const updates: Uint8Array[] = [];
  const left = quorateText.create(0, (update) => void updates.push(update));
  const right = quorateText.create(1);
  left.insert(0, 'hello');
  left.transact(() => {
    left.remove(0, 1);
    left.insert(0, 'H');
  });
  right.applyAll(updates);
  const loaded = quorateText.load(right.save(), 2);
  loaded.insert(5, '!');

  expect(updates).toHaveLength(2);
  expect([left, right, loaded].map((document) => document.text())).toEqual([
    'Hello',
    'Hello',
    'Hello!',
  ]);
});

test('a scenario compares its replicas and has all figures', () => {
  const sample = scenario(yjs, 'B2.1 both insert a text');

  expect(Object.keys(sample)).toEqual(['CPU', 'bytes per update', 'size', 'CPU of load']);
  expect(Object.values(sample).every((figure) => figure > 0)).toBe(true);
  expect(() => scenario(yjs, 'B9')).toThrow('no scenario B9');
});
