/** A document of everything, and random edits of it. */
import { expect } from 'vitest';

import {
  type CounterSchema,
  type JsonDocument,
  type ListSchema,
  type MapSchema,
  type RecordSchema,
  schema,
  type TreeSchema,
} from '../../src/document/index.ts';

type Text = ReturnType<typeof schema.text>;
type Register = ReturnType<typeof schema.register<number>>;
type Card = MapSchema<{ readonly name: Text; readonly votes: CounterSchema }>;

const card: Card = schema.map({ name: schema.text(), votes: schema.counter() });

/** Something of everything. */
export const board: MapSchema<{
  readonly title: Text;
  readonly color: Register;
  readonly numbers: ListSchema<Register, true>;
  readonly cards: ListSchema<Card, true>;
  readonly outline: TreeSchema<Card>;
  readonly nested: RecordSchema<RecordSchema<RecordSchema<Register>>>;
  readonly notes: RecordSchema<Text>;
}> = schema.map({
  title: schema.text(),
  color: schema.register<number>(),
  numbers: schema.movableList(schema.register<number>()),
  cards: schema.movableList(card),
  outline: schema.tree(card),
  nested: schema.record(schema.record(schema.record(schema.register<number>()))),
  notes: schema.record(schema.text()),
});

/** A document of it. */
export type Board = JsonDocument<typeof board>;

/** Draws a number below the one given. */
export type Draw = (below: number) => number;

/** Draws from a list of numbers, over and over; `drawnCount` says how often. */
export function drawsFrom(draws: readonly number[]): { draw: Draw; drawnCount: () => number } {
  let next = 0;
  return {
    draw: (below) => {
      next += 1;
      return ((draws[next % draws.length] ?? 0) + next * 7919) % below;
    },
    drawnCount: () => next,
  };
}

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

/** Makes one edit somewhere. */
export function edit(document: Board, draw: Draw): void {
  const action = draw(5);
  if (action === 0) editText(document.root.title, draw);
  else if (action === 1) editNumbers(document, draw);
  else if (action === 2) editCards(document, draw);
  else if (action === 3) editOutline(document, draw);
  else editMaps(document, draw);
}
