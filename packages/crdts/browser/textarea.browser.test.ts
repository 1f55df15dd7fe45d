/* A real textarea, with real keys and a real input method, between two documents. */
import { afterEach, expect, test } from 'vitest';
import { cdp, userEvent } from 'vitest/browser';

import { bindTextarea } from '../src/bindings/textarea.ts';
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

function show(text: TextDocument): HTMLTextAreaElement {
  const element = document.createElement('textarea');
  document.body.append(element);
  const release = bindTextarea(element, text);
  cleanUps.push(release, () => element.remove());
  return element;
}

test('keys, deletions and pasted text become edits, and remote edits keep the caret', async () => {
  const [mine, theirs] = pair('hello world');
  const element = show(mine);
  element.focus();
  element.setSelectionRange(5, 5);
  await userEvent.keyboard(', dear');
  theirs.insert(0, 'Oh, ');
  await userEvent.keyboard('est{Backspace}{Backspace}{Backspace}');
  element.setSelectionRange(0, 4);
  await userEvent.keyboard('{Delete}');
  await cdp().send('Input.insertText', { text: 'Well, 😀 ' });
  expect(theirs.toString()).toBe('Well, 😀 hello, dear world');
  expect(element.value).toBe(theirs.toString());
  expect(element.selectionStart).toBe(9);
  await userEvent.keyboard('{Backspace}{Backspace}');
  expect(theirs.toString()).toBe('Well, hello, dear world');
});

test('a text that is composed is shared when it is done, and not broken by others', async () => {
  const [mine, theirs] = pair('左右');
  const element = show(mine);
  element.focus();
  element.setSelectionRange(1, 1);
  const session = cdp();
  const compose = (text: string): Promise<unknown> =>
    session.send('Input.imeSetComposition', {
      ...{ text, selectionStart: text.length, selectionEnd: text.length },
    });
  await compose('k');
  theirs.insert(0, '端');
  await compose('か');
  expect(theirs.toString()).toBe('端左右');
  expect(element.value).toBe('左か右');
  await session.send('Input.insertText', { text: '課' });
  expect(theirs.toString()).toBe('端左課右');
  expect(element.value).toBe('端左課右');
  expect(element.selectionStart).toBe(3);
  await userEvent.keyboard('x');
  expect(theirs.toString()).toBe('端左課x右');
});

test('two elements agree after hundreds of edits on both', () => {
  const [mine, theirs] = pair('');
  const elements = [show(mine), show(theirs)];
  const letters = ['a', 'b', 'ab\n', '', '😀', 'long enough'];
  let state = 12345;
  const draw = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % below;
  };
  for (let step = 0; step < 500; step += 1) {
    const element = elements[draw(2)]!;
    const from = draw(element.value.length + 1);
    const to = Math.min(element.value.length, from + draw(step % 50 === 0 ? 30 : 3));
    element.setRangeText(letters[draw(letters.length)]!, from, to, 'end');
    element.dispatchEvent(new InputEvent('input'));
    if (elements[0]!.value !== elements[1]!.value) break;
  }
  expect(elements[0]!.value).toBe(elements[1]!.value);
  expect(elements[0]!.value).toBe(mine.toString());
  expect(mine.toString()).toBe(theirs.toString());
  expect(mine.toString().isWellFormed()).toBe(true);
});
