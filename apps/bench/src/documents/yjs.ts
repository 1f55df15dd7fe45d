import {
  applyUpdateV2,
  type Array as SharedArray,
  Doc,
  encodeStateAsUpdateV2,
  type Map as SharedMap,
  type Text,
} from 'yjs';

import type { DocumentLibrary, Item, LibraryDocument, UpdateListener } from './library.ts';

class YjsDocument implements LibraryDocument {
  readonly #doc: Doc;
  readonly #text: Text;
  readonly #list: SharedArray<Item>;
  readonly #map: SharedMap<Item>;

  constructor(replica: number, onUpdate: UpdateListener | undefined) {
    this.#doc = new Doc();
    this.#doc.clientID = replica + 1;
    if (onUpdate !== undefined) this.#listen(onUpdate);
    this.#text = this.#doc.getText('text');
    this.#list = this.#doc.getArray('list');
    this.#map = this.#doc.getMap('map');
  }

  insert(position: number, text: string): void {
    this.#text.insert(position, text);
  }

  remove(position: number, count: number): void {
    this.#text.delete(position, count);
  }

  text(): string {
    // eslint-disable-next-line @typescript-eslint/no-base-to-string -- the text, says its manual
    return this.#text.toString();
  }

  insertItems(position: number, items: readonly Item[]): void {
    this.#list.insert(position, [...items]);
  }

  removeItems(position: number, count: number): void {
    this.#list.delete(position, count);
  }

  items(): readonly unknown[] {
    return this.#list.toArray();
  }

  setKey(key: string, value: Item): void {
    this.#map.set(key, value);
  }

  getKey(key: string): unknown {
    return this.#map.get(key);
  }

  transact(action: () => void): void {
    this.#doc.transact(action);
  }

  apply(update: Uint8Array): void {
    applyUpdateV2(this.#doc, update);
  }

  applyAll(updates: readonly Uint8Array[]): void {
    this.#doc.transact(() => {
      for (const update of updates) applyUpdateV2(this.#doc, update);
    });
  }

  save(): Uint8Array {
    return encodeStateAsUpdateV2(this.#doc);
  }

  /** It tells of what it applied, too. */
  #listen(onUpdate: UpdateListener): void {
    this.#doc.on('updateV2', (update, _origin, _doc, { local }) => {
      if (local) onUpdate(update);
    });
  }
}

/** Yjs, with its second encoding: the smaller one. */
export const library: DocumentLibrary = {
  name: 'yjs 13.6.33',
  create: (replica, onUpdate) => new YjsDocument(replica, onUpdate),
  load: (bytes, replica) => {
    const document = new YjsDocument(replica, undefined);
    document.apply(bytes);
    return document;
  },
};
