import { expect, test } from 'vitest';

import { endsOf, withFault } from '../../src/cli/links.ts';
import type { LinkFault } from '../../src/supervisor/link-faults.ts';

const cut: LinkFault = { kind: 'cut', from: 'n1', to: 'n2' };
const drop: LinkFault = { kind: 'drop', from: 'n1', to: 'n2', share: 0.5 };

test('a fault takes the place of its like on the same link, and of nothing else', () => {
  const fault = { kind: 'drop', share: 0.1 } as const;
  expect(withFault([cut, drop], fault, endsOf(['n1', 'n2'], 'both', []))).toEqual([
    cut,
    { kind: 'drop', share: 0.1, from: 'n1', to: 'n2' },
    { kind: 'drop', share: 0.1, from: 'n2', to: 'n1' },
  ]);
});

test('all links are those between each two nodes, in each direction', () => {
  expect(endsOf('all', 'both', ['a', 'b', 'c']).map((ends) => ends.join(''))).toEqual([
    'ab',
    'ac',
    'ba',
    'bc',
    'ca',
    'cb',
  ]);
  expect(endsOf(['a', 'b'], 'one-way', ['a', 'b', 'c'])).toEqual([['a', 'b']]);
});
