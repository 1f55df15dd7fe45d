/**
 * Libraries of replicated documents behind what all of them can do: a text, a list and a map in one
 * document, updates and whole documents as bytes. Nothing is done here that a program would not do
 * with the library: an adapter is as thin as it can be, or it measures itself.
 */

/** What goes into a list or a map. */
export type Item = string | number | Readonly<Record<string, string | number>>;

/** One replica of a document. */
export interface LibraryDocument {
  insert(position: number, text: string): void;
  remove(position: number, count: number): void;
  text(): string;
  insertItems(position: number, items: readonly Item[]): void;
  removeItems(position: number, count: number): void;
  items(): readonly unknown[];
  setKey(key: string, value: Item): void;
  getKey(key: string): unknown;
  /** What `action` edits is one change: one update, if somebody listens. */
  transact(action: () => void): void;
  /** Takes in one update of another replica. */
  apply(update: Uint8Array): void;
  /** Takes in many, by whatever the library has for that. */
  applyAll(updates: readonly Uint8Array[]): void;
  /** The whole document, history included where the library keeps one. */
  save(): Uint8Array;
}

/** Told the bytes of each change made here. */
export type UpdateListener = (update: Uint8Array) => void;

/** A library, and how its documents begin. */
export interface DocumentLibrary {
  /** As it stands in the report, with its version. */
  readonly name: string;
  /**
   * An empty document. All of one library begin equal, whatever a library needs for that.
   *
   * @param replica - 0..2^16-1; a replica is one of its kind.
   */
  create(replica: number, onUpdate?: UpdateListener): LibraryDocument;
  /** The document in `bytes`, ready to be read. */
  load(bytes: Uint8Array, replica: number): LibraryDocument;
}
