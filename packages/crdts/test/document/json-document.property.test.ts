/**
 * Goal: replicas that have exchanged everything show the same; what a listener is told is enough to
 * keep a plain copy; every version that was can be seen again.
 *
 * Method: three replicas with a schema of everything edit, undo, redo, and exchange updates in
 * random order. Each has a mirror, a plain copy that is kept up to date by changes alone and is
 * compared after every step. Now and then a version is noted, with what it showed.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { JsonDocument, schema, UndoManager } from '../../src/document/index.ts';
import { Mirror } from '../support/mirror.ts';

const card = schema.map({ name: schema.text(), votes: schema.counter() });
const board = schema.map({
  title: schema.text(),
  color: schema.register(),
  numbers: schema.movableList(schema.register<number>()),
  cards: schema.movableList(card),
  outline: schema.tree(card),
  nested: schema.record(schema.record(schema.record(schema.register<number>()))),
  notes: schema.record(schema.text()),
});
type Board = JsonDocument<typeof board>;

interface Peer {
  readonly document: Board;
  readonly manager: UndoManager;
  readonly mirror: Mirror;
}

function peer(replicaId: string): Peer {
  const document = new JsonDocument({ replicaId, schema: board });
  const mirror = new Mirror(document.toJSON());
  document.onChange(({ changes }) => mirror.apply(changes));
  return { document, manager: new UndoManager(document, { stepCountMax: 20 }), mirror };
}

type Draw = (below: number) => number;

const keys = ['a', '__proto__', ''];

function editText(text: { length: number; insert: Insert; delete: Delete }, draw: Draw): void {
  if (draw(3) > 0 || text.length === 0) text.insert(draw(text.length + 1), 'xyz'.slice(draw(3)));
  else {
    const at = draw(text.length);
    text.delete(at, 1 + draw(Math.min(4, text.length - at)));
  }
}
type Insert = (position: number, text: string) => void;
type Delete = (position: number, count: number) => void;

function editNumbers({ root }: Board, draw: Draw): void {
  const { numbers } = root;
  const { length } = numbers;
  const action = draw(5);
  if (action < 2 || length === 0) numbers.insert(draw(length + 1), draw(99), draw(99));
  else if (action === 2) numbers.delete(draw(length));
  else if (action === 3) numbers.set(draw(length), draw(99));
  else numbers.move(draw(length), draw(length));
}

function editCards({ root }: Board, draw: Draw): void {
  const { cards } = root;
  const { length } = cards;
  const action = draw(6);
  if (action === 0 || length === 0) cards.insert(draw(length + 1), { name: 'n', votes: 1 });
  else if (action === 1) cards.delete(draw(length));
  else if (action === 2) cards.move(draw(length), draw(length));
  else if (action === 3) cards.get(draw(length))?.votes.add(1 - draw(3));
  else editText(cards.get(draw(length))!.name, draw);
}

function editOutline({ root }: Board, draw: Draw): void {
  const tree = root.outline;
  const ids: (string | undefined)[] = [undefined];
  for (const id of ids) for (const child of tree.children(id)) ids.push(child.id);
  const parent = ids[draw(ids.length)];
  const id = ids[draw(ids.length)];
  const index = draw(tree.children(parent).length + 1);
  const place = parent === undefined ? { index } : { parent, index };
  const action = draw(6);
  if (action < 2 || id === undefined) tree.insert({ name: 't' }, place);
  else if (action < 4) {
    try {
      tree.move(id, parent === undefined ? {} : { parent });
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
    }
  } else if (action === 4) tree.delete(id);
  else editText(tree.get(id)!.data.name, draw);
}

function editMaps({ root }: Board, draw: Draw): void {
  const key = keys[draw(3)] ?? '';
  const action = draw(7);
  if (action === 0) root.color = draw(10);
  else if (action === 1) root.color = undefined;
  else if (action === 2) root.nested.delete(key);
  else if (action === 3) root.nested.open(key).delete(keys[draw(3)] ?? '');
  else if (action === 4) editText(root.notes.open(key), draw);
  else if (action === 5) root.notes.delete(key);
  else
    root.nested
      .open(key)
      .open(keys[draw(3)] ?? '')
      .set('n', draw(9));
}

function edit(document: Board, draw: Draw): void {
  const action = draw(5);
  if (action === 0) editText(document.root.title, draw);
  else if (action === 1) editNumbers(document, draw);
  else if (action === 2) editCards(document, draw);
  else if (action === 3) editOutline(document, draw);
  else editMaps(document, draw);
}

function exchange(from: Board, to: Board): void {
  to.applyAll(from.updatesSince(to.encodeVersion()));
}

function step(peers: readonly Peer[], draw: Draw): void {
  const { document, manager } = peers[draw(peers.length)]!;
  const action = draw(12);
  if (action < 6) edit(document, draw);
  else if (action === 6) {
    document.transact(() => {
      for (let count = draw(5); count >= 0; count -= 1) edit(document, draw);
    });
  } else if (action === 7) manager.undo();
  else if (action === 8) manager.redo();
  else exchange(peers[draw(peers.length)]!.document, document);
}

function run(draws: readonly number[]): void {
  let next = 0;
  const draw: Draw = (below) => {
    next += 1;
    return ((draws[next % draws.length] ?? 0) + next * 7919) % below;
  };
  const peers = ['b', 'a', 'c'].map(peer);
  const seen: { readonly peer: Peer; readonly version: Uint8Array; readonly json: unknown }[] = [];
  while (next < draws.length) {
    step(peers, draw);
    for (const { document, mirror } of peers) expect(mirror.json).toEqual(document.toJSON());
    const noted = peers[draw(peers.length)]!;
    if (draw(10) > 0) continue;
    const { document } = noted;
    seen.push({ peer: noted, version: document.encodeVersion(), json: document.toJSON() });
  }
  for (const from of peers) for (const to of peers) exchange(from.document, to.document);
  for (const from of peers) for (const to of peers) exchange(from.document, to.document);
  const [first] = peers;
  for (const { document, mirror } of peers) {
    expect(document.toJSON()).toEqual(first!.document.toJSON());
    expect(mirror.json).toEqual(document.toJSON());
    expect(document.encodeVersion()).toEqual(first!.document.encodeVersion());
  }
  for (const { peer: noted, version, json } of seen) {
    const past = noted.document.checkout(version, { replicaId: 'past' });
    expect(past.toJSON()).toEqual(json);
    const mirror = new Mirror(json);
    mirror.apply(noted.document.diff(version));
    expect(mirror.json).toEqual(noted.document.toJSON());
  }
}

const runs = Number(process.env['CRDTS_FUZZ_RUNS'] ?? 60);

test('replicas agree, mirrors follow, versions come back', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 1_000_000 }), { minLength: 10, maxLength: 600, size: 'max' }),
      (draws) => {
        run(draws);
      },
    ),
    { numRuns: runs },
  );
});
