import { expect, test } from 'vitest';

import { boardRows } from '../../../src/dashboard/ring/copies.ts';
import { nodeView } from '../../support/node-view.ts';

const members = ['n1', 'n2', 'n3', 'n4'];
const has = (id: string, digests: Readonly<Record<string, string>>): ReturnType<typeof nodeView> =>
  nodeView(id, { boards: { members, digests } });

test('copies agree, differ, or are too few', () => {
  const rows = boardRows([
    has('n1', { b: 'aa', a: 'aa', c: 'cc' }),
    has('n2', { a: 'aa', b: 'bb', c: 'cc' }),
    has('n3', { a: 'aa', b: 'bb' }),
  ]);
  expect(rows.map(({ boardId, agreement }) => [boardId, agreement])).toEqual([
    ['a', 'equal'],
    ['b', 'differ'],
    ['c', 'few'],
  ]);
  expect(rows[1]?.commonest).toBe('bb');
});

test('a node that is not live has no copies to show', () => {
  const gone = { ...has('n3', { a: 'aa' }), process: 'paused' } as const;
  const [row] = boardRows([has('n1', { a: 'aa' }), has('n2', { a: 'aa' }), gone]);
  expect(row?.agreement).toBe('few');
  expect([...(row?.digests.keys() ?? [])]).toEqual(['n1', 'n2']);
});

test('boards may have any name that a record can have', () => {
  const odd = JSON.parse('{"__proto__":"aa","constructor":"bb"}') as Record<string, string>;
  const rows = boardRows([has('n1', odd)]);
  expect(rows.map(({ boardId }) => boardId)).toEqual(['__proto__', 'constructor']);
});
