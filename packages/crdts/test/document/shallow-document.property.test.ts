/**
 * Goal: a document that has forgotten its past, and one that has not looked at it, show what a
 * whole one shows, whatever comes later.
 *
 * Method: a few people edit a document of everything until all know all, or not. Then copies of it
 * are made: by playing the past through, from a file that has the state beside the past, and from a
 * shallow file. All get the same updates, in which people undo what they did since, and edit
 * themselves; after each step they must show the same.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  JsonDocument,
  saveShallow,
  UndoManager,
  mark,
  runs as runsOf,
} from '../../src/document/index.ts';
import { BeforeHistoryError } from '../../src/errors.ts';
import { board, type Board, type Draw, drawsFrom, edit } from '../support/board.ts';
import { Mirror } from '../support/mirror.ts';

const runs = Number(process.env['CRDTS_FUZZ_RUNS'] ?? 40);

interface Author {
  readonly document: Board;
  readonly manager: UndoManager;
}

function exchange(from: Board, to: Board): void {
  to.applyAll(from.updatesSince(to.encodeVersion()));
}

function exchangeAll(documents: readonly Board[]): void {
  for (const from of documents) for (const to of documents) exchange(from, to);
  for (const from of documents) for (const to of documents) exchange(from, to);
}

function editAs({ document, manager }: Author, draw: Draw): void {
  const action = draw(12);
  const { title } = document.root;
  if (action === 0) manager.undo();
  else if (action === 1) manager.redo();
  else if (action === 2 && title.length > 1) {
    mark(title, draw(title.length), title.length, 'b', draw(3), draw(2) === 0 ? 'none' : 'both');
  } else edit(document, draw);
}

/** What there is to see. */
function shown(document: Board): unknown {
  const { title } = document.root;
  const runs = runsOf(title).map(({ start, end, marks }) => [start, end, [...marks]]);
  return { json: document.toJSON(), runs };
}

function load(
  bytes: Uint8Array,
  replicaId: string,
  options: { readonly verify?: true } = {},
): { readonly document: Board; readonly mirror: Mirror } {
  const document: Board = JsonDocument.load(bytes, { replicaId, schema: board, ...options });
  const mirror = new Mirror(document.toJSON());
  document.onChange(({ changes }) => mirror.apply(changes));
  return { document, mirror };
}

/** Refuses nothing, or what takes back the past. */
function takes(document: Board, updates: readonly Uint8Array[]): boolean {
  try {
    document.applyAll(updates);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(BeforeHistoryError);
    return false;
  }
}

function run(draws: readonly number[], keepsUndo: boolean): void {
  const { draw, drawnCount } = drawsFrom(draws);
  const authors = ['b', 'a', 'c'].map((replicaId): Author => {
    const document: Board = new JsonDocument({ replicaId, schema: board });
    return { document, manager: new UndoManager(document, { stepCountMax: 20 }) };
  });
  const documents = authors.map(({ document }) => document);
  const [first = new JsonDocument({ replicaId: 'none', schema: board })] = documents;
  for (let color = 0; color < 300; color += 1) first.root.color = color;
  exchangeAll(documents);
  while (drawnCount() < draws.length / 2) {
    const author = authors[draw(authors.length)]!;
    if (draw(4) === 0) exchange(documents[draw(documents.length)]!, author.document);
    else editAs(author, draw);
  }
  exchangeAll(documents);
  const isSettled = draw(4) > 0;
  if (isSettled) {
    first.root.color = 1;
    exchangeAll(documents);
  }
  if (!keepsUndo) for (const { manager } of authors) manager.clear();

  const bytes = first.save();
  const whole = load(bytes, 'whole', { verify: true });
  const opened = load(bytes, 'opened');
  const shallow = load(saveShallow(first), 'shallow');
  const copies = [whole, opened, shallow];
  if (isSettled) {
    expect(() => shallow.document.updatesSince(new Uint8Array(0))).toThrow(BeforeHistoryError);
  }
  expect(shown(shallow.document)).toEqual(shown(whole.document));
  const unread = JsonDocument.load(bytes, { replicaId: 'unread', schema: board });
  expect(saveShallow(unread)).toEqual(saveShallow(whole.document));
  documents.push(shallow.document);
  let isTaken = true;
  while (drawnCount() < draws.length) {
    const author = authors[draw(authors.length)]!;
    const action = draw(6);
    if (action === 0) exchange(documents[draw(documents.length)]!, author.document);
    else if (action < 3) {
      const updates = author.document.updatesSince(shallow.document.encodeVersion());
      isTaken = takes(shallow.document, updates);
      if (!isTaken) break;
      whole.document.applyAll(updates);
      opened.document.applyAll(updates);
    } else if (action === 3) {
      edit(shallow.document, draw);
      for (const { document } of [whole, opened]) exchange(shallow.document, document);
    } else editAs(author, draw);
    // Not the marks: beside text that came back before, they can differ; see the README.
    for (const { document, mirror } of copies) {
      expect(document.toJSON()).toEqual(whole.document.toJSON());
      expect(mirror.json).toEqual(document.toJSON());
    }
    if (draw(8) > 0) continue;
    const again = load(draw(2) > 0 ? shallow.document.save() : saveShallow(shallow.document), 'z');
    expect(again.document.toJSON()).toEqual(whole.document.toJSON());
    expect(again.document.encodeVersion()).toEqual(shallow.document.encodeVersion());
    expect(load(again.document.save(), 'y').document.save()).toEqual(again.document.save());
    JsonDocument.load(opened.document.save(), { replicaId: 'verified', verify: true });
  }
  expect(shown(opened.document)).toEqual(shown(whole.document));
  if (keepsUndo || !isTaken) return;
  exchangeAll(documents);
  for (const document of documents) expect(document.toJSON()).toEqual(first.toJSON());
}

test.each([false, true])('copies agree, with undo of the past: %s', (keepsUndo) => {
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 1_000_000 }), { minLength: 10, maxLength: 500, size: 'max' }),
      (draws) => {
        run(draws, keepsUndo);
      },
    ),
    { numRuns: runs, endOnFailure: process.env['RAW'] !== undefined },
  );
});
