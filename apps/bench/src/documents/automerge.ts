import {
  applyChanges,
  change,
  deleteAt,
  type Doc,
  getLastLocalChange,
  ImmutableString,
  init,
  insertAt,
  load,
  save,
  splice,
} from '@automerge/automerge';

import type { DocumentLibrary, Item, LibraryDocument, UpdateListener } from './library.ts';

interface Root {
  [key: string]: unknown;
  text: string;
  list: (Item | ImmutableString)[];
  map: Record<string, Item | ImmutableString>;
}

/** A time in it would give each process another base, which changes of others do not fit. */
const timeless = { time: 0 };

class AutomergeDocument implements LibraryDocument {
  readonly #onUpdate: UpdateListener | undefined;
  #doc: Doc<Root>;
  #draft: Doc<Root> | undefined;

  constructor(doc: Doc<Root>, onUpdate: UpdateListener | undefined) {
    this.#doc = doc;
    this.#onUpdate = onUpdate;
  }

  insert(position: number, text: string): void {
    this.#edit((draft) => splice(draft, ['text'], position, 0, text));
  }

  remove(position: number, count: number): void {
    this.#edit((draft) => splice(draft, ['text'], position, count));
  }

  text(): string {
    return this.#doc.text;
  }

  insertItems(position: number, items: readonly Item[]): void {
    this.#edit((draft) => insertAt(draft.list, position, ...items.map(kept)));
  }

  removeItems(position: number, count: number): void {
    this.#edit((draft) => deleteAt(draft.list, position, count));
  }

  items(): readonly unknown[] {
    return this.#doc.list;
  }

  setKey(key: string, value: Item): void {
    this.#edit((draft) => {
      draft.map[key] = kept(value);
    });
  }

  getKey(key: string): unknown {
    return this.#doc.map[key];
  }

  transact(action: () => void): void {
    this.#doc = change(this.#doc, timeless, (draft) => {
      this.#draft = draft;
      action();
    });
    this.#draft = undefined;
    if (this.#onUpdate === undefined) return;
    const update = getLastLocalChange(this.#doc);
    if (update !== undefined) this.#onUpdate(update);
  }

  apply(update: Uint8Array): void {
    [this.#doc] = applyChanges(this.#doc, [update]);
  }

  applyAll(updates: readonly Uint8Array[]): void {
    [this.#doc] = applyChanges(this.#doc, [...updates]);
  }

  save(): Uint8Array {
    return save(this.#doc);
  }

  #edit(edit: (draft: Doc<Root>) => void): void {
    if (this.#draft === undefined) {
      this.transact(() => {
        if (this.#draft !== undefined) edit(this.#draft);
      });
    } else {
      edit(this.#draft);
    }
  }
}

/** A string in a list or a map is a text to type in, unless it says that it is none. */
const kept = (item: Item): Item | ImmutableString =>
  typeof item === 'string' ? new ImmutableString(item) : item;

const actorOf = (replica: number): string => (replica + 1).toString(16).padStart(32, '0');

/** Text, list and map of one origin, which all replicas share. */
const base = save(
  change(init<Record<string, unknown>>({ actor: actorOf(2 ** 17) }), timeless, (draft) => {
    Object.assign(draft, { text: '', list: [], map: {} });
  }),
);

const opened = (bytes: Uint8Array, replica: number): Doc<Root> =>
  load<Root>(bytes, { actor: actorOf(replica) });

/** Automerge, in WebAssembly. */
export const library: DocumentLibrary = {
  name: 'automerge 3.5.0',
  create: (replica, onUpdate) => new AutomergeDocument(opened(base, replica), onUpdate),
  load: (bytes, replica) => new AutomergeDocument(opened(bytes, replica), undefined),
};
