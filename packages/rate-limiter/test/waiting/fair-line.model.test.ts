import fc from 'fast-check';
import { expect, test } from 'vitest';

import { FairLine, type TenantWaiting } from '../../src/waiting/fair-line.ts';
import { SlowFairLine } from '../support/slow-fair-line.ts';

interface Named extends TenantWaiting {
  readonly name: number;
}

const tenants = ['a', 'b', 'c', 'd', 'e'];

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ tenant: fc.constantFrom(...tenants), cost: fc.nat(9) }) },
  { weight: 3, arbitrary: fc.constant('serve' as const) },
  { weight: 1, arbitrary: fc.record({ leaves: fc.nat(200) }) },
);

test('gives turns as the paper does with tags in numbers of any size', () => {
  const weights = fc.array(fc.constantFrom(1, 2, 3, 5, 7, 11, 16), {
    minLength: tenants.length,
    maxLength: tenants.length,
  });
  fc.assert(
    fc.property(weights, fc.array(step, { maxLength: 150 }), (drawn, steps) => {
      const byTenant = new Map(tenants.map((tenant, place) => [tenant, drawn[place] ?? 1]));
      const slow = new SlowFairLine(byTenant);
      const line = new FairLine<Named>({ maxTenants: tenants.length });
      const items: Named[] = [];
      for (const what of steps) {
        if (what === 'serve') {
          const next = line.next();
          if (next !== undefined) line.served(next);
          expect(next?.name).toBe(slow.serve());
        } else if ('leaves' in what) {
          const gone = items[what.leaves % Math.max(1, items.length)];
          if (gone === undefined) continue;
          line.remove(gone);
          slow.leave(gone.name);
        } else {
          const item = { ...what, priority: 'normal' as const, name: items.length };
          items.push(item);
          line.add(item, byTenant.get(what.tenant) ?? 1);
          slow.add(what.tenant, item.name, what.cost);
        }
      }
    }),
    { numRuns: 1_000 },
  );
});
