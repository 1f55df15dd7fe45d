import { describe, expect, test } from 'vitest';

import { ForkedReplicaError } from '../../src/errors.ts';
import { TextDocument } from '../../src/text/text-document.ts';

function typed(replicaId: string, text: string): TextDocument {
  const document = new TextDocument({ replicaId });
  for (const character of text) document.insert(document.length, character);
  return document;
}

describe.each(['twin', 'AAAAAAAA'])('two tabs that both count as %s', (id) => {
  test('are told apart when an event arrives that is here with other content', () => {
    const bob = new TextDocument({ replicaId: 'bob' });
    bob.applyAll(typed(id, 'same, then this').updatesSince(new Uint8Array(0)));
    const before = bob.encodeVersion();
    const [other] = typed(id, 'same, then that').updatesSince(new Uint8Array(0));
    expect(() => bob.apply(other!)).toThrow(new ForkedReplicaError(id, 13));
    expect(bob.toString()).toBe('same, then this');
    expect(bob.encodeVersion()).toEqual(before);
  });

  test('are told apart by their versions, before any event is exchanged', () => {
    const one = typed(id, 'same, then this');
    const two = typed(id, 'same, then that');
    expect(() => one.updatesSince(two.encodeVersion())).toThrow(ForkedReplicaError);
    expect(() => two.updatesSince(one.encodeVersion())).toThrow(ForkedReplicaError);
    const longer = typed(id, 'same, then that and more');
    expect(() => longer.updatesSince(one.encodeVersion())).toThrow(ForkedReplicaError);
  });

  test('are told apart by where they wrote the same', () => {
    const one = typed(id, 'aaa');
    const two = typed(id, 'aa');
    two.insert(0, 'a');
    expect(two.toString()).toBe(one.toString());
    expect(() => one.updatesSince(two.encodeVersion())).toThrow(ForkedReplicaError);
  });

  test('are told apart by what they knew when they wrote the same', () => {
    const one = typed(id, 'a');
    const two = new TextDocument({ replicaId: id });
    const bob = typed('bob', 'x');
    two.applyAll(bob.updatesSince(two.encodeVersion()));
    two.insert(0, 'a');
    expect(() => one.updatesSince(two.encodeVersion())).toThrow(ForkedReplicaError);
    const eve = new TextDocument({ replicaId: 'eve' });
    eve.applyAll(one.updatesSince(new Uint8Array(0)));
    expect(() => eve.applyAll(two.updatesSince(new Uint8Array(0)))).toThrow(ForkedReplicaError);
  });

  test('are not told apart while they did the same', () => {
    const one = typed(id, 'same');
    const two = typed(id, 'same and more');
    expect(() => one.updatesSince(two.encodeVersion())).not.toThrow();
    expect(two.updatesSince(one.encodeVersion())).toHaveLength(1);
  });
});

test('a replica that meets its own id elsewhere hears of it at once', () => {
  const one = typed('twin', 'a');
  const two = typed('twin', 'ab');
  const [update] = two.updatesSince(one.encodeVersion());
  expect(() => one.apply(update!)).toThrow(new ForkedReplicaError('twin', 1));
});
