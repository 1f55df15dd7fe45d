import fc from 'fast-check';
import { expect, test } from 'vitest';

import { saveShallow } from '../../src/text/shallow-file.ts';
import { TextDocument } from '../../src/text/text-document.ts';
import { Replicas, steps } from '../support/random-edits.ts';

test('replicas that have the same events say the same, in whatever way they got them', () => {
  fc.assert(
    fc.property(steps(3, 60, 'reload'), (chosen) => {
      const replicas = new Replicas(3);
      for (const step of chosen) replicas.run(step);
      replicas.settle();
      const [first, ...others] = replicas.documents;
      for (const other of others) {
        expect(other.toString()).toBe(first!.toString());
        expect(other.encodeVersion()).toEqual(first!.encodeVersion());
        expect(other.isCoveredBy(first!.encodeVersion())).toBe(true);
        expect(other.waitingCount).toBe(0);
      }
      const late = new TextDocument({ replicaId: 'late' });
      const updates = first!.updatesSince(late.encodeVersion(), 64).reverse();
      for (const update of updates) late.apply(update);
      expect(late.toString()).toBe(first!.toString());
      expect(late.toString().isWellFormed()).toBe(true);
      expect(late.encodeVersion()).toEqual(first!.encodeVersion());
      const batch = new TextDocument({ replicaId: 'batch' });
      batch.applyAll([...replicas.updates].reverse());
      expect(batch.toString()).toBe(first!.toString());
    }),
    { numRuns: 300 },
  );
});

test('patches lead from one text to the next', () => {
  fc.assert(
    fc.property(steps(2, 40), (chosen) => {
      const replicas = new Replicas(2);
      const texts = replicas.documents.map(() => '');
      replicas.documents.forEach((document, index) => {
        document.onChange(({ patches }) => {
          for (const { position, deleteCount, inserted } of patches) {
            const text = texts[index]!;
            texts[index] = text.slice(0, position) + inserted + text.slice(position + deleteCount);
          }
        });
      });
      for (const step of chosen) {
        replicas.run(step);
        expect(texts).toEqual(replicas.documents.map(String));
      }
      replicas.settle();
      expect(texts).toEqual(replicas.documents.map(String));
    }),
    { numRuns: 200 },
  );
});

test('a document that is saved and loaded is the same, and saves the same', () => {
  fc.assert(
    fc.property(steps(3, 60, 'reload'), (chosen) => {
      const replicas = new Replicas(3);
      for (const step of chosen) replicas.run(step);
      for (const document of replicas.documents) {
        const bytes = document.save();
        const loaded = TextDocument.load(bytes, { replicaId: 'loaded' });
        expect(loaded.toString()).toBe(document.toString());
        expect(loaded.waitingCount).toBe(document.waitingCount);
        expect(loaded.encodeVersion()).toEqual(document.encodeVersion());
        expect(TextDocument.load(bytes, { replicaId: 'again' }).save()).toEqual(bytes);
        expect(loaded.updatesSince(new Uint8Array(0))).toEqual(
          document.updatesSince(new Uint8Array(0)),
        );
        expect(loaded.save()).toEqual(bytes);
      }
    }),
    { numRuns: 150 },
  );
});

test('a shallow copy goes on with all that comes after it', () => {
  fc.assert(
    fc.property(steps(2, 30), steps(3, 30), (before, after) => {
      const replicas = new Replicas(2);
      for (const step of before) replicas.run(step);
      replicas.settle();
      const bytes = saveShallow(replicas.documents[0]!);
      const shallow = TextDocument.load(bytes, { replicaId: 'shallow' });
      expect(shallow.toString()).toBe(replicas.documents[0]!.toString());
      expect(TextDocument.load(bytes, { replicaId: 'again' }).save()).toEqual(bytes);
      replicas.updates.length = 0;
      shallow.onLocalUpdate((update) => replicas.updates.push(update));
      replicas.documents.push(shallow);
      for (const step of after) replicas.run(step);
      replicas.settle();
      for (const other of replicas.documents) {
        expect(other.toString()).toBe(shallow.toString());
        expect(other.encodeVersion()).toEqual(shallow.encodeVersion());
      }
      const saved = shallow.save();
      const loaded = TextDocument.load(saved, { replicaId: 'loaded' });
      expect(loaded.toString()).toBe(shallow.toString());
      expect(loaded.encodeVersion()).toEqual(shallow.encodeVersion());
      expect(loaded.save()).toEqual(saved);
    }),
    { numRuns: 200 },
  );
});
