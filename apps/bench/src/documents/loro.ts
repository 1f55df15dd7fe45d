import { LoroDoc, type LoroList, type LoroMap, type LoroText } from 'loro-crdt';

import type { DocumentLibrary, Item, LibraryDocument, UpdateListener } from './library.ts';

class LoroDocument implements LibraryDocument {
  readonly #doc: LoroDoc;
  readonly #text: LoroText;
  readonly #list: LoroList;
  readonly #map: LoroMap;
  #isInTransaction = false;

  constructor(doc: LoroDoc, replica: number, onUpdate: UpdateListener | undefined) {
    this.#doc = doc;
    doc.setPeerId(BigInt(replica + 1));
    if (onUpdate !== undefined) doc.subscribeLocalUpdates(onUpdate);
    this.#text = doc.getText('text');
    this.#list = doc.getList('list');
    this.#map = doc.getMap('map');
  }

  insert(position: number, text: string): void {
    this.#text.insert(position, text);
    this.#commit();
  }

  remove(position: number, count: number): void {
    this.#text.delete(position, count);
    this.#commit();
  }

  text(): string {
    return this.#text.toString();
  }

  insertItems(position: number, items: readonly Item[]): void {
    items.forEach((item, index) => this.#list.insert(position + index, item));
    this.#commit();
  }

  removeItems(position: number, count: number): void {
    this.#list.delete(position, count);
    this.#commit();
  }

  items(): readonly unknown[] {
    return this.#list.toArray();
  }

  setKey(key: string, value: Item): void {
    this.#map.set(key, value);
    this.#commit();
  }

  getKey(key: string): unknown {
    return this.#map.get(key);
  }

  transact(action: () => void): void {
    this.#isInTransaction = true;
    action();
    this.#isInTransaction = false;
    this.#commit();
  }

  apply(update: Uint8Array): void {
    this.#doc.import(update);
  }

  applyAll(updates: readonly Uint8Array[]): void {
    this.#doc.importBatch([...updates]);
  }

  save(): Uint8Array {
    return this.#doc.export({ mode: 'snapshot' });
  }

  #commit(): void {
    if (!this.#isInTransaction) this.#doc.commit();
  }
}

/** Loro, in WebAssembly. */
export const library: DocumentLibrary = {
  name: 'loro-crdt 1.17.1',
  create: (replica, onUpdate) => new LoroDocument(new LoroDoc(), replica, onUpdate),
  load: (bytes, replica) => new LoroDocument(LoroDoc.fromSnapshot(bytes), replica, undefined),
};
