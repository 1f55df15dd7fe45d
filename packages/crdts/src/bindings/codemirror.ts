/**
 * An editor of CodeMirror 6 that shows a shared text.
 *
 * @packageDocumentation
 */
import { Annotation, ChangeSet, type Extension, Prec, Transaction } from '@codemirror/state';
import { type EditorView, keymap, ViewPlugin, type ViewUpdate } from '@codemirror/view';

import { rawPosition, shownText } from './line-breaks.ts';
import { differenceOf, type Patch, type SharedText, type UndoControl } from './shared-text.ts';

export {
  type CursorText,
  type RemoteSelection,
  remoteSelections,
  type SelectionExchange,
} from './remote-selections.ts';
export { type Patch, type SharedText, sharedTextOf, type UndoControl } from './shared-text.ts';

/** What is bound besides the text. */
export interface SharedTextOptions {
  /** Takes the keys of undo and redo. Leave out the editor's own `history`: it undoes others. */
  readonly undo?: UndoControl;
}

/** Marks transactions that show what others did. */
const fromOthers = Annotation.define<true>();

/**
 * Keeps an editor and a shared text equal: what is done in one is done in the other.
 *
 * @param text - The editor must begin with it: `EditorState.create({ doc: text.toString(), … })`;
 *   if it does not, it is changed at once.
 * @returns To be given to the editor among its extensions.
 *
 * @remarks
 * Changes of others are annotated as remote and are no part of the editor's history; selections
 * stay with their characters. O(size of the change), whatever the length, unless the text has "\r":
 * the editor's positions are others then, and each change costs O(length).
 *
 * @example
 * ```ts
 * import { sharedText } from '@quorate/crdts/codemirror';
 * import { TextDocument } from '@quorate/crdts/text';
 *
 * const text = new TextDocument({ replicaId: 'ann' });
 * const extensions = [sharedText(text)];
 * const editor = { doc: text.toString(), extensions }; // for `new EditorView`
 * ```
 */
export function sharedText(text: SharedText, options: SharedTextOptions = {}): Extension {
  const plugin = ViewPlugin.define((view) => new EditorBinding(view, text));
  const { undo } = options;
  if (undo === undefined) return plugin;
  const call = (what: 'undo' | 'redo') => (): boolean => {
    undo[what]();
    return true;
  };
  const keys = keymap.of([
    { key: 'Mod-z', run: call('undo'), preventDefault: true },
    { key: 'Mod-y', mac: 'Mod-Shift-z', run: call('redo'), preventDefault: true },
    { linux: 'Ctrl-Shift-z', run: call('redo'), preventDefault: true },
  ]);
  return [plugin, Prec.high(keys)];
}

class EditorBinding {
  readonly #view: EditorView;
  readonly #text: SharedText;
  readonly #unsubscribe: () => void;
  /** Whether the text has, or had, line breaks that are longer there than in the editor. */
  #hasReturns: boolean;
  #isEditing = false;
  /** Changes that were told during an edit: one, unless a listener edits in turn. */
  #toldCount = 0;
  /** Whether the editor is being updated, and must not be changed. */
  #isUpdating = false;
  #isDestroyed = false;

  constructor(view: EditorView, text: SharedText) {
    this.#view = view;
    this.#text = text;
    const raw = text.toString();
    this.#hasReturns = raw.includes('\r');
    this.#unsubscribe = text.onChange(({ patches }) => this.#onChange(patches));
    if (view.state.doc.toString() !== shownText(raw)) this.#alignSoon();
  }

  update(update: ViewUpdate): void {
    this.#isUpdating = true;
    try {
      for (const transaction of update.transactions) {
        if (!transaction.docChanged || transaction.annotation(fromOthers) === true) continue;
        this.#edit(transaction);
      }
    } finally {
      this.#isUpdating = false;
    }
  }

  destroy(): void {
    this.#isDestroyed = true;
    this.#unsubscribe();
  }

  /** Does to the text what the user did in the editor. */
  #edit({ changes, newDoc }: Transaction): void {
    const raw = this.#hasReturns ? this.#text.toString() : '';
    const edits: Patch[] = [];
    changes.iterChanges((from, to, _from, _to, inserted) => {
      const position = rawPosition(raw, from);
      const deleteCount = rawPosition(raw, to) - position;
      edits.push({ position, deleteCount, inserted: inserted.toString() });
    });
    this.#isEditing = true;
    this.#toldCount = 0;
    try {
      // From the end, so that none moves another.
      this.#replace(edits.toReversed());
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      // An edit that leaves half of a character: taken together with the other half.
      const before = this.#text.toString();
      const whole = differenceOf(before, newDoc.toString().toWellFormed(), newDoc.length);
      if (whole !== undefined) this.#replace([whole]);
      this.#alignSoon();
    } finally {
      this.#isEditing = false;
    }
    if (this.#toldCount > 1) this.#alignSoon();
    if (edits.some(({ inserted }) => !inserted.isWellFormed())) this.#alignSoon();
  }

  #replace(edits: readonly Patch[]): void {
    this.#text.transact(() => {
      for (const { position, deleteCount, inserted } of edits) {
        this.#text.replace(position, deleteCount, inserted.toWellFormed());
      }
    });
  }

  #onChange(patches: readonly Patch[]): void {
    this.#toldCount += 1;
    if (this.#isEditing) return;
    this.#hasReturns ||= patches.some(({ inserted }) => inserted.includes('\r'));
    if (this.#isUpdating) {
      this.#alignSoon();
      return;
    }
    const changes = this.#hasReturns ? undefined : changesOf(this.#view.state.doc.length, patches);
    // Told late, or before another one that was made first: its patches are not all there is.
    if (patches.length === 0 || changes?.newLength !== this.#text.length) this.#align();
    else this.#dispatch(changes);
  }

  /** As soon as the editor may be changed again. */
  #alignSoon(): void {
    void Promise.resolve().then(() => {
      if (!this.#isDestroyed) this.#align();
    });
  }

  /** Makes the editor show what the text is, whatever it shows now. */
  #align(): void {
    const shown = this.#view.state.doc.toString();
    const after = shownText(this.#text.toString());
    const edit = differenceOf(shown, after, after.length);
    if (edit === undefined) return;
    const changes = changesOf(shown.length, [edit]);
    if (changes !== undefined) this.#dispatch(changes);
  }

  #dispatch(changes: ChangeSet): void {
    this.#view.dispatch({
      changes,
      annotations: [
        fromOthers.of(true),
        Transaction.remote.of(true),
        Transaction.addToHistory.of(false),
      ],
    });
  }
}

/** Patches as one change of an editor; nothing if they do not fit what it shows. */
function changesOf(length: number, patches: readonly Patch[]): ChangeSet | undefined {
  let changes = ChangeSet.empty(length);
  for (const { position, deleteCount, inserted } of patches) {
    const to = position + deleteCount;
    if (to > changes.newLength) return undefined;
    const next = ChangeSet.of({ from: position, to, insert: inserted }, changes.newLength);
    changes = changes.compose(next);
  }
  return changes;
}
