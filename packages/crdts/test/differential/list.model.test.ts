/**
 * Lists of our documents against those of Loro.
 *
 * Compared: what both replicas read after each step of a random history, where a step inserts,
 * replaces or deletes an element, or one replica sends the other what it lacks.
 *
 * It must be the same for two replicas. An element goes between the visible one before it and
 * whatever stands after it; of siblings the lower replica goes first; of replacements the one with
 * the higher (Lamport time, replica) is seen. With a third replica the orders part, since Loro
 * follows Fugue and our lists FugueMax (Weidner and Kleppmann, "The Art of the Fugue", 2023). Moves
 * part, too: to Loro, a move brings back what another one deletes at that time.
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

/** Two replicas of a list with one element, in each library. */
function replicas() {
  const [left, right] = ['1', '2'].map(
    (replicaId) => new JsonDocument({ replicaId, schema: root }),
  );
  const [one, other] = [1, 2].map((peer) => new LoroReplica(peer));
  left!.root.list.insert(0, -1);
  right!.applyAll(left!.updatesSince(right!.encodeVersion()));
  one!.list.insert(0, -1);
  one!.send(other!);
  return { ours: [left!, right!], theirs: [one!, other!] } as const;
}

const step = fc.record({
  at: fc.constantFrom(0, 1),
  isSent: fc.constantFrom(true, false, false),
  edit: fc.record({
    kind: fc.constantFrom('insert' as const, 'insert' as const, 'set' as const, 'delete' as const),
    place: fc.nat(1_000_000),
  }),
});

test('two replicas read at each step what two peers of Loro read', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { ours, theirs } = replicas();
      steps.forEach(({ at, isSent, edit }, value) => {
        if (isSent) {
          ours[1 - at]!.applyAll(ours[at].updatesSince(ours[1 - at]!.encodeVersion()));
          theirs[at].send(theirs[1 - at]!);
        } else {
          doEdit(ours[at].root.list, edit, value);
          doEdit(theirs[at].list, edit, value);
        }
        expect(ours.map(({ root: { list } }) => [...list])).toEqual(
          theirs.map(({ list }) => list.toArray()),
        );
      });
    }),
    { numRuns: 150 },
  );
});
