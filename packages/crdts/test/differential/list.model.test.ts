/**
 * Lists of our documents against those of Loro.
 *
 * Compared: what all replicas read after each step of a random history, where a step inserts,
 * replaces or deletes an element, or one replica sends another what it lacks.
 *
 * It must be the same. An element goes between the visible one before it and whatever stands after
 * it; both follow Fugue, where of siblings the lower replica goes first; of replacements the one
 * with the higher (Lamport time, replica) is seen. Moves part: to Loro, a move brings back what
 * another one deletes at that time.
 */
import fc from 'fast-check';
import { LoroDoc, type LoroMovableList } from 'loro-crdt';
import { expect, test } from 'vitest';

import { JsonDocument } from '../../src/document/json-document.ts';
import { schema } from '../../src/document/schema.ts';

const root = schema.map({ list: schema.movableList(schema.register<number>()) });

interface Edit {
  readonly kind: 'insert' | 'set' | 'delete';
  /** Modulo what there is. */
  readonly place: number;
}

/** A list at one replica, of any library. */
interface EditedList {
  readonly length: number;
  insert(index: number, value: number): void;
  set(index: number, value: number): void;
  delete(index: number, count: number): void;
}

function doEdit(list: EditedList, { kind, place }: Edit, value: number): void {
  const { length } = list;
  if (kind === 'insert') list.insert(place % (length + 1), value);
  else if (length === 0) return;
  else if (kind === 'set') list.set(place % length, value);
  else list.delete(place % length, 1);
}

class LoroReplica {
  readonly doc = new LoroDoc();
  readonly list: LoroMovableList = this.doc.getMovableList('list');

  constructor(peer: number) {
    this.doc.setPeerId(BigInt(peer));
  }

  send(to: LoroReplica): void {
    this.doc.commit();
    to.doc.import(this.doc.export({ mode: 'update', from: to.doc.version() }));
  }
}

/** Three replicas of a list with one element, in each library. */
function replicas() {
  const ours = ['1', '2', '3'].map((replicaId) => new JsonDocument({ replicaId, schema: root }));
  const theirs = [1, 2, 3].map((peer) => new LoroReplica(peer));
  ours[0]!.root.list.insert(0, -1);
  theirs[0]!.list.insert(0, -1);
  for (const at of [1, 2]) {
    ours[at]!.applyAll(ours[0]!.updatesSince(ours[at]!.encodeVersion()));
    theirs[0]!.send(theirs[at]!);
  }
  return { ours, theirs } as const;
}

const step = fc.record({
  at: fc.nat(2),
  /** To which of the others, if it is sent. */
  sentTo: fc.constantFrom(1, 2, undefined, undefined, undefined),
  edit: fc.record({
    kind: fc.constantFrom('insert' as const, 'insert' as const, 'set' as const, 'delete' as const),
    place: fc.nat(1_000_000),
  }),
});

test('three replicas read at each step what three peers of Loro read', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { ours, theirs } = replicas();
      steps.forEach(({ at, sentTo, edit }, value) => {
        if (sentTo !== undefined) {
          const to = (at + sentTo) % 3;
          ours[to]!.applyAll(ours[at]!.updatesSince(ours[to]!.encodeVersion()));
          theirs[at]!.send(theirs[to]!);
        } else {
          doEdit(ours[at]!.root.list, edit, value);
          doEdit(theirs[at]!.list, edit, value);
        }
        expect(ours.map(({ root: { list } }) => [...list])).toEqual(
          theirs.map(({ list }) => list.toArray()),
        );
      });
    }),
    { numRuns: 150 },
  );
});
