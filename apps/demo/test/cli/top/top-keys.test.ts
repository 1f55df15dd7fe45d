import { expect, test } from 'vitest';

import { actionOf } from '../../../src/cli/top/top-keys.ts';
import { emptyView, withChoice, withEvent } from '../../../src/cli/top/top-view.ts';
import { nodeView } from '../../support/node-view.ts';

const totals = { acknowledgedCount: 0, checkedCount: 0, violationCount: 0 };
const view = withEvent(emptyView, {
  kind: 'view',
  view: {
    nodes: [nodeView('n1'), nodeView('n2', { process: 'stopped' }), nodeView('n3')],
    ...{ leaderId: 'n1', groups: [], dataDirectory: '' },
    load: { ratePerSecond: 20, totals },
  },
});

test.each([
  ['k', 0, '/api/nodes/n1/kill', undefined],
  ['k', 1, '/api/nodes/n2/restart', undefined],
  ['z', 0, '/api/nodes/n1/pause', undefined],
  ['x', 2, '/api/partition', { groups: [['n3'], ['n1', 'n2']] }],
  ['h', 0, '/api/heal', undefined],
  ['+', 0, '/api/load', { ratePerSecond: 70 }],
  ['-', 0, '/api/load', { ratePerSecond: 0 }],
])('%s on node %i asks for %s', (key, step, path, document) => {
  const action = actionOf(key, withChoice(view, step));
  const request = { path, method: 'POST', ...(document && { document }) };
  expect(action).toMatchObject({ kind: 'ask', request });
});

test('q and Ctrl-C quit; a key before the first news does nothing', () => {
  expect(['q', '\u0003'].map((key) => actionOf(key, view).kind)).toEqual(['quit', 'quit']);
  expect(actionOf('k', emptyView)).toEqual({ kind: 'none' });
});

test('the choice stays on the nodes', () => {
  expect(withChoice(view, -1).chosen).toBe('n1');
  expect(withChoice(view, 9).chosen).toBe('n3');
});
