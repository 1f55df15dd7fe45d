import { expect, test } from 'vitest';

import { mix } from '../../src/cli/load-mix-form.ts';
import { loadMixes, loadMixNames } from '../../src/supervisor/load-mix.ts';

test('a mix is given in parts', () => {
  expect(mix.parse('edit=70,read=25,config=5')).toEqual({ edit: 70, read: 25, config: 5 });
  expect(mix.parse('config=1')).toEqual({ edit: 0, read: 0, config: 1 });
});

test.each(loadMixNames)('a mix is given by its name: %s', (name) => {
  expect(mix.parse(name)).toEqual(loadMixes[name]);
  expect(mix.expected).toContain(name);
});

test.each(['', 'edit', 'edit=-1', 'edit=1,edit=2', 'delete=1', 'edit=0', 'toString', '__proto__'])(
  '%j is no mix',
  (text) => {
    expect(mix.parse(text)).toBeUndefined();
  },
);
