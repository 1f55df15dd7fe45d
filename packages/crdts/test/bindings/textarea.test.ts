import { describe, expect, test } from 'vitest';

import { bindTextarea, type EventLike, type TextareaLike } from '../../src/bindings/textarea.ts';
import { sharedTextOf } from '../../src/bindings/shared-text.ts';
import { PlainText } from '../support/plain-text.ts';

/** As much of a textarea as a binding can tell from the real one, and a user in front of it. */
class FakeTextarea implements TextareaLike {
  #value = '';
  scrollTop = 0;
  selectionStart = 0;
  selectionEnd = 0;
  selectionDirection: 'forward' | 'backward' | 'none' = 'none';
  readonly #listeners = new Map<string, Set<(event: EventLike) => void>>();
  writeCount = 0;

  get value(): string {
    return this.#value;
  }

  /** As in browsers: the caret goes to the end, and line breaks are made one kind. */
  set value(value: string) {
    this.writeCount += 1;
    this.#value = value.replace(/\r\n?/g, '\n');
    this.selectionStart = this.selectionEnd = this.#value.length;
  }

  get listenerCount(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }

  setSelectionRange(
    start: number,
    end: number,
    direction: 'forward' | 'backward' | 'none' = 'none',
  ): void {
    this.selectionStart = start;
    this.selectionEnd = end;
    this.selectionDirection = direction;
  }

  addEventListener(type: string, listener: (event: EventLike) => void): void {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
  }

  removeEventListener(type: string, listener: (event: EventLike) => void): void {
    this.#listeners.get(type)?.delete(listener);
  }

  fire(type: string, fields: Partial<EventLike> = {}): boolean {
    let isPrevented = false;
    const event = { ...fields, preventDefault: () => (isPrevented = true) };
    for (const listener of this.#listeners.get(type) ?? []) listener(event);
    return isPrevented;
  }

  /** Replaces the selection without telling anybody. */
  put(text: string): void {
    const [start, end] = [this.selectionStart, this.selectionEnd];
    this.#value = this.#value.slice(0, start) + text + this.#value.slice(end);
    this.selectionStart = this.selectionEnd = start + text.length;
  }

  type(text: string): void {
    for (const letter of text) {
      this.put(letter);
      this.fire('input');
    }
  }

  select(start: number, end = start): void {
    this.setSelectionRange(start, end, start === end ? 'none' : 'backward');
  }
}

function stage(initial: string) {
  const [element, text] = [new FakeTextarea(), new PlainText(initial)];
  const release = bindTextarea(element, text);
  return { element, text, release };
}

describe('a textarea', () => {
  test('shows the text, and edits it where the user does, by as little as can be', () => {
    const { element, text } = stage('hello world');
    expect(element.value).toBe('hello world');
    element.select(5);
    element.type(', dear');
    element.select(0, 5);
    element.type('bye');
    expect(text.toString()).toBe('bye, dear world');
    expect(text.patches.length).toBe(9);
    expect(text.patches.at(-3)).toEqual({ position: 0, deleteCount: 5, inserted: 'b' });
    expect(element.writeCount).toBe(1);
  });

  test('types where the caret is among equal letters', () => {
    const { element, text } = stage('aaa');
    element.select(1);
    element.type('a');
    expect(text.patches).toEqual([{ position: 1, deleteCount: 0, inserted: 'a' }]);
  });

  test('keeps caret, selection, its direction and the scroll position when others edit', () => {
    const { element, text } = stage('one two three');
    element.select(4, 7);
    element.scrollTop = 99;
    text.replace(0, 3, 'twenty-one');
    expect(element.value.slice(element.selectionStart, element.selectionEnd)).toBe('two');
    text.replace(text.length, 0, '!');
    expect(element.value.slice(element.selectionStart, element.selectionEnd)).toBe('two');
    text.replace(element.selectionStart, 0, 'X');
    text.replace(element.selectionEnd, 0, 'X');
    expect(element.value.slice(element.selectionStart, element.selectionEnd)).toBe('two');
    expect(element.selectionDirection).toBe('backward');
    expect(element.scrollTop).toBe(99);
    element.select(6);
    text.replace(6, 0, 'behind the caret');
    expect(element.selectionStart).toBe(6);
    text.replace(2, 10, '');
    expect([element.selectionStart, element.selectionEnd]).toEqual([2, 2]);
  });

  test('takes half a pair for no character, and shows what became of it', () => {
    const { element, text } = stage('ab');
    element.select(1);
    element.put('\ud83d');
    element.fire('input');
    expect(text.toString()).toBe('a\ufffdb');
    expect(element.value).toBe('a\ufffdb');
    expect(element.selectionEnd).toBe(2);
  });

  test('is right about positions where the text has longer line breaks', () => {
    const { element, text } = stage('a\r\nb\r\nc');
    expect(element.value).toBe('a\nb\nc');
    element.select(4);
    element.type('X');
    expect(text.toString()).toBe('a\r\nb\r\nXc');
    element.select(1, 2);
    element.put('');
    element.fire('input');
    expect(text.toString()).toBe('ab\r\nXc');
    element.select(4);
    text.replace(0, 0, '\r\n');
    expect(element.value).toBe('\nab\nXc');
    expect(element.selectionEnd).toBe(5);
  });
});

describe('while a text is composed', () => {
  test('nothing is shared and nothing shown, and then both, each at its place', () => {
    const { element, text } = stage('left right');
    element.select(5);
    element.fire('compositionstart');
    element.put('k');
    element.fire('input');
    text.replace(0, 4, 'LEFT SIDE');
    text.replace(text.length, 0, '.');
    expect(element.value).toBe('left kright');
    element.select(5, 6);
    element.put('か');
    element.fire('input');
    expect(text.toString()).toBe('LEFT SIDE right.');
    element.fire('compositionend');
    expect(text.toString()).toBe('LEFT SIDE かright.');
    expect(element.value).toBe(text.toString());
    expect(element.selectionEnd).toBe(11);
  });

  test('what others put into the range that it replaces stays', () => {
    const { element, text } = stage('abcdef');
    element.select(1, 5);
    element.fire('compositionstart');
    element.put('ん');
    element.fire('input');
    text.replace(3, 0, 'NEW');
    text.replace(1, 1, '');
    element.fire('compositionend');
    expect(text.toString()).toBe('aんNEWf');
    expect(element.value).toBe(text.toString());
  });

  test('one that is given up changes nothing', () => {
    const { element, text } = stage('abc');
    element.fire('compositionstart');
    text.replace(3, 0, 'd');
    element.fire('compositionend');
    expect([text.toString(), element.value]).toEqual(['abcd', 'abcd']);
  });
});

describe('undo', () => {
  test('is that of the text, by key, by menu and in both directions', () => {
    const calls: string[] = [];
    const element = new FakeTextarea();
    const undo = { undo: () => calls.push('undo'), redo: () => calls.push('redo') };
    bindTextarea(element, new PlainText(), { undo });
    expect(element.fire('keydown', { key: 'z', ctrlKey: true })).toBe(true);
    expect(element.fire('keydown', { key: 'Z', metaKey: true, shiftKey: true })).toBe(true);
    expect(element.fire('keydown', { key: 'y', ctrlKey: true })).toBe(true);
    expect(element.fire('beforeinput', { inputType: 'historyUndo' })).toBe(true);
    expect(element.fire('beforeinput', { inputType: 'historyRedo' })).toBe(true);
    expect(element.fire('keydown', { key: 'z' })).toBe(false);
    expect(element.fire('keydown', { key: 'z', ctrlKey: true, altKey: true })).toBe(false);
    expect(element.fire('beforeinput', { inputType: 'insertText' })).toBe(false);
    expect(calls).toEqual(['undo', 'redo', 'redo', 'undo', 'redo']);
  });

  test('is left to the browser if there is no other', () => {
    const { element } = stage('');
    expect(element.fire('keydown', { key: 'z', ctrlKey: true })).toBe(false);
  });
});

test('a listener that edits in turn is shown, too', () => {
  const element = new FakeTextarea();
  const text = new PlainText('a');
  text.onChange(() => {
    if (text.length < 5) text.replace(0, 0, '-');
  });
  bindTextarea(element, text);
  text.replace(0, 0, 'b');
  expect(element.value).toBe(text.toString());
  element.type('c');
  expect(element.value).toBe(text.toString());
});

test('changes without patches are found by comparing', () => {
  const element = new FakeTextarea();
  const inner = new PlainText('one two');
  bindTextarea(element, sharedTextOf(inner, inner));
  element.select(3);
  inner.replace(0, 0, '> ');
  expect([element.value, element.selectionStart]).toEqual(['> one two', 5]);
  element.type('!');
  expect(inner.toString()).toBe('> one! two');
});

test('an element that was released is left alone', () => {
  const { element, text, release } = stage('a');
  release();
  text.replace(0, 0, 'b');
  element.type('c');
  expect([element.value, text.toString(), element.listenerCount]).toEqual(['ac', 'ba', 0]);
});
