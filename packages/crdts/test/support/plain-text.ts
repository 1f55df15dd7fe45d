import { type Patch, patched, type SharedText } from '../../src/bindings/shared-text.ts';

/** A text that a test edits as somebody else would. */
export class PlainText implements SharedText {
  #text: string;
  readonly #listeners = new Set<(change: { readonly patches: readonly Patch[] }) => void>();
  /** All patches so far, in order. */
  readonly patches: Patch[] = [];
  #transaction: Patch[] | undefined;

  constructor(text = '') {
    this.#text = text;
  }

  get length(): number {
    return this.#text.length;
  }

  toString(): string {
    return this.#text;
  }

  replace(position: number, deleteCount: number, inserted: string): void {
    this.transact(() => {
      const isInside = position >= 0 && position + deleteCount <= this.#text.length;
      if (!isInside) throw new RangeError(`position: got ${position}`);
      if (!inserted.isWellFormed()) throw new RangeError('text: expected well-formed text');
      if (deleteCount === 0 && inserted === '') return;
      const patch = { position, deleteCount, inserted };
      this.#text = patched(this.#text, [patch]);
      this.patches.push(patch);
      this.#transaction?.push(patch);
    });
  }

  transact<Result>(edit: () => Result): Result {
    if (this.#transaction !== undefined) return edit();
    this.#transaction = [];
    try {
      return edit();
    } finally {
      const patches = this.#transaction;
      this.#transaction = undefined;
      if (patches.length > 0) for (const listener of [...this.#listeners]) listener({ patches });
    }
  }

  onChange(listener: (change: { readonly patches: readonly Patch[] }) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
