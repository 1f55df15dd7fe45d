import { expect, test } from 'vitest';

import { traceModels } from '../../src/analysis/trace-models.ts';

test.each(Object.entries(traceModels))('%s lives within its own bounds', (_kind, model) => {
  expect(model.intervalMs).toBeGreaterThan(0);
  expect(model.delayMinMs).toBeGreaterThanOrEqual(0);
  for (const pause of [...model.senderPauses, ...model.observerPauses]) {
    expect(pause.gapMeanMs).toBeGreaterThan(0);
  }
});
