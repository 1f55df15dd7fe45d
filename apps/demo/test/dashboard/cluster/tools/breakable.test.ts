import { expect, test } from 'vitest';

import { whyUnbreakable } from '../../../../src/dashboard/cluster/tools/breakable.ts';
import type { ClusterView } from '../../../../src/supervisor/cluster-view.ts';

const view: ClusterView = {
  ...{ nodes: [], leaderId: null, groups: [], dataDirectory: '' },
  load: { ratePerSecond: 0, totals: { acknowledgedCount: 0, checkedCount: 0, violationCount: 0 } },
};

test('everything can be broken, unless the demo says that nothing can', () => {
  expect(whyUnbreakable(undefined)).toBeUndefined();
  expect(whyUnbreakable(view)).toBeUndefined();
  expect(whyUnbreakable({ ...view, isBreakable: true })).toBeUndefined();
  expect(whyUnbreakable({ ...view, isBreakable: false })).toContain('--no-chaos');
});
