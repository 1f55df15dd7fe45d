/* Real editors, with real keys, between documents. */
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { afterEach, expect, test } from 'vitest';
import { cdp, userEvent } from 'vitest/browser';

import { sharedText, sharedTextOf } from '../src/bindings/codemirror.ts';
import { TextDocument } from '../src/text/text-document.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

/** Two documents that hear of each other at once. */
function pair(initial: string): readonly [TextDocument, TextDocument] {
  const [left, right] = [
    new TextDocument({ replicaId: 'left' }),
    new TextDocument({ replicaId: 'right' }),
  ];
  left.onLocalUpdate((update) => right.apply(update));
  right.onLocalUpdate((update) => left.apply(update));
  left.insert(0, initial);
  return [left, right];
}

function open(text: TextDocument, extensions: Extension = sharedText(text)): EditorView {
  const state = EditorState.create({ doc: text.toString(), extensions });
  const view = new EditorView({ parent: document.body, state });
  cleanUps.push(() => {
    view.destroy();
  });
  return view;
}

test('keys become edits, and remote edits keep selection and history apart', async () => {
  const [mine, theirs] = pair('hello world');
  const view = open(mine);
  view.focus();
  view.dispatch({ selection: { anchor: 5, head: 11 } });
  theirs.insert(0, 'Oh, ');
  expect(view.state.sliceDoc(view.state.selection.main.from, view.state.selection.main.to)).toBe(
    ' world',
  );
  view.dispatch({ selection: { anchor: 9 } });
  await userEvent.keyboard('!');
  await cdp().send('Input.insertText', { text: '😀' });
  await userEvent.keyboard('{Enter}');
  expect(theirs.toString()).toBe('Oh, hello!😀\n world');
  expect(view.state.doc.toString()).toBe(theirs.toString());
});

test('many changes in one transaction are one change of the text', () => {
  const [mine, theirs] = pair('0123456789');
  const view = open(mine);
  let changeCount = 0;
  theirs.onChange(() => (changeCount += 1));
  view.dispatch({
    changes: [
      { from: 0, insert: 'a' },
      { from: 2, to: 4, insert: 'bcd' },
      { from: 10, insert: 'e' },
    ],
  });
  expect(theirs.toString()).toBe('a01bcd456789e');
  expect(changeCount).toBe(1);
});

test('an editor that shows something else is changed, one that is gone is left alone', async () => {
  const [mine, theirs] = pair('right');
  const state = EditorState.create({ doc: 'wrong', extensions: sharedText(mine) });
  const view = new EditorView({ state });
  await Promise.resolve();
  expect(view.state.doc.toString()).toBe('right');
  view.destroy();
  theirs.insert(0, 'all ');
  expect(view.state.doc.toString()).toBe('right');
});

test('line breaks of other kinds are kept, and positions are right among them', () => {
  const [mine, theirs] = pair('a\r\nb\rc');
  const view = open(mine);
  expect(view.state.doc.toString()).toBe('a\nb\nc');
  view.dispatch({ changes: { from: 2, to: 3, insert: 'B' } });
  expect(theirs.toString()).toBe('a\r\nB\rc');
  view.dispatch({ changes: { from: 1, to: 2 } });
  theirs.insert(0, '\r\n');
  expect(mine.toString()).toBe('\r\naB\rc');
  expect(view.state.doc.toString()).toBe('\naB\nc');
});

test('half of a character is no edit of its own', async () => {
  const [mine, theirs] = pair('a😀b');
  const view = open(mine);
  view.dispatch({ changes: { from: 2, to: 3 } });
  await Promise.resolve();
  expect(mine.toString().isWellFormed()).toBe(true);
  expect(view.state.doc.toString()).toBe(mine.toString());
  view.dispatch({ changes: { from: 0, insert: '\ud83d' } });
  await Promise.resolve();
  expect(view.state.doc.toString()).toBe(mine.toString());
  expect(theirs.toString()).toBe(mine.toString());
});

test('a listener that edits while the editor is updated is shown right after', async () => {
  const [mine, theirs] = pair('a');
  mine.onChange(() => {
    if (mine.length < 6) mine.insert(0, '-');
  });
  const view = open(mine);
  view.dispatch({ changes: { from: 1, insert: 'b' } });
  await Promise.resolve();
  expect(view.state.doc.toString()).toBe(mine.toString());
  expect(theirs.toString()).toBe(mine.toString());
  expect(mine.toString()).toBe('----ab');
});

test('undo keys call the undo of the text', async () => {
  const [mine] = pair('a');
  const calls: string[] = [];
  const undo = { undo: () => calls.push('undo'), redo: () => calls.push('redo') };
  open(mine, sharedText(mine, { undo })).focus();
  await userEvent.keyboard('{Control>}z{/Control}{Control>}y{/Control}');
  await userEvent.keyboard('{Control>}{Shift>}Z{/Shift}{/Control}');
  expect(calls).toEqual(['undo', 'redo', 'redo']);
});

test('two editors and a third hand agree after thousands of edits', async () => {
  const [mine, theirs] = pair('');
  const views = [open(mine), open(theirs)];
  const letters = ['a', 'b', 'ab\n', '', '😀', 'long enough'];
  let state = 4711;
  const draw = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % below;
  };
  for (let step = 0; step < 2_000; step += 1) {
    const view = views[draw(2)]!;
    const { length } = view.state.doc;
    const from = draw(length + 1);
    const to = Math.min(length, from + draw(step % 50 === 0 ? 30 : 3));
    view.dispatch({ changes: { from, to, insert: letters[draw(letters.length)]! } });
    if (step % 7 === 0) await Promise.resolve();
    if (step % 100 === 0) mine.insert(0, 'by hand');
  }
  await Promise.resolve();
  expect(views[0]!.state.doc.toString()).toBe(mine.toString());
  expect(views[1]!.state.doc.toString()).toBe(mine.toString());
  expect(theirs.toString()).toBe(mine.toString());
  expect(mine.toString().isWellFormed()).toBe(true);
});

test('a text that is a part of a document can be bound, too', async () => {
  const [mine, theirs] = pair('abc');
  const text = sharedTextOf(mine, mine);
  const view = new EditorView({ doc: text.toString(), extensions: sharedText(text) });
  theirs.replace(1, 1, 'X');
  expect(view.state.doc.toString()).toBe('aXc');
  view.dispatch({ changes: { from: 3, insert: '!' } });
  await Promise.resolve();
  expect([theirs.toString(), view.state.doc.toString()]).toEqual(['aXc!', 'aXc!']);
  view.destroy();
});
