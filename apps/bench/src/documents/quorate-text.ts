import { TextDocument } from '@quorate/crdts/text';

import type { DocumentLibrary, LibraryDocument, UpdateListener } from './library.ts';

/** A text alone: what an editor needs that has no other data. */
class QuorateText implements LibraryDocument {
  readonly #text: TextDocument;

  constructor(text: TextDocument, onUpdate: UpdateListener | undefined) {
    this.#text = text;
    if (onUpdate !== undefined) text.onLocalUpdate(onUpdate);
  }

  insert(position: number, text: string): void {
    this.#text.insert(position, text);
  }

  remove(position: number, count: number): void {
    this.#text.delete(position, count);
  }

  text(): string {
    return this.#text.toString();
  }

  insertItems(): void {
    throw new Error('a text has no list');
  }

  removeItems(): void {
    throw new Error('a text has no list');
  }

  items(): readonly unknown[] {
    return [];
  }

  setKey(): void {
    throw new Error('a text has no map');
  }

  getKey(): unknown {
    return undefined;
  }

  transact(action: () => void): void {
    this.#text.transact(action);
  }

  apply(update: Uint8Array): void {
    this.#text.apply(update);
  }

  applyAll(updates: readonly Uint8Array[]): void {
    this.#text.applyAll(updates);
  }

  save(): Uint8Array {
    return this.#text.save();
  }
}

/** Ids as `randomReplicaId` makes them: eight letters. */
const idOf = (replica: number): string => `rep${String(replica).padStart(5, '0')}`;

/** TextDocument of this repository. */
export const library: DocumentLibrary = {
  name: 'TextDocument',
  create: (replica, onUpdate) =>
    new QuorateText(new TextDocument({ replicaId: idOf(replica) }), onUpdate),
  load: (bytes, replica) =>
    new QuorateText(TextDocument.load(bytes, { replicaId: idOf(replica) }), undefined),
};
