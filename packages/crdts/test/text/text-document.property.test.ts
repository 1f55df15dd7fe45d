import fc from 'fast-check';
import { expect, test } from 'vitest';

import { TextDocument } from '../../src/text/text-document.ts';
import { Replicas, steps } from '../support/random-edits.ts';

test('replicas that have the same events say the same, in whatever way they got them', () => {
  fc.assert(
    fc.property(steps(3, 60), (chosen) => {
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
