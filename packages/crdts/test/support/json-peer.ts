/** One replica of a board with everything that a user may have beside it. */
import { expect } from 'vitest';

import { JsonDocument, UndoManager, mark, unmark } from '../../src/document/index.ts';
import { board, type Board, type Draw, edit } from './board.ts';
import { Mirror } from './mirror.ts';

const growths = ['none', 'before', 'after', 'both'] as const;

/** A board, a mirror of it, its undo manager, what arrived and was not read, what was seen. */
export class JsonPeer {
  document: Board;
  mirror: Mirror;
  undo: UndoManager;
  readonly inbox: Uint8Array[] = [];
  readonly seen: { readonly version: Uint8Array; readonly json: unknown }[] = [];
  readonly #name: string;
  readonly #send: (update: Uint8Array) => void;
  #life = 0;
  /** How often an editor may still correct what arrives. */
  corrections = 5;
  #unsubscribers: (() => void)[] = [];

  constructor(name: string, send: (update: Uint8Array) => void) {
    this.#name = name;
    this.#send = send;
    this.document = new JsonDocument({ replicaId: this.#freshId(), schema: board });
    this.mirror = new Mirror(this.document.toJSON());
    this.undo = this.#watch();
  }

  /** Goes on with what `bytes` hold, under a new id. */
  become(bytes: Uint8Array): void {
    for (const unsubscribe of this.#unsubscribers) unsubscribe();
    this.document = JsonDocument.load(bytes, { replicaId: this.#freshId(), schema: board });
    this.mirror = new Mirror(this.document.toJSON());
    this.undo = this.#watch();
  }

  /** Reads some of what arrived, in no order. */
  read(draw: Draw): void {
    for (let count = draw(4); count >= 0 && this.inbox.length > 0; count -= 1) {
      const at = draw(this.inbox.length);
      const [update] = draw(4) === 0 ? [this.inbox[at]] : this.inbox.splice(at, 1);
      if (update !== undefined) this.document.apply(update);
    }
  }

  /** Notes what there is to see now. */
  note(): void {
    this.seen.push({ version: this.document.encodeVersion(), json: this.document.toJSON() });
  }

  /** Makes one edit. */
  edit(draw: Draw): void {
    if (draw(5) > 0) edit(this.document, draw);
    else this.#mark(draw);
  }

  /** Makes edits as one, or begins to and fails; then nothing has happened. */
  transact(draw: Draw): void {
    const { document } = this;
    const fails = draw(3) === 0;
    let before = document.toJSON();
    let version = document.encodeVersion();
    const run = (): void => {
      document.transact(() => {
        for (let count = draw(4); count >= 0; count -= 1) this.edit(draw);
        if (draw(6) === 0) {
          this.read(draw);
          before = document.toJSON();
          version = document.encodeVersion();
          for (let count = draw(4); count > 0; count -= 1) this.edit(draw);
        }
        if (fails) throw new Error('changed my mind');
      });
    };
    if (!fails) {
      run();
      return;
    }
    expect(run).toThrow('changed my mind');
    expect(document.toJSON()).toEqual(before);
    expect(document.encodeVersion()).toEqual(version);
  }

  /** What was seen is seen again, and what lies between is what differs. */
  checkPast(): void {
    for (const { version, json } of this.seen) {
      const past = this.document.checkout(version, { replicaId: 'past' });
      expect(past.toJSON()).toEqual(json);
      const mirror = new Mirror(json);
      mirror.apply(this.document.diff(version));
      expect(mirror.json).toEqual(this.document.toJSON());
    }
  }

  #mark(draw: Draw): void {
    const { title } = this.document.root;
    const from = draw(title.length + 1);
    const to = draw(title.length + 1);
    if (from >= to) {
      edit(this.document, draw);
      return;
    }
    const growth = growths[draw(4)];
    if (draw(3) > 0) mark(title, from, to, 'bi'[draw(2)] ?? '', draw(3), growth);
    else unmark(title, from, to, 'bi'[draw(2)] ?? '', growth);
  }

  #freshId(): string {
    this.#life += 1;
    const id = `${this.#name}${this.#life}`;
    return this.#life % 2 === 1 ? id : id.padEnd(8, '-');
  }

  #watch(): UndoManager {
    this.#unsubscribers = [
      this.document.onLocalUpdate(this.#send),
      this.document.onChange(({ origin, changes }) => {
        this.mirror.apply(changes);
        if (origin !== 'remote' || changes.length < 3 || this.corrections === 0) return;
        this.corrections -= 1;
        this.document.root.color = 100 + this.corrections;
        this.document.root.numbers.insert(0, this.corrections);
      }),
    ];
    return new UndoManager(this.document, { stepCountMax: 20 });
  }
}
