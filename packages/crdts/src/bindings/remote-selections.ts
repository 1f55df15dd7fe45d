import { Annotation, type Extension, type Range } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  ViewPlugin,
  type ViewUpdate,
  WidgetType,
} from '@codemirror/view';

import { rawPosition, shownPosition } from './line-breaks.ts';
import type { SharedText } from './shared-text.ts';

/** A text, and the functions that name places in it which stay with their characters. */
export interface CursorText<Text extends Pick<SharedText, 'length' | 'toString'>, Cursor> {
  readonly text: Text;
  /** The place at `position`, which stays with a neighbour: `cursorAt` of `./text`. */
  readonly cursorAt: (text: Text, position: number, side: 'before' | 'after') => Cursor;
  /** Where a place is now; below 0 if that is not known: `positionOf` of `./text`. */
  readonly positionOf: (text: Text, cursor: Cursor) => number;
}

/** Where somebody else's selection is. */
export interface RemoteSelection<Cursor> {
  /** Shown beside the caret, as text. */
  readonly name: string;
  /** `#rrggbb`; another one, or none, is one that follows from the name. */
  readonly color?: string;
  readonly anchor: Cursor;
  readonly head: Cursor;
}

/** How selections get to others and from them: over an `Awareness`, for one. */
export interface SelectionExchange<Cursor> {
  /** Tells others where this user's selection is; nothing: the editor is not in use. */
  publish(selection: { readonly anchor: Cursor; readonly head: Cursor } | undefined): void;
  /** The selections of others, as of now. */
  others(): Iterable<RemoteSelection<Cursor>>;
  /** Calls `listener` when those of others have changed. */
  onChange(listener: () => void): () => void;
}

/** Marks transactions that change nothing but what is known of others. */
const redraw = Annotation.define<true>();

/**
 * Shows the carets and selections of others, and tells them this user's.
 *
 * @param text - Such as `{ text, cursorAt, positionOf }` of a `TextDocument` and `./text`.
 *
 * @remarks
 * Style `.quorate-caret`, `.quorate-caret-name` and `.quorate-selection` as you like. Each change
 * costs O(log length) for each of the others.
 */
export function remoteSelections<Text extends Pick<SharedText, 'length' | 'toString'>, Cursor>(
  text: CursorText<Text, Cursor>,
  exchange: SelectionExchange<Cursor>,
): Extension {
  return ViewPlugin.define((view) => new SelectionView(view, text, exchange), {
    decorations: (plugin) => plugin.decorations,
  });
}

class SelectionView<Text extends Pick<SharedText, 'length' | 'toString'>, Cursor> {
  decorations: DecorationSet;
  readonly #text: Text;
  readonly #places: CursorText<Text, Cursor>;
  readonly #exchange: SelectionExchange<Cursor>;
  readonly #unsubscribe: () => void;
  #isDestroyed = false;
  #isPlanned = false;

  constructor(
    view: EditorView,
    places: CursorText<Text, Cursor>,
    exchange: SelectionExchange<Cursor>,
  ) {
    this.#text = places.text;
    this.#places = places;
    this.#exchange = exchange;
    this.decorations = this.#draw(view.state.doc.length);
    this.#unsubscribe = exchange.onChange(() => {
      this.#redrawSoon(view);
    });
  }

  update(update: ViewUpdate): void {
    const { view, docChanged, selectionSet, focusChanged } = update;
    const isTold = update.transactions.some((one) => one.annotation(redraw) === true);
    if (docChanged) this.decorations = this.decorations.map(update.changes);
    if (docChanged) this.#redrawSoon(view);
    if (isTold) this.decorations = this.#draw(view.state.doc.length);
    if (selectionSet || focusChanged) this.#publish(view);
  }

  destroy(): void {
    this.#isDestroyed = true;
    this.#unsubscribe();
    this.#exchange.publish(undefined);
  }

  /** Not from within an update of the editor, in which the text may not be what is shown. */
  #redrawSoon(view: EditorView): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    void Promise.resolve().then(() => {
      this.#isPlanned = false;
      if (!this.#isDestroyed) view.dispatch({ annotations: redraw.of(true) });
    });
  }

  #publish(view: EditorView): void {
    void Promise.resolve().then(() => {
      if (this.#isDestroyed) return;
      const { anchor, head } = view.state.selection.main;
      const raw = this.#rawOf(view.state.doc.length);
      const at = (position: number, side: 'before' | 'after'): Cursor =>
        this.#places.cursorAt(
          this.#text,
          Math.min(this.#text.length, rawPosition(raw, position)),
          side,
        );
      const isForward = anchor <= head;
      this.#exchange.publish(
        view.hasFocus
          ? {
              anchor: at(anchor, isForward ? 'before' : 'after'),
              head: at(head, isForward ? 'after' : 'before'),
            }
          : undefined,
      );
    });
  }

  #draw(length: number): DecorationSet {
    const raw = this.#rawOf(length);
    const ranges: Range<Decoration>[] = [];
    for (const { name, color, anchor, head } of this.#exchange.others()) {
      const from = this.#places.positionOf(this.#text, anchor);
      const to = this.#places.positionOf(this.#text, head);
      if (from < 0 || to < 0) continue;
      const place = (position: number): number => Math.min(length, shownPosition(raw, position));
      const [start, end] = [place(Math.min(from, to)), place(Math.max(from, to))];
      const shade = colorOf(name, color);
      const attributes = { style: `background-color: ${shade}40` };
      const selection = Decoration.mark({ class: 'quorate-selection', attributes });
      if (start < end) ranges.push(selection.range(start, end));
      const widget = new CaretWidget(name, shade);
      ranges.push(Decoration.widget({ widget, side: to < from ? -1 : 1 }).range(place(to)));
    }
    return Decoration.set(ranges, true);
  }

  /** The text, if its positions are others than those of the editor. */
  #rawOf(length: number): string {
    return length === this.#text.length ? '' : this.#text.toString();
  }
}

class CaretWidget extends WidgetType {
  readonly #name: string;
  readonly #color: string;

  constructor(name: string, color: string) {
    super();
    this.#name = name;
    this.#color = color;
  }

  override eq(other: CaretWidget): boolean {
    return other.#name === this.#name && other.#color === this.#color;
  }

  /* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call,
     @typescript-eslint/no-unsafe-member-access --
     The types of pages are not those of this package, which runs without one, too. */
  override toDOM(view: EditorView): ReturnType<WidgetType['toDOM']> {
    const page = view.dom.ownerDocument;
    const caret = page.createElement('span');
    caret.className = 'quorate-caret';
    caret.style.borderLeft = `2px solid ${this.#color}`;
    caret.style.marginLeft = '-1px';
    caret.style.marginRight = '-1px';
    const label = page.createElement('span');
    label.className = 'quorate-caret-name';
    label.style.cssText = 'position: absolute; transform: translateY(-100%); font-size: 70%';
    label.style.color = this.#color;
    // As text: a name comes from others.
    label.textContent = this.#name;
    caret.append(label);
    return caret;
  }
  /* eslint-enable */
}

/** A color that may stand in a style, whatever others sent. */
function colorOf(name: string, color = ''): string {
  if (/^#[0-9a-f]{6}$/i.test(color)) return color;
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  }
  const parts = [0, 8, 16].map((shift) => 40 + (((hash >>> shift) & 255) % 140));
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
