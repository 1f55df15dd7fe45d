import { expect, test } from 'vitest';

import { kindOf, messageKinds, sinceVersion, tagOf } from '../../src/codec/kinds.ts';
import { protocolVersions } from '../../src/protocol-version.ts';

test('each kind has a tag of its own, of one byte', () => {
  const tags = messageKinds.map(tagOf);
  expect(new Set(tags).size).toBe(messageKinds.length);
  for (const tag of tags) expect(tag).toSatisfy((value) => value >= 1 && value <= 255);
});

test('a tag leads back to its kind, and no other to any', () => {
  for (const kind of messageKinds) expect(kindOf(tagOf(kind))).toBe(kind);
  expect(kindOf(0)).toBeUndefined();
  expect(kindOf(255)).toBeUndefined();
});

test('each kind came with a version that this release speaks', () => {
  for (const kind of messageKinds) {
    expect(sinceVersion(kind)).toBeGreaterThanOrEqual(1);
    expect(sinceVersion(kind)).toBeLessThanOrEqual(protocolVersions.max);
  }
});
