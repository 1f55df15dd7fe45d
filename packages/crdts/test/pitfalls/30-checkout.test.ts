import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textAt } from '../../src/text/past.ts';
import { pull, textReplicas } from '../support/text-replicas.ts';

describe('the past of a text', () => {
  it('is what each replica said at each of its versions', () => {
    const edits = fc.array(
      fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 1000 }), fc.integer({ min: -3, max: 4 })),
      { minLength: 1, maxLength: 40, size: 'max' },
    );
    fc.assert(
      fc.property(edits, (drawn) => {
        const replicas = textReplicas(['ann', 'bob', 'cid'], 'hello');
        const seen: [version: Uint8Array, text: string][] = [];
        for (const [who, at, size] of drawn) {
          const replica = replicas[who]!;
          if (size === 0) pull(replica, replicas[at % 3]!);
          else if (size > 0) replica.insert(at % (replica.length + 1), 'abcd'.slice(0, size));
          else if (replica.length >= -size) replica.delete(at % (replica.length + size + 1), -size);
          seen.push([replica.encodeVersion(), replica.toString()]);
        }
        const [ann, bob, cid] = replicas;
        pull(ann!, bob!);
        pull(ann!, cid!);
        const now = ann!.toString();
        for (const [version, text] of seen) expect(textAt(ann!, version)).toBe(text);
        for (const [version, text] of seen.reverse()) expect(textAt(ann!, version)).toBe(text);
        expect(ann!.toString()).toBe(now);
        ann!.insert(0, '!');
        pull(bob!, ann!);
        expect(bob!.toString()).toBe(`!${now}`);
      }),
      { numRuns: 60 },
    );
  });
});
