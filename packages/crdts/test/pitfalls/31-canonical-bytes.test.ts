import { seededRandom } from '@quorate/transport/system';
import { expect, test } from 'vitest';

import { saveShallow } from '../../src/text/shallow-file.ts';
import { TextDocument } from '../../src/text/text-document.ts';

/** Updates of three replicas that typed at once and heard of each other now and then. */
function updatesOfThree(): Uint8Array[] {
  const random = seededRandom(31);
  const updates: Uint8Array[] = [];
  const documents = ['ann', 'BBBBBBBB', 'eve'].map((replicaId) => {
    const document = new TextDocument({ replicaId });
    document.onLocalUpdate((update) => updates.push(update));
    return document;
  });
  for (let step = 0; step < 200; step += 1) {
    const document = documents[random.int(3)]!;
    const position = random.int(document.length + 1);
    const choice = random.int(4);
    if (choice === 0 && position < document.length) document.delete(position, 1);
    else if (choice === 3) {
      document.applyAll(documents[random.int(3)]!.updatesSince(document.encodeVersion()));
    } else document.insert(position, 'añ日'.charAt(random.int(3)));
  }
  return updates;
}

test('the same events give the same bytes and version, in whatever order they came', () => {
  const updates = updatesOfThree();
  const random = seededRandom(1);
  const first = new TextDocument({ replicaId: 'first' });
  first.applyAll(updates);
  const saves = new Set<string>();
  for (let round = 0; round < 20; round += 1) {
    const document = new TextDocument({ replicaId: `r${round}` });
    const left = [...updates];
    while (left.length > 0) document.apply(left.splice(random.int(left.length), 1)[0]!);
    expect(document.encodeVersion()).toEqual(first.encodeVersion());
    expect(document.canonicalBytes()).toEqual(first.canonicalBytes());
    expect(document.toString()).toBe(first.toString());
    saves.add(document.save().join());
  }
  // Files keep the local order of arrival, so that loading one is exact; they need not be equal.
  expect(saves.size).toBeGreaterThan(1);
});

test('one event less gives other canonical bytes', () => {
  const updates = updatesOfThree();
  const whole = new TextDocument({ replicaId: 'x' });
  const part = new TextDocument({ replicaId: 'y' });
  whole.applyAll(updates);
  part.applyAll(updates.slice(0, -1));
  expect(part.canonicalBytes()).not.toEqual(whole.canonicalBytes());
});

test('canonical bytes are an update that gives everything to somebody new', () => {
  const whole = new TextDocument({ replicaId: 'x' });
  whole.applyAll(updatesOfThree());
  const fresh = new TextDocument({ replicaId: 'y' });
  fresh.apply(whole.canonicalBytes());
  expect(fresh.toString()).toBe(whole.toString());
  expect(fresh.encodeVersion()).toEqual(whole.encodeVersion());
  expect(new TextDocument({ replicaId: 'z' }).canonicalBytes()).toEqual(new Uint8Array(0));
});

test('saving, loading and saving again gives the same bytes', () => {
  const document = new TextDocument({ replicaId: 'x' });
  document.applyAll(updatesOfThree());
  for (const bytes of [document.save(), saveShallow(document)]) {
    const again = TextDocument.load(bytes, { replicaId: 'y' });
    expect(again.save()).toEqual(bytes);
    again.encodeVersion();
    again.toString();
    again.canonicalBytes();
    expect(again.save()).toEqual(bytes);
  }
});
