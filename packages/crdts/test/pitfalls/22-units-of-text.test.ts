import { describe, expect, it } from 'vitest';
import { cursorAt, positionOf } from '../../src/text/cursors.ts';
import { pull, textReplicas } from '../support/text-replicas.ts';

const samples = ['👨‍👩‍👧‍👦', 'e\u0301', '\r\n', '\u0000', '\u2028', '🇩🇪', 'नि', '\ufeff', 'ﷺ', '𝒳y'];

describe('units of text', () => {
  it('are those of strings, for lengths, positions and slices', () => {
    let expected = '';
    const [ann] = textReplicas(['ann']);
    for (const sample of samples) {
      ann!.insert(ann!.length, sample);
      expected += sample;
      expect(ann!.length).toBe(expected.length);
    }
    expect(ann!.toString()).toBe(expected);
    for (let at = 0; at <= expected.length; at += 1) {
      expect(ann!.slice(at)).toBe(expected.slice(at));
    }
  });

  it('are the same on every replica, for cursors too', () => {
    const [ann, bob] = textReplicas(['ann', 'bob'], samples.join('|'));
    const cursors = [...samples.keys()].map((at) =>
      cursorAt(ann!, samples.slice(0, at).join('|').length, 'before'),
    );
    bob!.insert(0, '👩🏽‍🚀');
    pull(ann!, bob!);
    pull(bob!, ann!);
    for (const cursor of cursors) expect(positionOf(ann!, cursor)).toBe(positionOf(bob!, cursor));
    expect(positionOf(ann!, cursors[1]!)).toBe(samples[0]!.length + '👩🏽‍🚀'.length);
    expect(ann!.toString()).toBe(bob!.toString());
  });

  it('keep CR and LF apart if somebody types between them', () => {
    const [ann, bob] = textReplicas(['ann', 'bob'], 'a\r\nb');
    ann!.insert(2, 'x');
    bob!.delete(1, 2);
    pull(ann!, bob!);
    pull(bob!, ann!);
    expect([ann!.toString(), bob!.toString()]).toEqual(['axb', 'axb']);
  });
});
