/** One replica of a text with everything that a user may have beside it. */
import { expect } from 'vitest';

import { BeforeHistoryError } from '../../src/errors.ts';
import { cursorAt } from '../../src/text/cursors.ts';
import { mark, unmark } from '../../src/text/marking.ts';
import { diff, textAt } from '../../src/text/past.ts';
import type { TextCursor } from '../../src/text/text-cursor.ts';
import { type TextChange, TextDocument } from '../../src/text/text-document.ts';
import type { Draw } from './board.ts';

const words = ['a', 'bc', 'xyz', '😀', 'é日', 'f😀g', 'long enough to be cut'];
const growths = ['none', 'before', 'after', 'both'] as const;

/** A text, a mirror of it, what arrived and was not read, and what was seen when. */
export class TextPeer {
  document: TextDocument;
  mirror: string;
  readonly inbox: Uint8Array[] = [];
  readonly seen: { readonly version: Uint8Array; readonly text: string }[] = [];
  /** Whether a part of the history was dropped at some time. */
  isShallow = false;
  cursor: TextCursor | undefined;
  readonly #name: string;
  readonly #send: (update: Uint8Array) => void;
  #life = 0;
  /** How often an editor may still correct what arrives. */
  corrections = 5;
  #unsubscribers: (() => void)[] = [];

  constructor(name: string, send: (update: Uint8Array) => void) {
    this.#name = name;
    this.#send = send;
    this.document = new TextDocument({ replicaId: this.#freshId() });
    this.mirror = '';
    this.#watch();
  }

  /** Goes on with what `bytes` hold, under a new id. */
  become(bytes: Uint8Array): void {
    for (const unsubscribe of this.#unsubscribers) unsubscribe();
    this.document = TextDocument.load(bytes, { replicaId: this.#freshId() });
    this.mirror = this.document.toString();
    this.#watch();
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
    this.seen.push({ version: this.document.encodeVersion(), text: this.document.toString() });
  }

  /** Makes one edit. */
  edit(draw: Draw): void {
    const { document } = this;
    const action = draw(8);
    const start = this.#place(draw);
    const end = this.#place(draw);
    const [from, to] = start < end ? [start, end] : [end, start];
    const word = words[draw(words.length)] ?? '';
    if (action < 4 || from === to) document.insert(start, word);
    else if (action === 4)
      document.delete(from, Math.min(to - from, 40) === to - from ? to - from : 0);
    else if (action === 5) document.replace(from, to - from, word);
    else if (action === 6) mark(document, from, to, 'bi'[draw(2)] ?? '', draw(3), growths[draw(4)]);
    else unmark(document, from, to, 'bi'[draw(2)] ?? '', growths[draw(4)]);
  }

  /** Makes edits as one, or begins to and fails. */
  transact(draw: Draw): void {
    const fails = draw(3) === 0;
    const run = (): void => {
      this.document.transact(() => {
        for (let count = draw(4); count >= 0; count -= 1) this.edit(draw);
        if (draw(4) === 0) this.read(draw);
        if (fails) throw new Error('changed my mind');
      });
    };
    if (fails) expect(run).toThrow('changed my mind');
    else run();
  }

  /** Sets the cursor somewhere. */
  place(draw: Draw): void {
    this.cursor = cursorAt(this.document, this.#place(draw), draw(2) === 0 ? 'before' : 'after');
  }

  /** What was seen is seen again, and what lies between is what differs. */
  checkPast(): void {
    const { document } = this;
    let last: (typeof this.seen)[number] | undefined;
    for (const one of this.seen) {
      try {
        expect(textAt(document, one.version)).toBe(one.text);
        if (last !== undefined) {
          expect(patched(last.text, diff(document, last.version, one.version))).toBe(one.text);
          expect(patched(one.text, diff(document, one.version, last.version))).toBe(last.text);
        }
        last = one;
      } catch (error) {
        if (!this.isShallow || !(error instanceof BeforeHistoryError)) throw error;
      }
    }
  }

  #place(draw: Draw): number {
    const at = draw(this.document.length + 1);
    const code = this.document.slice(at, at + 1).charCodeAt(0);
    const before = this.document.slice(at - 1, at).charCodeAt(0);
    return (code & 0xfc00) === 0xdc00 && (before & 0xfc00) === 0xd800 ? at - 1 : at;
  }

  #freshId(): string {
    this.#life += 1;
    // Packed and other ids have other bytes.
    const id = `${this.#name}${this.#life}`;
    return this.#life % 2 === 1 ? id : id.padEnd(8, '-');
  }

  #watch(): void {
    this.#unsubscribers = [
      this.document.onLocalUpdate(this.#send),
      this.document.onChange((change) => {
        this.#follow(change);
      }),
    ];
  }

  #follow({ origin, patches }: TextChange): void {
    this.mirror = patched(this.mirror, patches);
    if (origin === 'local' || patches.length < 2 || this.corrections === 0) return;
    // An editor that corrects what arrives.
    this.corrections -= 1;
    this.document.insert(0, 'c');
    this.document.insert(this.document.length, 'd');
  }
}

/** `text` as `patches` leave it. */
function patched(text: string, patches: TextChange['patches']): string {
  let result = text;
  for (const { position, deleteCount, inserted } of patches) {
    expect(position + deleteCount).toBeLessThanOrEqual(result.length);
    result = result.slice(0, position) + inserted + result.slice(position + deleteCount);
  }
  return result;
}
