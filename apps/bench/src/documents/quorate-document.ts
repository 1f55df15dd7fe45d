import { JsonDocument, type Live, schema } from '@quorate/crdts/document';

import type { DocumentLibrary, Item, LibraryDocument, UpdateListener } from './library.ts';

const item = schema.register<Item>();
const root = schema.map({ text: schema.text(), list: schema.list(item), map: schema.record(item) });

/** A document with a text, a list and a map. */
class QuorateDocument implements LibraryDocument {
  readonly #document: JsonDocument<typeof root>;
  readonly #root: Live<typeof root>;

  constructor(document: JsonDocument<typeof root>, onUpdate: UpdateListener | undefined) {
    this.#document = document;
    this.#root = document.root;
    if (onUpdate !== undefined) document.onLocalUpdate(onUpdate);
  }

  insert(position: number, text: string): void {
    this.#root.text.insert(position, text);
  }

  remove(position: number, count: number): void {
    this.#root.text.delete(position, count);
  }

  text(): string {
    return this.#root.text.toString();
  }

  insertItems(position: number, items: readonly Item[]): void {
    this.#root.list.insert(position, ...items);
  }

  removeItems(position: number, count: number): void {
    this.#root.list.delete(position, count);
  }

  items(): readonly unknown[] {
    return [...this.#root.list];
  }

  setKey(key: string, value: Item): void {
    this.#root.map.set(key, value);
  }

  getKey(key: string): unknown {
    return this.#root.map.get(key);
  }

  transact(action: () => void): void {
    this.#document.transact(action);
  }

  apply(update: Uint8Array): void {
    this.#document.apply(update);
  }

  applyAll(updates: readonly Uint8Array[]): void {
    this.#document.applyAll(updates);
  }

  save(): Uint8Array {
    return this.#document.save();
  }
}

/** Ids as `randomReplicaId` makes them: eight letters. */
const optionsOf = (replica: number) => ({
  replicaId: `rep${String(replica).padStart(5, '0')}`,
  schema: root,
});

/** JsonDocument of this repository. */
export const library: DocumentLibrary = {
  name: 'JsonDocument',
  create: (replica, onUpdate) =>
    new QuorateDocument(new JsonDocument(optionsOf(replica)), onUpdate),
  load: (bytes, replica) =>
    new QuorateDocument(JsonDocument.load(bytes, optionsOf(replica)), undefined),
};
