import { expect, test } from 'vitest';

import { JsonDocument } from '../../src/document/index.ts';
import { recordOfJson } from '../support/records.ts';

test.each(['\ud800', '\udc00x', 'a\ud83d', '👨‍👩‍👧‍👦', 'e\u0301', '\r\n', '\u0000', '\uffff'])(
  'the string %j is the same after a journey, as a value, in a list and as a key',
  (string) => {
    const ann = new JsonDocument({ replicaId: 'ann' });
    ann.root.set('value', string);
    ann.root.set('nested', { [string]: [string] });
    ann.root.set(string, 1);
    const loaded = JsonDocument.load(ann.save(), { replicaId: 'later' });
    const bob = new JsonDocument({ replicaId: 'bob' });
    bob.applyAll(ann.updatesSince(bob.encodeVersion()));
    for (const document of [loaded, bob]) {
      expect(document.root.get('value')).toBe(string);
      expect(document.root.get(string)).toBe(1);
      expect(document.toJSON()).toEqual(ann.toJSON());
      expect(Object.keys(recordOfJson(document.root.get('nested')))).toEqual([string]);
    }
  },
);
