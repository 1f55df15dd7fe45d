import { expect, test } from 'vitest';

import { JsonDocument, schema } from '../../src/document/index.ts';
import { recordOfJson } from '../support/records.ts';

const keys = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'toJSON', '', '0', '-1'];

test.each(keys)('the key %j is an own one, before and after a journey', (key) => {
  const ann = new JsonDocument({ replicaId: 'ann' });
  ann.root.set(key, { polluted: 1, [key]: 2 });
  ann.root.open('map', schema.record(schema.any())).set(key, 'inner');
  const bob = JsonDocument.load(ann.save(), { replicaId: 'bob' });
  for (const document of [ann, bob]) {
    const json = recordOfJson(document.toJSON());
    expect(Object.getPrototypeOf(json)).toBeNull();
    expect(Object.keys(json).sort()).toEqual([key, 'map'].sort());
    expect(json['polluted']).toBeUndefined();
    const inner = recordOfJson(json[key]);
    expect(Object.getPrototypeOf(inner)).toBeNull();
    expect(Object.hasOwn(inner, key)).toBe(true);
    expect(Object.hasOwn(recordOfJson(json['map']), key)).toBe(true);
    expect(document.root.keys()).toContain(key);
  }
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
});

test('a field of a schema may have any name, too', () => {
  const fields = Object.fromEntries(keys.map((key) => [key, schema.register<string>()]));
  const page = schema.map(fields);
  const ann = new JsonDocument({ replicaId: 'ann', schema: page });
  const root: Record<string, string | undefined> = ann.root;
  for (const key of keys) {
    expect(root[key] ?? undefined).toBeUndefined();
    root[key] = `value of ${key}`;
  }
  for (const key of keys) expect(root[key]).toBe(`value of ${key}`);
  expect(Object.keys(recordOfJson(ann.toJSON())).sort()).toEqual([...keys].sort());
});

test('a key of ten million characters is one', () => {
  const key = 'k'.repeat(10_000_000);
  const ann = new JsonDocument({ replicaId: 'ann' });
  ann.root.set(key, 1);
  const bob = new JsonDocument({ replicaId: 'bob' });
  bob.applyAll(ann.updatesSince(bob.encodeVersion()));
  expect(bob.root.get(key)).toBe(1);
});
