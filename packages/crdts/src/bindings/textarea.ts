/**
 * A textarea that shows a shared text.
 *
 * @packageDocumentation
 */
import { rawPosition, shownPosition, shownText } from './line-breaks.ts';
import {
  differenceOf,
  mappedPosition,
  type Patch,
  patched,
  type SharedText,
  survivingRanges,
  type UndoControl,
} from './shared-text.ts';

export { type Patch, type SharedText, sharedTextOf, type UndoControl } from './shared-text.ts';

/** What a binding reads of an event; every event of a browser is one. */
export interface EventLike {
  /** What an input is, such as 'historyUndo'. */
  readonly inputType?: string;
  /** Which key, with what is held. */
  readonly key?: string;
  /** Whether it is held. */
  readonly ctrlKey?: boolean;
  /** Whether it is held. */
  readonly metaKey?: boolean;
  /** Whether it is held. */
  readonly altKey?: boolean;
  /** Whether it is held. */
  readonly shiftKey?: boolean;
  /** Keeps the browser from doing what it usually does. */
  preventDefault(): void;
}

/** What a binding needs of an element: `HTMLTextAreaElement` has it, and so has a text input. */
export interface TextareaLike {
  /** What it shows, with one kind of line break. */
  value: string;
  /** How far it is scrolled. */
  scrollTop: number;
  /** Where the selection begins. */
  readonly selectionStart: number | null;
  /** Where the selection ends. */
  readonly selectionEnd: number | null;
  /** At which end the caret is. */
  readonly selectionDirection: 'forward' | 'backward' | 'none' | null;
  /** Sets all three. */
  setSelectionRange(start: number, end: number, direction?: 'forward' | 'backward' | 'none'): void;
  /** Calls `listener` with each event of a type. */
  addEventListener(type: string, listener: (event: EventLike) => void): void;
  /** Ends that. */
  removeEventListener(type: string, listener: (event: EventLike) => void): void;
}

/** What is bound besides the text. */
export interface TextareaOptions {
  /**
   * Takes the place of the browser's own undo, which knows nothing of the others. Without it undo
   * of the browser is bound as any other edit, and forgets everything when a remote edit arrives.
   */
  readonly undo?: UndoControl;
}

/**
 * Shows `text` in `element`, and takes what the user does there for edits of the text.
 *
 * @returns Ends it. The element keeps what it shows.
 *
 * @remarks
 * The user's caret and selection stay with the characters they stand at. Every kind of input is
 * taken, typed, pasted, dropped or composed: what has changed is found by comparing, O(length) for
 * each input. Until a composition ends, its text is not shared, and what the others do is not
 * shown: changing the element would end the composition.
 */
export function bindTextarea(
  element: TextareaLike,
  text: SharedText,
  options: TextareaOptions = {},
): () => void {
  const binding = new TextareaBinding(element, text, options);
  return () => {
    binding.release();
  };
}

type Listener = readonly [type: string, listener: (event: EventLike) => void];

class TextareaBinding {
  readonly #element: TextareaLike;
  readonly #text: SharedText;
  readonly #undo: UndoControl | undefined;
  readonly #unsubscribe: () => void;
  readonly #listeners: readonly Listener[];
  /** The text that the element showed before the user's latest input. */
  #raw: string;
  /** What has become of the text since, while the element must not be touched. */
  #unseen: Patch[] = [];
  #isComposing = false;
  #isEditing = false;

  constructor(element: TextareaLike, text: SharedText, { undo }: TextareaOptions) {
    this.#element = element;
    this.#text = text;
    this.#undo = undo;
    this.#raw = text.toString();
    element.value = shownText(this.#raw);
    this.#unsubscribe = text.onChange(({ patches }) => this.#onChange(patches));
    this.#listeners = [
      ['input', () => this.#onInput()],
      ['compositionstart', () => this.#onCompositionStart()],
      ['compositionend', () => this.#onCompositionEnd()],
      ['beforeinput', (event) => this.#onBeforeInput(event)],
      ['keydown', (event) => this.#onKey(event)],
    ];
    for (const [type, listener] of this.#listeners) element.addEventListener(type, listener);
  }

  release(): void {
    this.#unsubscribe();
    for (const [type, listener] of this.#listeners) {
      this.#element.removeEventListener(type, listener);
    }
  }

  #onInput(): void {
    if (!this.#isComposing) this.#takeInput();
  }

  #onCompositionStart(): void {
    this.#isComposing = true;
  }

  #onCompositionEnd(): void {
    this.#isComposing = false;
    this.#takeInput();
  }

  /** The text has changed, and not by an input here. */
  #onChange(patches: readonly Patch[]): void {
    if (this.#isEditing) return;
    const before = patched(this.#raw, this.#unseen);
    const after = this.#text.toString();
    if (before === after) return;
    // If this change is told while others wait to be told, its patches are not all there is.
    const whole = differenceOf(before, after, after.length);
    if (patched(before, patches) === after) this.#unseen.push(...patches);
    else if (whole !== undefined) this.#unseen.push(whole);
    if (!this.#isComposing) this.#takeInput();
  }

  /** Makes what the user did an edit of the text, and what happened to the text visible. */
  #takeInput(): void {
    const element = this.#element;
    const [raw, unseen] = [this.#raw, this.#unseen];
    const edit = differenceOf(shownText(raw), element.value, element.selectionEnd ?? 0);
    const own = edit === undefined ? [] : this.#ownPatches(edit);
    this.#isEditing = true;
    try {
      this.#text.transact(() => {
        for (const { position, deleteCount, inserted } of own) {
          this.#text.replace(position, deleteCount, inserted);
        }
      });
    } finally {
      this.#isEditing = false;
      this.#raw = this.#text.toString();
      this.#unseen = [];
    }
    const shown = shownText(this.#raw);
    if (element.value === shown) return;
    const landing = (caret: number, side: 'before' | 'after'): number => {
      const { old, extra } = caretBefore(edit, caret);
      const since = mappedPosition(unseen, rawPosition(raw, old), side);
      const at = extra > 0 ? (own.at(-1)?.position ?? 0) + extra : mappedPosition(own, since, side);
      return shownPosition(this.#raw, at);
    };
    const { selectionStart, selectionEnd, selectionDirection, scrollTop } = element;
    const [start, end] = [selectionStart ?? 0, selectionEnd ?? 0];
    const from = landing(start, start === end ? 'before' : 'after');
    const to = start === end ? from : Math.max(from, landing(end, 'before'));
    element.value = shown;
    element.setSelectionRange(from, to, selectionDirection ?? 'none');
    element.scrollTop = scrollTop;
  }

  /** An edit of what is shown, as patches of the text as it is now; the insertion is the last. */
  #ownPatches({ position, deleteCount, inserted }: Patch): readonly Patch[] {
    const from = rawPosition(this.#raw, position);
    const to = rawPosition(this.#raw, position + deleteCount);
    // What others put into the middle of what was replaced, or took from it, is not replaced.
    const [first, ...others] = survivingRanges(this.#unseen, from, to);
    const at = first?.[0] ?? mappedPosition(this.#unseen, from, 'before');
    const count = first === undefined ? 0 : first[1] - first[0];
    return [
      ...others.toReversed().map(([start, end]) => deletionOf(start, end)),
      { position: at, deleteCount: count, inserted: inserted.toWellFormed() },
    ];
  }

  #onBeforeInput(event: EventLike): void {
    const { inputType } = event;
    if (inputType === 'historyUndo' || inputType === 'historyRedo') {
      this.#take(event, inputType === 'historyUndo' ? 'undo' : 'redo');
    }
  }

  /** The browser asks for an undo only if it has something to undo itself. */
  #onKey(event: EventLike): void {
    const { key = '', ctrlKey, metaKey, altKey, shiftKey } = event;
    if (altKey === true || (ctrlKey !== true && metaKey !== true)) return;
    const letter = key.toLowerCase();
    if (letter === 'z') this.#take(event, shiftKey === true ? 'redo' : 'undo');
    if (letter === 'y') this.#take(event, 'redo');
  }

  #take(event: EventLike, what: 'undo' | 'redo'): void {
    if (this.#undo === undefined) return;
    event.preventDefault();
    this.#undo[what]();
  }
}

function deletionOf(start: number, end: number): Patch {
  return { position: start, deleteCount: end - start, inserted: '' };
}

/** Where a caret was before an edit; or how far it is into what was inserted. */
function caretBefore(
  edit: Patch | undefined,
  caret: number,
): { readonly old: number; readonly extra: number } {
  if (edit === undefined || caret <= edit.position) return { old: caret, extra: 0 };
  const { position, deleteCount, inserted } = edit;
  const extra = caret - position;
  if (extra <= inserted.length) return { old: position, extra };
  return { old: caret - inserted.length + deleteCount, extra: 0 };
}
