/**
 * Maps of our documents against those of Loro and of Yjs.
 *
 * Loro: what each replica reads after each step of a random history, where a step sets or deletes
 * a key, or one replica sends another what it lacks. It must be the same, for both give a key to
 * the write with the highest (Lamport time, replica), and count one for each write. Values are new
 * each time, since Loro takes a write of the same value for none.
 *
 * Yjs: what all read after rounds in each of which every replica sets one key and all exchange what
 * they have. It must be the same then: of writes that do not know of each other Yjs prefers the
 * higher replica, however many writes it has seen, which is our order among equal Lamport times. A
 * deletion is no write to Yjs, and loses against what it has not seen; there is none.
 */
import fc from 'fast-check';
import { LoroDoc } from 'loro-crdt';
import { expect, test } from 'vitest';
import { applyUpdate, Doc, encodeStateAsUpdate } from 'yjs';

import { JsonDocument } from '../../src/document/json-document.ts';

type Write =
  | { readonly kind: 'set'; readonly key: string; readonly value: number }
  | { readonly kind: 'delete'; readonly key: string };

/** A map at one replica, of any library. */
interface WrittenMap {
  has(key: string): boolean;
  set(key: string, value: number): void;
  delete(key: string): void;
}

function write(map: WrittenMap, one: Write): void {
  if (one.kind === 'set') map.set(one.key, one.value);
  else if (map.has(one.key)) map.delete(one.key);
}

const key = fc.constantFrom('a', 'b', '', 'constructor');

function writes(value: fc.Arbitrary<number>): fc.Arbitrary<Write> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('set' as const), key, value }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), key }) },
  );
}

const ids = [1, 2, 3];
const documents = (): JsonDocument[] =>
  ids.map((id) => new JsonDocument({ replicaId: String(id) }));

function sendUpdates(from: JsonDocument, to: JsonDocument): void {
  to.applyAll(from.updatesSince(to.encodeVersion()));
}

function sendToAll(from: Doc, docs: readonly Doc[]): void {
  for (const to of docs) if (to !== from) applyUpdate(to, encodeStateAsUpdate(from));
}

const read = (json: unknown): unknown => Object.entries(json ?? {}).sort();

class LoroReplica implements WrittenMap {
  readonly doc = new LoroDoc();
  readonly #map = this.doc.getMap('map');

  constructor(peer: number) {
    this.doc.setPeerId(BigInt(peer));
  }

  has(key: string): boolean {
    return this.#map.get(key) !== undefined;
  }

  set(key: string, value: number): void {
    this.#map.set(key, value);
  }

  delete(key: string): void {
    this.#map.delete(key);
  }

  send(to: LoroReplica): void {
    this.doc.commit();
    to.doc.import(this.doc.export({ mode: 'update', from: to.doc.version() }));
  }

  toJSON(): unknown {
    return this.#map.toJSON();
  }
}

test('three replicas read at each step what three peers of Loro read', () => {
  const at = fc.nat(2);
  const step = fc.record({ at, to: fc.option(at, { freq: 2 }), write: writes(fc.constant(0)) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const ours = documents();
      const theirs = ids.map((id) => new LoroReplica(id));
      steps.forEach(({ at: from, to, write: one }, value) => {
        const [document, replica] = [ours[from]!, theirs[from]!];
        if (to === null) {
          const fresh = one.kind === 'set' ? { ...one, value } : one;
          write(document.root, fresh);
          write(replica, fresh);
        } else if (to !== from) {
          sendUpdates(document, ours[to]!);
          replica.send(theirs[to]!);
        }
        expect(ours.map((each) => read(each.toJSON()))).toEqual(
          theirs.map((each) => read(each.toJSON())),
        );
      });
    }),
    { numRuns: 100 },
  );
});

test('three replicas that set a key each round read what three replicas of Yjs read', () => {
  const set = fc.tuple(key, fc.nat(9));
  fc.assert(
    fc.property(fc.array(fc.tuple(set, set, set), { maxLength: 20 }), (rounds) => {
      const ours = documents();
      const theirs = ids.map((id) => {
        const doc = new Doc();
        doc.clientID = id;
        return doc;
      });
      for (const round of rounds) {
        round.forEach(([written, value], replica) => {
          ours[replica]!.root.set(written, value);
          theirs[replica]!.getMap<number>('map').set(written, value);
        });
        for (const from of ours) for (const to of ours) sendUpdates(from, to);
        for (const from of theirs) sendToAll(from, theirs);
        expect(ours.map((each) => read(each.toJSON()))).toEqual(
          theirs.map((each) => read(each.getMap('map').toJSON())),
        );
      }
    }),
    { numRuns: 100 },
  );
});
