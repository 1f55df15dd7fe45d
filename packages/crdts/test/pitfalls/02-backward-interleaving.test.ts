import { describe, expect, it } from 'vitest';
import { mergedTexts, textReplicas, type, typeBackwards } from '../support/text-replicas.ts';

describe('words typed backwards at one place', () => {
  it('stand one after the other in every order of merging', () => {
    for (const [base, at] of [
      ['', 0],
      ['<>', 1],
      ['<', 1],
      ['>', 0],
    ] as const) {
      const [ann, bob] = textReplicas(['ann', 'bob'], base);
      typeBackwards(ann!, at, 'abc');
      typeBackwards(bob!, at, 'xyz');
      const texts = mergedTexts([ann!, bob!]);
      expect(texts).toEqual(new Set([`${base.slice(0, at)}abcxyz${base.slice(at)}`]));
    }
  });

  it('does not mix with a word typed forwards', () => {
    const [ann, bob] = textReplicas(['ann', 'bob'], '<>');
    typeBackwards(ann!, 1, 'abc');
    type(bob!, 1, 'xyz');
    for (const text of mergedTexts([ann!, bob!])) expect(text).toMatch(/^<(abcxyz|xyzabc)>$/u);
  });
});
