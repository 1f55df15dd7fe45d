/* Carets of others in real editors, over an awareness of two. */
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { expect, test } from 'vitest';

import {
  remoteSelections,
  type RemoteSelection,
  type SelectionExchange,
  sharedText,
} from '../src/bindings/codemirror.ts';
import { cursorAt, positionOf } from '../src/text/cursors.ts';
import type { TextCursor } from '../src/text/text-cursor.ts';
import { TextDocument } from '../src/text/text-document.ts';

type Selection = Omit<RemoteSelection<TextCursor>, 'name'>;

/** What each user says, and who listens. */
class Room {
  readonly said = new Map<string, Selection>();
  readonly #listeners = new Set<() => void>();

  exchange(name: string): SelectionExchange<TextCursor> {
    return {
      publish: (selection) => {
        if (selection === undefined) this.said.delete(name);
        else this.said.set(name, selection);
        this.tell();
      },
      others: () =>
        [...this.said]
          .filter(([other]) => other !== name)
          .map(([other, selection]) => ({ ...selection, name: other })),
      onChange: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
  }

  tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

const turn = (): Promise<void> => new Promise((resolve) => requestAnimationFrame(() => resolve()));

test('are shown, stay with their characters, and are gone with their editor', async () => {
  const [mine, theirs] = [
    new TextDocument({ replicaId: 'mine' }),
    new TextDocument({ replicaId: 'theirs' }),
  ];
  mine.onLocalUpdate((update) => theirs.apply(update));
  theirs.onLocalUpdate((update) => mine.apply(update));
  mine.insert(0, 'hello\r\nworld');
  const room = new Room();
  const open = (text: TextDocument, name: string): EditorView => {
    const extensions = [
      sharedText(text),
      remoteSelections({ text, cursorAt, positionOf }, room.exchange(name)),
    ];
    const state = EditorState.create({ doc: text.toString(), extensions });
    return new EditorView({ parent: document.body, state });
  };
  const [ann, bob] = [open(mine, 'Ann'), open(theirs, '<b>Bob</b>')];
  bob.focus();
  bob.dispatch({ selection: { anchor: 6, head: 11 } });
  await turn();
  const shown = (): string[] =>
    [...ann.dom.querySelectorAll('.quorate-selection')].map(({ textContent }) => textContent);
  expect(shown().join('')).toContain('world');
  const caret = ann.dom.querySelector('.quorate-caret');
  expect(caret?.textContent).toBe('<b>Bob</b>');
  expect(caret?.querySelector('b')).toBeNull();
  ann.dispatch({ changes: { from: 0, insert: 'Oh, ' } });
  theirs.insert(theirs.length, '!');
  await turn();
  expect(shown().join('')).toContain('world');
  expect(shown().join('')).not.toContain('!');
  room.said.set('evil', { ...room.said.get('<b>Bob</b>')!, color: 'red; content: "x' });
  room.tell();
  await turn();
  expect(ann.dom.innerHTML).not.toContain('content: ');
  room.said.delete('evil');
  bob.destroy();
  await turn();
  expect(ann.dom.querySelector('.quorate-caret')).toBeNull();
  ann.destroy();
});
