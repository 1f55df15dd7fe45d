import { describe, expect, it } from 'vitest';
import { mergedTexts, textReplicas, type } from '../support/text-replicas.ts';

describe('words typed forwards at one place', () => {
  it('stand one after the other in every order of merging', () => {
    for (const [base, at] of [
      ['', 0],
      ['<>', 1],
      ['<', 1],
    ] as const) {
      const [ann, bob, cid] = textReplicas(['ann', 'bob', 'cid'], base);
      type(ann!, at, 'abc');
      type(bob!, at, 'xyz');
      type(cid!, at, '123');
      const texts = mergedTexts([ann!, bob!, cid!]);
      expect(texts).toEqual(new Set([`${base.slice(0, at)}abcxyz123${base.slice(at)}`]));
    }
  });

  it('stand one after the other if typed in parts', () => {
    const [ann, bob] = textReplicas(['ann', 'bob'], '<>');
    type(ann!, 1, 'ac');
    type(bob!, 1, 'xz');
    type(ann!, 2, 'b');
    type(bob!, 2, 'y');
    expect(mergedTexts([ann!, bob!])).toEqual(new Set(['<abcxyz>']));
  });
});
