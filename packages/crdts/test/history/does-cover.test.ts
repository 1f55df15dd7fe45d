import fc from 'fast-check';
import { expect, test } from 'vitest';

import { doesCover, JsonDocument } from '../../src/document/index.ts';
import { CorruptBytesError } from '../../src/errors.ts';

test('a version has all of another one if its holder lacks nothing of it', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 5 }), { maxLength: 20 }), (steps) => {
      const [ann, bob] = ['ann', 'bob'].map((replicaId) => new JsonDocument({ replicaId }));
      for (const step of steps) {
        const [from, to] = step % 2 === 0 ? [ann!, bob!] : [bob!, ann!];
        if (step < 4) from.root.set('key', step);
        else to.applyAll(from.updatesSince(to.encodeVersion()));
      }
      const lacks = ann!.updatesSince(bob!.encodeVersion()).length > 0;
      expect(doesCover(bob!.encodeVersion(), ann!.encodeVersion())).toBe(!lacks);
      expect(ann!.isCoveredBy(bob!.encodeVersion())).toBe(!lacks);
    }),
  );
});

test('what is no version is refused', () => {
  const none = Uint8Array.of(1, 2, 3);
  expect(() => doesCover(none, new Uint8Array(0))).toThrow(CorruptBytesError);
  expect(() => doesCover(new Uint8Array(0), none)).toThrow(CorruptBytesError);
});
