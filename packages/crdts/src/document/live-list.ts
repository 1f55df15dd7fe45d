import { type Author, authorOf } from './author.ts';
import type { ListState } from './list-state.ts';
import { insertItems, show, type Shown } from './live.ts';
import type { Infer, Schema } from './schema.ts';
import { copyValue } from '../wire/copy-value.ts';

/** A list of a document. */
export class LiveList<Item extends Schema> {
  readonly #list: ListState;
  readonly #item: Item;

  /**
   * @param list - What it shows.
   * @param item - What its elements are.
   */
  constructor(list: ListState, item: Item) {
    this.#list = list;
    this.#item = item;
  }

  /** How many elements there are. */
  get length(): number {
    return this.#list.length;
  }

  /** What is at `index`; undefined if nothing is, or nothing that the schema knows. O(log n). */
  get(index: number): Shown<Item> | undefined {
    const slot = this.#list.at(index);
    return slot === undefined ? undefined : show(slot.owner.content, this.#item);
  }

  /**
   * Inserts elements before the one at `index`.
   *
   * @throws RangeError if `index` is not 0..length; TypeError if an element is not what the schema
   *   says. Nothing has changed then.
   */
  insert(index: number, ...items: readonly Infer<Item>[]): void {
    checkIndex('index', index, this.length);
    if (items.length === 0) return;
    this.#list.host.edit(() => insertItems(this.#list, index, items, this.#item));
  }

  /** Inserts elements at the end. Throws as `insert` does. */
  push(...items: readonly Infer<Item>[]): void {
    this.insert(this.length, ...items);
  }

  /**
   * Deletes `count` elements from `index` on; they stay away, whatever others do to them meanwhile.
   *
   * @throws RangeError if they are not all there.
   */
  delete(index: number, count = 1): void {
    checkIndex('index', index, this.length);
    checkIndex('count', count, this.length - index);
    if (count > 0) this.#list.host.edit(() => this.#list.delete(index, count));
  }

  /**
   * Replaces the element at `index`: it stays the same element, wherever it is moved meanwhile. An
   * element that is a container is deleted, and a new one inserted.
   *
   * @throws RangeError, TypeError as `insert`.
   */
  set(index: number, item: Infer<Item>): void {
    checkIndex('index', index, this.length - 1);
    this.#list.host.edit(() => {
      if (this.#item.kind === 'register' || this.#item.kind === 'any') {
        this.#list.put(index, copyValue('item', item));
      } else {
        this.#list.delete(index, 1);
        insertItems(this.#list, index, [item], this.#item);
      }
    });
  }

  /** Replaces everything by `items`. Throws as `insert` does. */
  replace(items: readonly Infer<Item>[]): void {
    this.#list.host.edit(() => {
      this.delete(0, this.length);
      this.push(...items);
    });
  }

  /** Who inserted the element at `index`, and who wrote what it holds. */
  author(index: number): { readonly inserted: Author; readonly written: Author } | undefined {
    const element = this.#list.at(index)?.owner;
    if (element === undefined) return undefined;
    const { graph } = this.#list.host;
    const inserted = authorOf(graph, element.birth.lv);
    const put = element.puts?.winner;
    return { inserted, written: put === undefined ? inserted : authorOf(graph, put.lv) };
  }

  /** What the elements are, in order. */
  *[Symbol.iterator](): Iterator<Shown<Item>> {
    for (const content of this.#list.contents()) {
      const item = show(content, this.#item);
      if (item !== undefined) yield item;
    }
  }

  /** A plain copy. */
  toJSON(): unknown {
    return this.#list.toJSON();
  }
}

/** A list whose elements can be moved. */
export class LiveMovableList<Item extends Schema> extends LiveList<Item> {
  readonly #movable: ListState;

  /**
   * @param list - What it shows.
   * @param item - What its elements are.
   */
  constructor(list: ListState, item: Item) {
    super(list, item);
    this.#movable = list;
  }

  /**
   * Moves the element at `from`, so that it is at `to` then. If several move one element at once,
   * the last one wins, and it is in one place.
   *
   * @throws RangeError if one of them is not 0..length - 1.
   */
  move(from: number, to: number): void {
    checkIndex('from', from, this.length - 1);
    checkIndex('to', to, this.length - 1);
    if (from !== to) this.#movable.host.edit(() => this.#movable.move(from, to));
  }
}

/** Checks an index that may be 0..`most`. */
export function checkIndex(name: string, index: number, most: number): void {
  if (Number.isInteger(index) && index >= 0 && index <= most) return;
  throw new RangeError(`${name}: expected 0..${most}, got ${index}`);
}
