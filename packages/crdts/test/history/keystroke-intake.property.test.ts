import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { TextDocument } from '../../src/text/text-document.ts';

const steps = fc.array(
  fc.record({
    author: fc.nat({ max: 2 }),
    at: fc.nat({ max: 99 }),
    kind: fc.constantFrom('type', 'type', 'type', 'elsewhere', 'backspace', 'delete', 'hear'),
  }),
  { maxLength: 60, size: 'max' },
);

/** Ids as `randomReplicaId` makes them: only these have the short form that is read quickest. */
const documentOf = (name: string): TextDocument => new TextDocument({ replicaId: `${name}-00000` });

test('keystrokes of several people, one by one, say the same as all of them at once', () => {
  fc.assert(
    fc.property(steps, fc.nat(), (chosen, seed) => {
      const updates: Uint8Array[] = [];
      const authors = ['an', 'bo', 'cy'].map((name) => ({
        document: documentOf(name),
        caret: 0,
        heard: 0,
      }));
      for (const { document } of authors) document.onLocalUpdate((update) => updates.push(update));
      for (const { author: index, at, kind } of chosen) {
        const author = authors[index]!;
        const { document } = author;
        if (kind === 'hear') {
          const until = author.heard + 1 + Math.floor((at / 100) * (updates.length - author.heard));
          for (const update of updates.slice(author.heard, until)) document.apply(update);
          author.heard = Math.min(until, updates.length);
          continue;
        }
        const isAway = kind !== 'type' && kind !== 'backspace';
        author.caret = Math.min(isAway ? at : author.caret, document.length);
        if (kind === 'type' || kind === 'elsewhere') {
          document.insert(author.caret, String.fromCharCode(97 + (at % 26)));
          author.caret += 1;
        } else if (kind === 'delete' && author.caret < document.length) {
          document.delete(author.caret, 1);
        } else if (kind === 'backspace' && author.caret > 0) {
          author.caret -= 1;
          document.delete(author.caret, 1);
        }
      }
      const together = documentOf('to');
      together.applyAll(updates);
      const alone = documentOf('al');
      const heard = documentOf('he');
      let text = '';
      heard.onChange(({ patches }) => {
        for (const { position, deleteCount, inserted } of patches) {
          text = text.slice(0, position) + inserted + text.slice(position + deleteCount);
        }
      });
      for (const update of updates) expect(alone.apply(update).kind).toBe('applied');
      const swapped = updates.slice();
      for (let at = 1; at < swapped.length; at += 1 + (seed % 5)) {
        [swapped[at - 1], swapped[at]] = [swapped[at]!, swapped[at - 1]!];
      }
      for (const update of swapped) heard.apply(update);
      for (const document of [alone, heard]) {
        expect(document.toString()).toBe(together.toString());
        expect(document.canonicalBytes()).toEqual(together.canonicalBytes());
      }
      expect(text).toBe(together.toString());
      for (const update of updates) expect(alone.apply(update).kind).toBe('duplicate');
    }),
    { numRuns: Number(process.env['FUZZ_RUNS'] ?? 100) },
  );
});
