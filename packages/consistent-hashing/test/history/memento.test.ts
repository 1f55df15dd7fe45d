import { expect, test } from 'vitest';

import { memento } from '../../src/history/memento.ts';
import { jump } from '../../src/jump/jump.ts';
import { someIds, someKeys } from '../support/all-placements.ts';

test('is jump as long as nobody went', () => {
  const nodes = someIds(9);
  for (const key of someKeys(500)) {
    expect(memento({ nodes }).locate(key).id).toBe(jump({ nodes }).locate(key).id);
  }
});

test('any node may go: only its keys move, and to all the others', () => {
  let before = memento({ nodes: someIds(9) });
  for (const gone of ['node-3', 'node-8', 'node-0']) {
    const after = before.with({ remove: [gone] });
    const heirs = new Set<string>();
    for (const key of someKeys(3_000)) {
      const owner = before.locate(key).id;
      if (owner === gone) heirs.add(after.locate(key).id);
      else expect(after.locate(key).id).toBe(owner);
    }
    expect(heirs.size).toBe(after.nodes.length);
    before = after;
  }
});

test('grows without a limit, each time by the share of the new one', () => {
  const before = memento({ nodes: someIds(4) });
  const after = before.with({ add: ['x', 'y'] });
  for (const key of someKeys(1_000)) {
    const owner = after.locate(key).id;
    if (owner !== 'x' && owner !== 'y') expect(before.locate(key).id).toBe(owner);
  }
});
