import { describe, expect, it } from 'vitest';
import { TextBuffer } from '../../src/text/text-buffer.ts';

describe('TextBuffer', () => {
  it('is edited anywhere', () => {
    const buffer = new TextBuffer();
    buffer.insert(0, 'hello');
    buffer.insert(5, ' world');
    buffer.insert(0, '“');
    buffer.delete(1, 1);
    buffer.insert(1, 'H');
    expect(buffer.toString()).toBe('“Hello world');
    expect(buffer.length).toBe(12);
    expect(buffer.slice(1, 6)).toBe('Hello');
    expect(buffer.slice(5, 5)).toBe('');
    buffer.clear();
    expect(buffer.toString()).toBe('');
  });

  it('knows where a surrogate pair is', () => {
    const buffer = new TextBuffer();
    buffer.insert(0, 'a😀b');
    expect([0, 1, 2, 3, 4, 5].map((at) => buffer.isInsidePair(at))).toEqual([
      false,
      false,
      true,
      false,
      false,
      false,
    ]);
  });

  it('keeps a text of millions and edits at both of its ends', () => {
    const buffer = new TextBuffer();
    buffer.insert(0, 'x'.repeat(3_000_000));
    for (let at = 0; at < 1000; at += 1) {
      buffer.insert(0, 'a');
      buffer.insert(buffer.length, 'z');
      buffer.delete(buffer.length >> 1, 1);
    }
    expect(buffer.length).toBe(3_001_000);
    expect(buffer.unitAt(999)).toBe(97);
    expect(buffer.unitAt(1000)).toBe(120);
    buffer.delete(0, buffer.length - 1);
    expect(buffer.toString()).toBe('z');
  });
});
