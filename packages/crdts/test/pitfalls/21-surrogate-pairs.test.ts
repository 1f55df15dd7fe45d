import { describe, expect, it } from 'vitest';
import { pull, textReplicas } from '../support/text-replicas.ts';

describe('a character of two units', () => {
  it('cannot be torn by an edit', () => {
    const [ann] = textReplicas(['ann'], 'a😀b');
    expect(() => ann!.insert(2, 'x')).toThrow(RangeError);
    expect(() => ann!.delete(1, 1)).toThrow(RangeError);
    expect(() => ann!.delete(2, 1)).toThrow(RangeError);
    expect(() => ann!.replace(0, 2, 'x')).toThrow(RangeError);
    expect(() => ann!.insert(0, '\ud83d')).toThrow(RangeError);
    expect(ann!.toString()).toBe('a😀b');
  });

  it('stays whole through concurrent edits around it and on it', () => {
    const edits: ((text: ReturnType<typeof textReplicas>[number]) => void)[] = [
      (text) => text.insert(1, '🚀'),
      (text) => text.insert(3, '🎉'),
      (text) => text.delete(1, 2),
      (text) => text.replace(1, 2, '🦊'),
      (text) => text.delete(0, 4),
      (text) => text.insert(4, 'ü'),
    ];
    for (const first of edits) {
      for (const second of edits) {
        const [ann, bob] = textReplicas(['ann', 'bob'], 'a😀b');
        first(ann!);
        second(bob!);
        pull(ann!, bob!);
        pull(bob!, ann!);
        expect(ann!.toString()).toBe(bob!.toString());
        expect(ann!.toString().isWellFormed()).toBe(true);
      }
    }
  });

  it('is not torn where updates are cut to a size', () => {
    const [ann, bob] = textReplicas(['ann', 'bob'], '😀a'.repeat(40));
    ann!.delete(0, 60);
    for (let end = ann!.length; end > 30; end -= 3) ann!.delete(end - 3, 2);
    ann!.insert(2, 'x🚀'.repeat(20));
    ann!.delete(3, 41);
    bob!.insert(9, '🎉'.repeat(9));
    bob!.delete(30, 30);
    pull(ann!, bob!);
    for (let sizeBytes = 1; sizeBytes < 80; sizeBytes += 1) {
      const [eve] = textReplicas(['eve'], '');
      for (const update of ann!.updatesSince(eve!.encodeVersion(), sizeBytes)) {
        eve!.apply(update);
        expect(eve!.toString().isWellFormed()).toBe(true);
      }
      expect(eve!.toString()).toBe(ann!.toString());
    }
  });
});
