import { describe, expect, it } from 'vitest';
import { mergedTexts, pull, textReplicas, type, typeBackwards } from '../support/text-replicas.ts';

describe('words of three replicas of which one goes on with what another one began', () => {
  it('are not mixed if all type backwards', () => {
    for (const order of [
      ['ann', 'bob', 'cid'],
      ['cid', 'bob', 'ann'],
      ['bob', 'ann', 'cid'],
      ['bob', 'cid', 'ann'],
    ]) {
      const [ann, bob, cid] = textReplicas(order, '<>');
      typeBackwards(ann!, 1, 'f');
      pull(bob!, ann!);
      typeBackwards(ann!, 1, 'cde');
      typeBackwards(bob!, 1, 'ab');
      typeBackwards(cid!, 1, 'xyz');
      const texts = mergedTexts([ann!, bob!, cid!]);
      expect(texts.size).toBe(1);
      for (const text of texts) expect(text).toMatch(/^<(xyz)?(abcdef|cdeabf)(xyz)?>$/u);
    }
  });

  it('are not mixed if all type forwards', () => {
    for (const order of [
      ['ann', 'bob', 'cid'],
      ['cid', 'bob', 'ann'],
      ['bob', 'ann', 'cid'],
      ['bob', 'cid', 'ann'],
    ]) {
      const [ann, bob, cid] = textReplicas(order, '<>');
      type(ann!, 1, 'a');
      pull(bob!, ann!);
      type(ann!, 2, 'bcd');
      type(bob!, 2, 'ef');
      type(cid!, 1, 'xyz');
      const texts = mergedTexts([ann!, bob!, cid!]);
      expect(texts.size).toBe(1);
      for (const text of texts) expect(text).toMatch(/^<(xyz)?a(bcdef|efbcd)(xyz)?>$/u);
    }
  });
});
