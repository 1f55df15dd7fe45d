/*
 * What goes wrong elsewhere: a detector is called better because it makes fewer mistakes, and takes
 * longer to notice a crash; or it is tuned to one network, and a timeout beats it on the next.
 *
 * Protection: `../../src/schedule.ts` and what it is made of. At the detection time that the
 * default has on a trace, it makes at most a tenth more mistakes than the best of Chen's, two
 * windows and a timeout, each with the margin that takes as long.
 */
import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { compareAtEqualDetection } from '../../src/analysis/equal-detection.ts';
import { detectorFamilies, familiesOf } from '../../src/analysis/families.ts';
import { generateTrace } from '../../src/analysis/generate-trace.ts';
import { qualityOf } from '../../src/analysis/quality.ts';
import { parseRoundTrips } from '../../src/analysis/round-trips.ts';
import { type TraceKind, traceModels } from '../../src/analysis/trace-models.ts';
import type { HeartbeatTrace } from '../../src/analysis/trace.ts';
import { createDetector } from '../../src/create-detector.ts';
import { hasRoundTrips, roundTripText } from '../support/shared-data.ts';

const COUNT = 60_000;
const LIMIT = { timeout: 120_000 };

/** Of so few mistakes chance decides which detector makes one more: they are not compared. */
const TOO_FEW = 10;

function compare(traces: readonly HeartbeatTrace[], settings: readonly number[], warmUp: number) {
  const families = detectorFamilies(traces[0]?.intervalMs ?? 0);
  const [normal] = familiesOf(families, ['normal']);
  const rivals = familiesOf(families, ['chen', 'two-window', 'fixed']);
  const rows = compareAtEqualDetection(traces, normal!, settings, rivals, { warmUpCount: warmUp });
  return rows.map(({ first, rivals: found }) => {
    const met = found.filter(({ isMet }) => isMet).map(({ quality }) => quality.mistakes);
    return { threshold: first.setting, ours: first.quality.mistakes, best: Math.min(...met) };
  });
}

/** Rows in which the default is not among the best. */
function beaten(rows: ReturnType<typeof compare>) {
  return rows.filter(({ ours, best }) => ours > Math.max(1.1 * best, best < TOO_FEW ? TOO_FEW : 0));
}

describe('the default makes as few mistakes as the best, at the same detection time', () => {
  test.each(Object.keys(traceModels) as TraceKind[])('on %s', LIMIT, (kind) => {
    const trace = generateTrace(kind, { random: seededRandom(1), count: COUNT });
    const rows = compare([trace], [1, 3, 8, 24], 1_100);
    expect(rows).toHaveLength(4);
    expect(beaten(rows)).toEqual([]);
  });

  test.skipIf(!hasRoundTrips)('on measured round trips', LIMIT, () => {
    const links = parseRoundTrips(roundTripText(), 1_000);
    const rows = compare(links, [1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64], 50);
    expect(beaten(rows)).toEqual([]);
    // Where delays persist and differ from link to link, an adaptive detector is worth its name.
    const patient = rows.filter(({ threshold }) => threshold >= 24);
    for (const { ours, best } of patient) expect(ours).toBeLessThan(best / 3);
  });
});

describe('on a switch, once a second, with stalls', () => {
  const trace = generateTrace('lan-stalls', { random: seededRandom(1), count: 100_000 });
  const ours = qualityOf(trace, createDetector({ intervalMs: 1_000 }));

  test("the default notices a crash three times sooner than Akka's defaults", LIMIT, () => {
    const akka = qualityOf(trace, createDetector({ kind: 'akka', intervalMs: 1_000 }));
    expect(akka.detectionMs / ours.detectionMs).toBeGreaterThan(3);
  });

  test("the default notices a crash eight times sooner than Cassandra's", LIMIT, () => {
    const cassandra = createDetector({ kind: 'exponential', intervalMs: 1_000 });
    expect(qualityOf(trace, cassandra).detectionMs / ours.detectionMs).toBeGreaterThan(8);
  });

  test('the default makes less than half a mistake an hour', () => {
    expect(ours.mistakesPerHour).toBeLessThan(0.5);
    expect(ours.accuracy).toBeGreaterThan(0.999_9);
  });
});
