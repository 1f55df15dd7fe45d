import { expect, test } from 'vitest';

import { type DocumentChange, JsonDocument } from '../../src/document/json-document.ts';
import { mark } from '../../src/text/marking.ts';
import { type TextChange, TextDocument } from '../../src/text/text-document.ts';

test('a listener that edits loses no event, and everybody hears of all of them in order', () => {
  const ann = new TextDocument({ replicaId: 'ann' });
  const bob = new TextDocument({ replicaId: 'bob' });
  const heard: string[] = [];
  ann.onChange(({ patches }) => {
    for (const { inserted } of patches) {
      // Typographic quotes, as an editor would put them.
      if (inserted.includes('"')) ann.replace(ann.toString().indexOf('"'), 1, '”');
    }
  });
  ann.onChange((change) => heard.push(textOf(change)));
  ann.onLocalUpdate((update) => bob.apply(update));
  ann.insert(0, 'say "');
  ann.insert(5, '"');
  expect(ann.toString()).toBe('say ””');
  expect(bob.toString()).toBe('say ””');
  expect(heard).toEqual(['+say "', '-+”', '+"', '-+”']);
});

function textOf({ patches }: TextChange): string {
  return patches
    .map(({ deleteCount, inserted }) => (deleteCount > 0 ? '-' : `+${inserted}`))
    .join('');
}

test('a listener that edits while an update arrives: both replicas agree', () => {
  const ann = new TextDocument({ replicaId: 'ann' });
  const bob = new TextDocument({ replicaId: 'bob' });
  ann.onChange(({ origin }) => {
    if (origin === 'remote' && ann.length < 10) ann.insert(0, '.');
  });
  ann.onLocalUpdate((update) => bob.apply(update));
  bob.onLocalUpdate((update) => ann.apply(update));
  bob.onChange(({ origin }) => {
    if (origin === 'remote' && bob.length < 10) bob.insert(bob.length, ',');
  });
  bob.insert(0, 'x');
  expect(ann.length).toBeGreaterThanOrEqual(10);
  expect(ann.toString()).toBe(bob.toString());
  expect(ann.encodeVersion()).toEqual(bob.encodeVersion());
});

test('a listener that throws keeps nobody from hearing, and the edit stays', () => {
  const ann = new TextDocument({ replicaId: 'ann' });
  const bob = new TextDocument({ replicaId: 'bob' });
  ann.onLocalUpdate(() => {
    throw new Error('disk full');
  });
  ann.onLocalUpdate((update) => bob.apply(update));
  expect(() => ann.insert(0, 'a')).toThrow('disk full');
  expect(() => ann.insert(1, 'b')).toThrow('disk full');
  expect(ann.toString()).toBe('ab');
  expect(bob.toString()).toBe('ab');
});

test('a listener that edits while an update cuts a transaction in two loses nothing', () => {
  const ann = new TextDocument({ replicaId: 'ann' });
  const bob = new TextDocument({ replicaId: 'bob' });
  const eve = new TextDocument({ replicaId: 'eve' });
  bob.insert(0, 'bob');
  ann.onLocalUpdate((update) => eve.apply(update));
  let isFirst = true;
  ann.onLocalUpdate(() => {
    if (isFirst) ann.insert(0, '!');
    isFirst = false;
  });
  ann.transact(() => {
    ann.insert(0, 'a');
    ann.applyAll(bob.updatesSince(ann.encodeVersion()));
    ann.insert(0, 'b');
  });
  eve.applyAll(bob.updatesSince(eve.encodeVersion()));
  expect(eve.toString()).toBe(ann.toString());
  expect(ann.length).toBe(6);
});

test('what nobody hears any more is not told to whoever listens next', () => {
  const ann = new TextDocument({ replicaId: 'ann' });
  const heard: string[] = [];
  const unsubscribe = ann.onChange((change) => heard.push(textOf(change)));
  ann.transact(() => {
    ann.insert(0, 'unheard');
    unsubscribe();
  });
  mark(ann, 0, 2, 'bold', true);
  ann.onChange((change) => heard.push(textOf(change)));
  ann.insert(7, '!');
  expect(heard).toEqual(['+!']);
});

test('who begins to listen within a transaction hears of what is edited after that', () => {
  const ann = new TextDocument({ replicaId: 'ann' });
  const early: string[] = [];
  const late: string[] = [];
  ann.onChange((change) => early.push(textOf(change)));
  ann.transact(() => {
    ann.insert(0, 'before');
    ann.onChange((change) => late.push(textOf(change)));
    ann.insert(0, 'after');
  });
  expect(early.join('')).toBe('+before+after');
  expect(late).toEqual(['+after']);
});

test('the same of a JSON document', () => {
  const ann = new JsonDocument({ replicaId: 'ann' });
  const heard: DocumentChange[] = [];
  const unsubscribe = ann.onChange((change) => heard.push(change));
  ann.transact(() => {
    ann.root.set('unheard', 1);
    unsubscribe();
  });
  ann.transact(() => {
    ann.root.set('before', 1);
    ann.onChange((change) => heard.push(change));
    ann.root.set('after', 1);
  });
  const keys = heard.flatMap(({ changes }) =>
    changes.map((change) => (change.kind === 'map' ? change.key : change.kind)),
  );
  expect(keys).toEqual(['after']);
});
