/**
 * Our texts against lists of characters in Yjs.
 *
 * Compared: what each replica reads after each step, where a step is an insertion, a deletion, or
 * one replica sending all that it has to another.
 *
 * Two replicas must read the same in both libraries. Both insert between a left and a right origin,
 * the visible character before and whatever stands after it, deleted or not, and both let the lower
 * replica go first where these are the same. Where the rules of Yjs and of Fugue part, it takes a
 * third replica that continues what another has begun (Weidner and Kleppmann, "The Art of the
 * Fugue", 2023). The text type of Yjs passes over deleted characters before it inserts, which
 * moves the left origin; its array does not, so that arrays of characters are what is compared.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyUpdate, type Array as SharedArray, Doc, encodeStateAsUpdate } from 'yjs';

import { TextDocument } from '../../src/text/text-document.ts';
import {
  doStep,
  type EditedText,
  type EditStep,
  editSteps,
  sendUpdates,
} from '../support/edit-steps.ts';

class YjsText implements EditedText {
  readonly doc = new Doc();
  readonly #letters: SharedArray<string> = this.doc.getArray('letters');

  constructor(client: number) {
    this.doc.clientID = client;
  }

  get length(): number {
    return this.#letters.length;
  }

  insert(position: number, text: string): void {
    this.#letters.insert(position, Array.from(text));
  }

  delete(position: number, count: number): void {
    this.#letters.delete(position, count);
  }

  toString(): string {
    return this.#letters.toArray().join('');
  }
}

const send = (from: YjsText, to: YjsText): void =>
  applyUpdate(to.doc, encodeStateAsUpdate(from.doc));

test('two replicas read at each step what two replicas of Yjs read', () => {
  fc.assert(
    fc.property(editSteps(2, 60), (steps) => {
      const ours = ['a', 'b'].map((replicaId) => new TextDocument({ replicaId }));
      const theirs = [1, 2].map((client) => new YjsText(client));
      for (const step of steps) {
        doStep(ours, step, sendUpdates);
        doStep(theirs, step, send);
        expect(ours.map(String)).toEqual(theirs.map(String));
      }
    }),
    { numRuns: 300 },
  );
});

// Why this test? It is the difference that the other test leaves out, found with three replicas:
// Yjs puts a letter of another into what two have written backwards, which Fugue keeps together.
test('with a third replica, a run that two wrote backwards stays whole, unlike in Yjs', () => {
  const steps: readonly EditStep[] = [
    { kind: 'insert', at: 2, place: 0, text: 'y' },
    { kind: 'send', at: 2, to: 0 },
    { kind: 'insert', at: 0, place: 0, text: 'x' },
    { kind: 'insert', at: 1, place: 0, text: 'B' },
    { kind: 'send', at: 0, to: 1 },
  ];
  const ours = ['a', 'b', 'c'].map((replicaId) => new TextDocument({ replicaId }));
  const theirs = [1, 2, 3].map((client) => new YjsText(client));
  for (const step of steps) {
    doStep(ours, step, sendUpdates);
    doStep(theirs, step, send);
  }
  expect(String(theirs[1])).toBe('xBy');
  expect(String(ours[1])).toBe('Bxy');
});
