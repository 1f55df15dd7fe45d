import fc from 'fast-check';
import { expect, test } from 'vitest';

import { PeerTable } from '../../src/peers/peer-table.ts';
import { RecordingDetector } from '../support/fixed-detector.ts';
import { SlowTable } from '../support/slow-table.ts';

const INTERVAL_MS = 100;
const names = ['a', '__proto__'];

const name = fc.constantFrom(...names);
const step = fc.oneof(
  { weight: 2, arbitrary: fc.tuple(fc.constant('add' as const), name) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('remove' as const), name) },
  {
    weight: 5,
    arbitrary: fc.tuple(fc.constant('receive' as const), name, fc.nat(2), fc.nat(40)),
  },
  { weight: 2, arbitrary: fc.tuple(fc.constant('observe' as const), name) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('vouch' as const), name) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('excuse' as const), name, fc.nat(900)) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('pause' as const)) },
  { weight: 12, arbitrary: fc.tuple(fc.constant('wait' as const), fc.nat(250)) },
);

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

function take(table: PeerTable | SlowTable, given: Step, nowMs: number): void {
  switch (given[0]) {
    case 'add':
      if (table instanceof PeerTable) table.add(given[1], INTERVAL_MS, nowMs);
      else table.add(given[1], nowMs);
      return;
    case 'remove':
      table.remove(given[1]);
      return;
    case 'receive':
      table.receive(given[1], given[2], given[3], nowMs);
      return;
    case 'observe':
      table.observe(given[1], nowMs);
      return;
    case 'vouch':
      table.vouch(given[1], nowMs);
      return;
    case 'excuse':
      table.excuse(given[1], nowMs + given[2] - 300);
      return;
    case 'pause':
      table.pauseEnded(nowMs);
      return;
    case 'wait':
  }
}

test('agrees with a table that looks at every peer every time, and looks in time', () => {
  const doubts = fc.constantFrom(0, 70);
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 120, size: 'max' }),
      doubts,
      fc.nat(2),
      (steps, doubtMs, pauses) => {
        const common = { firstWithinMs: 400, doubtMs, excusingPausesMax: pauses };
        const detectorOf = (): RecordingDetector => new RecordingDetector(300);
        const table = new PeerTable({ ...common, detectorOf });
        const twin = new SlowTable({ ...common, timeoutMs: 300, intervalMs: INTERVAL_MS });
        let nowMs = 0;
        for (const given of steps) {
          if (given[0] === 'wait') nowMs += given[1];
          take(table, given, nowMs);
          take(twin, given, nowMs);
          const isQuiet = table.nextDeadlineMs > nowMs;
          const changes = table.advance(nowMs).map(({ kind, peer }) => `${kind} ${peer}`);
          expect(changes.toSorted()).toEqual([...twin.advance(nowMs)].toSorted());
          if (isQuiet) expect(changes).toEqual([]);
          for (const each of names) expect(table.stateOf(each)).toBe(twin.state(each));
        }
      },
    ),
    { numRuns: 1_000 },
  );
});
