import { Model } from 'json-joy/lib/json-crdt/index.js';
import type { ArrApi, ObjApi, StrApi } from 'json-joy/lib/json-crdt/index.js';
import { Patch } from 'json-joy/lib/json-crdt-patch/index.js';

import type { DocumentLibrary, Item, LibraryDocument, UpdateListener } from './library.ts';

/** Ids below are reserved. */
const firstSession = 100_000;

class JsonJoyDocument implements LibraryDocument {
  readonly #model: Model;
  readonly #onUpdate: UpdateListener | undefined;
  readonly #text: StrApi;
  readonly #list: ArrApi;
  readonly #map: ObjApi;
  #isInTransaction = false;

  constructor(model: Model, onUpdate: UpdateListener | undefined) {
    this.#model = model;
    this.#onUpdate = onUpdate;
    this.#text = model.api.str(['text']);
    this.#list = model.api.arr(['list']);
    this.#map = model.api.obj(['map']);
  }

  insert(position: number, text: string): void {
    this.#text.ins(position, text);
    this.#flush();
  }

  remove(position: number, count: number): void {
    this.#text.del(position, count);
    this.#flush();
  }

  text(): string {
    return this.#text.view();
  }

  insertItems(position: number, items: readonly Item[]): void {
    this.#list.ins(position, [...items]);
    this.#flush();
  }

  removeItems(position: number, count: number): void {
    this.#list.del(position, count);
    this.#flush();
  }

  items(): readonly unknown[] {
    return this.#list.view();
  }

  setKey(key: string, value: Item): void {
    this.#map.set({ [key]: value });
    this.#flush();
  }

  getKey(key: string): unknown {
    return (this.#map.view() as Record<string, unknown>)[key];
  }

  transact(action: () => void): void {
    this.#isInTransaction = true;
    action();
    this.#isInTransaction = false;
    this.#flush();
  }

  apply(update: Uint8Array): void {
    this.#model.applyPatch(Patch.fromBinary(update));
  }

  applyAll(updates: readonly Uint8Array[]): void {
    this.#model.applyBatch(updates.map((update) => Patch.fromBinary(update)));
  }

  save(): Uint8Array {
    return this.#model.toBinary();
  }

  /** Without it, the patch of what was edited would grow and never end. */
  #flush(): void {
    if (this.#isInTransaction) return;
    const patch = this.#model.api.flush();
    this.#onUpdate?.(patch.toBinary());
  }
}

/** Text, list and map of one origin, which all replicas share. */
const base = (() => {
  const model = Model.create(undefined, firstSession - 1);
  model.api.set({ text: '', list: [], map: {} });
  model.api.flush();
  return model.toBinary();
})();

const opened = (bytes: Uint8Array, replica: number): Model =>
  Model.load(bytes, firstSession + replica);

/** json-joy: documents of JSON CRDT, updates as JSON CRDT patches. */
export const library: DocumentLibrary = {
  name: 'json-joy 17.67.0',
  create: (replica, onUpdate) => new JsonJoyDocument(opened(base, replica), onUpdate),
  load: (bytes, replica) => new JsonJoyDocument(opened(bytes, replica), undefined),
};
