import { expect, test } from 'vitest';

import { JsonDocument, schema } from '../../src/document/index.ts';

const page = schema.map({ votes: schema.counter() });

test('a backup that counts on loses nothing and counts nothing twice', () => {
  const ann = new JsonDocument({ replicaId: 'ann', schema: page });
  ann.root.votes.add(5);
  const backup = ann.save();
  ann.root.votes.add(10);
  const peer = new JsonDocument({ replicaId: 'peer', schema: page });
  peer.applyAll(ann.updatesSince(peer.encodeVersion()));
  const restored = JsonDocument.load(backup, { replicaId: 'ann-2', schema: page });
  restored.root.votes.add(1);
  restored.applyAll(peer.updatesSince(restored.encodeVersion()));
  peer.applyAll(restored.updatesSince(peer.encodeVersion()));
  peer.applyAll(restored.updatesSince(new Uint8Array()));
  expect([restored.root.votes.value, peer.root.votes.value]).toEqual([16, 16]);
});

test('a backup that would go on under its old id is refused', () => {
  const ann = new JsonDocument({ replicaId: 'ann', schema: page });
  ann.root.votes.add(5);
  const backup = ann.save();
  expect(() => JsonDocument.load(backup, { replicaId: 'ann', schema: page })).toThrow(RangeError);
  const same = JsonDocument.load(backup, {
    replicaId: 'ann',
    schema: page,
    continueReplica: true,
  });
  same.root.votes.add(1);
  expect(same.root.votes.value).toBe(6);
});
