import { InsertedText } from '../log/inserted-text.ts';
import { IN_TEXT, MARK, REVOKE } from '../log/operation-kind.ts';
import type { Value } from '../log/value.ts';
import { authorshipsIn, type TextAuthorship } from '../text/text-history.ts';
import { partsOf, type TextMarks } from '../text/text-marks.ts';
import { TextState } from '../text/text-state.ts';
import { withUndo } from '../text/revocations.ts';
import { revocable } from '../text/text-undo.ts';
import { corrupt } from '../wire/byte-reader.ts';
import { Container, type Operation, TEXT } from './container.ts';
import type { StateReader, StateWriter } from './state-file.ts';

/** What marks are made of. */
export type MarkParts = readonly [
  state: TextState,
  trimmed: readonly Value[],
  isRevoked: (lv: number) => boolean,
];

/** A text of a document: the engine of texts, over the log that it shares with all else. */
export class TextContainer extends Container {
  readonly type: number = TEXT;
  #text: TextState | undefined = undefined;
  #marks: TextMarks | undefined = undefined;
  /** Marks on the text after which the history begins. */
  #trimmedMarks: readonly Value[] = [];

  reset(): void {
    this.#text = undefined;
    this.#marks = undefined;
    this.#trimmedMarks = [];
  }

  /** The text, once an event has named it. */
  get state(): TextState | undefined {
    if (this.lv === -2) return undefined;
    return (this.#text ??= new TextState(this.host.graph, this.host.log, this.lv, '', withUndo));
  }

  /** Units of UTF-16. */
  get length(): number {
    return this.#text?.length ?? 0;
  }

  /** Inserts text; arguments are checked by the engine. */
  insert(position: number, text: string): void {
    this.host.edit(() => {
      this.host.attach(this);
      this.#insert(position, text);
    });
  }

  /** Deletes text; arguments are checked by the engine. */
  delete(position: number, count: number): void {
    this.host.edit(() => {
      this.host.attach(this);
      this.#delete(position, count);
    });
  }

  /** Marks text, see `markOf`; the range is checked by the engine. */
  mark(start: number, end: number, value: Value): void {
    const { state } = this;
    if (state === undefined) throw new RangeError(`end: expected at most 0, got ${end}`);
    state.checkRange(start, end);
    this.host.edit(() => {
      this.host.attach(this);
      this.host.append(this, MARK, 1, start, end, 0, [value]);
    });
  }

  /** All marks; `make` is called the first time that somebody asks. */
  marks(make: (...parts: MarkParts) => TextMarks): TextMarks | undefined {
    this.host.recall();
    const { state } = this;
    if (state === undefined) return undefined;
    this.#marks ??= make(state, this.#trimmedMarks, (lv) => this.host.isRevoked(lv));
    return this.#marks;
  }

  /** Who wrote what. */
  blame(): readonly TextAuthorship[] {
    const { state } = this;
    return state === undefined ? [] : authorshipsIn(state);
  }

  /** Brings the text up to date with events from `from` to before `to`. */
  integrate(from: number, to: number): void {
    this.host.touch(this, '');
    this.state?.integrate(from, to, this.host.onTextEdit(this));
  }

  /** Takes back what the events from `from` to before `to` did to the text. */
  undo(from: number, to: number): void {
    const { host } = this;
    host.recall();
    const { state } = this;
    if (state === undefined) return;
    // The text is not made to be there: whether it is shown is for other events to say.
    for (const { start, end } of revocable(state, from, to)) {
      const first = host.append(this, REVOKE, end - start, start, IN_TEXT, -1, []);
      this.integrate(first, first + end - start);
    }
  }

  /** The text follows in one go, after all else: see `integrate`. */
  apply({ kind }: Operation): void {
    if (kind === MARK) this.host.touchMarks(this);
  }

  revoke({ kind }: Operation): void {
    // Edits are revoked by events of the text itself, see text-undo.ts.
    if (kind === MARK) this.host.touchMarks(this);
  }

  isEmpty(): boolean {
    return this.length === 0;
  }

  clear(): void {
    if (this.length > 0) this.delete(0, this.length);
  }

  look(): unknown {
    return undefined;
  }

  write(into: StateWriter): void {
    into.value(this.toJSON());
    into.value(into.marksOf(this.lv));
  }

  read(from: StateReader): void {
    const text = from.value();
    if (typeof text !== 'string') throw corrupt('a text', typeof text);
    const { graph, log } = this.host;
    this.#trimmedMarks = partsOf(from.value());
    if (from.isTrimmed) {
      this.#text = new TextState(graph, log, this.lv, text, withUndo);
      return;
    }
    const units = new InsertedText();
    units.append(text);
    this.#text = new TextState(graph, log, this.lv, '', withUndo);
    this.#text.show(text, units);
  }

  toJSON(): string {
    return this.#text?.toString() ?? '';
  }

  #insert(position: number, text: string): void {
    this.host.touch(this, '');
    this.state?.insertLocal(this.host.replica, position, text);
    this.host.onTextEdit(this)?.(position, 0, text);
  }

  #delete(position: number, count: number): void {
    this.host.touch(this, '');
    this.state?.deleteLocal(this.host.replica, position, count);
    this.host.onTextEdit(this)?.(position, count, '');
  }
}
