/**
 * Our texts against those of Loro.
 *
 * Compared: what each replica reads after each step, where a step is an insertion, a deletion, or
 * one replica sending what another lacks, with the same ids in the same order.
 *
 * They must be the same, with any number of replicas: to both an edit is a position in the text
 * that its author saw, so that its origins are the visible character before and whatever stands
 * after it, deleted or not. Both order what is concurrent by Fugue (Weidner and Kleppmann, "The Art
 * of the Fugue", 2023), and in both the lower id goes first among siblings.
 */
import fc from 'fast-check';
import { LoroDoc, type LoroText } from 'loro-crdt';
import { expect, test } from 'vitest';

import { TextDocument } from '../../src/text/text-document.ts';
import { doStep, type EditedText, editSteps, sendUpdates } from '../support/edit-steps.ts';

class PeerText implements EditedText {
  readonly doc = new LoroDoc();
  readonly #text: LoroText = this.doc.getText('text');

  constructor(peer: number) {
    this.doc.setPeerId(BigInt(peer));
  }

  get length(): number {
    return this.#text.length;
  }

  insert(position: number, text: string): void {
    this.#text.insert(position, text);
  }

  delete(position: number, count: number): void {
    this.#text.delete(position, count);
  }

  toString(): string {
    return this.#text.toString();
  }
}

test.each([2, 3, 4])('%i replicas read at each step what as many peers of Loro read', (count) => {
  fc.assert(
    fc.property(editSteps(count, 60), (steps) => {
      const ids = Array.from({ length: count }, (_, index) => index + 1);
      const ours = ids.map((id) => new TextDocument({ replicaId: String(id) }));
      const theirs = ids.map((peer) => new PeerText(peer));
      for (const step of steps) {
        doStep(ours, step, sendUpdates);
        doStep(theirs, step, (from, to) => {
          from.doc.commit();
          to.doc.import(from.doc.export({ mode: 'update', from: to.doc.version() }));
        });
        expect(ours.map(String)).toEqual(theirs.map(String));
      }
    }),
    { numRuns: 150 },
  );
});
