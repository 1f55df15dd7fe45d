import fc from 'fast-check';
import { expect, test } from 'vitest';

import { FairLine, type TenantWaiting } from '../../src/waiting/fair-line.ts';

interface Tenant {
  readonly name: string;
  readonly weight: number;
  /** The largest cost of its requests. */
  readonly costMax: number;
}

const tenant = fc.record({
  weight: fc.constantFrom(1, 2, 3, 10, 17, 999, 1_000),
  costMax: fc.constantFrom(1, 3, 50, 1_000_000),
});
const backlog = fc.record({
  tenants: fc.array(tenant, { minLength: 2, maxLength: 6 }).map((drawn): readonly Tenant[] => {
    return drawn.map((each, place) => ({ ...each, name: `tenant ${place}` }));
  }),
  steps: fc.array(
    fc.record({
      kind: fc.constantFrom('join', 'join', 'serve', 'serve', 'leave'),
      who: fc.nat(5),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
      priority: fc.constantFrom('critical', 'normal', 'low'),
    }),
    { maxLength: 300 },
  ),
});

type Backlog = typeof backlog extends fc.Arbitrary<infer Value> ? Value : never;

interface Turn {
  readonly item: TenantWaiting;
  /** Who waited when it was given. */
  readonly waiting: ReadonlySet<string>;
}

/** Runs a backlog, and tells of every turn, and who waits after every step. */
function run(
  { tenants, steps }: Backlog,
  maxTenants: number,
  see: {
    readonly turn?: (turn: Turn) => void;
    readonly join?: (item: TenantWaiting, waiting: ReadonlySet<string>) => void;
    readonly after?: (waiting: ReadonlySet<string>) => void;
  },
): void {
  const line = new FairLine<TenantWaiting>({ maxTenants });
  const waiting = (): ReadonlySet<string> => new Set(line.all().map((item) => item.tenant));
  for (const { kind, who, part, priority } of steps) {
    const { name, weight, costMax } = tenants[who % tenants.length]!;
    const all = line.all();
    const next = line.next();
    if (kind === 'join' && line.hasRoomFor(name)) {
      const item = { tenant: name, cost: 1 + Math.floor(part * (costMax - 1)), priority };
      see.join?.(item, waiting());
      line.add(item, weight);
    }
    if (kind === 'leave' && all.length > 0) line.remove(all[Math.floor(part * (all.length - 1))]!);
    if (kind === 'serve' && next !== undefined) {
      see.turn?.({ item: next, waiting: waiting() });
      line.served(next);
    }
    see.after?.(waiting());
  }
}

/** By how much two tenants' weighted service differs at most in any interval they both wait in. */
function widestGap(given: Backlog, maxTenants: number, pair: readonly [Tenant, Tenant]): number {
  const [left, right] = pair;
  let [gap, least, most, widest] = [0, 0, 0, 0];
  run(given, maxTenants, {
    turn: ({ item }) => {
      if (item.tenant === left.name) gap += item.cost / left.weight;
      if (item.tenant === right.name) gap -= item.cost / right.weight;
      least = Math.min(least, gap);
      most = Math.max(most, gap);
      widest = Math.max(widest, most - least);
    },
    after: (waiting) => {
      if (waiting.has(left.name) && waiting.has(right.name)) return;
      [gap, least, most] = [0, 0, 0];
    },
  });
  return widest;
}

function pairsOf(tenants: readonly Tenant[]): readonly (readonly [Tenant, Tenant])[] {
  return tenants.flatMap((left, place) =>
    tenants.slice(place + 1).map((right) => [left, right] as const),
  );
}

/** A clock is exact to a unit; sums of numbers with fractions here are not. */
const ROUNDING = 1e-4;

test('two tenants that both wait differ by a turn of each at most, over any interval', () => {
  fc.assert(
    fc.property(backlog, (given) => {
      for (const pair of pairsOf(given.tenants)) {
        const [left, right] = pair;
        const bound = left.costMax / left.weight + right.costMax / right.weight;
        expect(widestGap(given, 6, pair)).toBeLessThanOrEqual(bound + ROUNDING);
      }
    }),
    { numRuns: 300 },
  );
});

test('where some are forgotten, they differ by twice the largest turn of all at most', () => {
  fc.assert(
    fc.property(backlog, (given) => {
      const bound = 2 * Math.max(...given.tenants.map(({ costMax, weight }) => costMax / weight));
      for (const pair of pairsOf(given.tenants)) {
        expect(widestGap(given, 2, pair)).toBeLessThanOrEqual(bound + ROUNDING);
      }
    }),
    { numRuns: 300 },
  );
});

test('a tenant that comes anew waits for one turn of each other at most', () => {
  fc.assert(
    fc.property(backlog, (given) => {
      const known = new Set<string>();
      const before = new Map<string, string[]>();
      run(given, 6, {
        join: ({ tenant: name }) => {
          if (!known.has(name)) before.set(name, []);
          known.add(name);
        },
        turn: ({ item }) => {
          before.delete(item.tenant);
          for (const others of before.values()) {
            expect(others).not.toContain(item.tenant);
            others.push(item.tenant);
          }
        },
        after: (waiting) => {
          for (const name of before.keys()) if (!waiting.has(name)) before.delete(name);
        },
      });
    }),
    { numRuns: 300 },
  );
});
