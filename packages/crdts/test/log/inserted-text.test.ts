import { describe, expect, it } from 'vitest';
import { InsertedText } from '../../src/log/inserted-text.ts';

describe('InsertedText', () => {
  it('gives back what was appended', () => {
    const text = new InsertedText();
    expect(text.append('hello')).toBe(0);
    expect(text.append(' world')).toBe(5);
    expect(text.slice(0, 11)).toBe('hello world');
    expect(text.slice(4, 1)).toBe('o');
    expect(text.unitAt(1)).toBe(101);
    expect(text.isLatin1).toBe(true);
  });

  it('takes two bytes a unit from the first other character on', () => {
    const text = new InsertedText();
    text.append('naïve ÿ');
    expect(text.isLatin1).toBe(true);
    text.append('😀ā');
    expect(text.isLatin1).toBe(false);
    expect(text.slice(0, text.length)).toBe('naïve ÿ😀ā');
    text.append('z'.repeat(10_000));
    expect(text.slice(7, 12)).toBe(`😀ā${'z'.repeat(9)}`);
    expect(text.slice(0, 1e9)).toHaveLength(10_010);
  });

  it('knows when there may be surrogate pairs', () => {
    const typed = new InsertedText();
    typed.append('naïve Ω \ufb01');
    expect(typed.hasPairs).toBe(false);
    typed.append('a😀');
    expect(typed.hasPairs).toBe(true);
    const arrived = new InsertedText();
    arrived.appendUnit(0xd83d);
    expect(arrived.hasPairs).toBe(true);
    const loaded = new InsertedText();
    loaded.defer(2, false, () => '😀');
    expect(loaded.hasPairs).toBe(true);
  });

  it('takes units and bytes without a string', () => {
    const text = new InsertedText();
    expect(text.appendLatin1(Uint8Array.of(0, 104, 105, 255), 1, 4)).toBe(0);
    expect(text.appendUnit(0x20ac)).toBe(3);
    expect(text.appendLatin1(Uint8Array.of(33), 0, 1)).toBe(4);
    expect(text.slice(0, 5)).toBe('hiÿ€!');
    expect([...text.view(3, 99)]).toEqual([0x20ac, 33]);
  });

  it('forgets the end', () => {
    const text = new InsertedText();
    text.append('hello');
    text.truncate(2);
    text.truncate(100);
    expect(text.append('y')).toBe(2);
    expect(text.slice(0, 3)).toBe('hey');
  });
});
