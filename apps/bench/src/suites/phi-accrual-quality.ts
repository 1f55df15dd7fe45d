import { createDetector, type FailureDetector } from '@quorate/phi-accrual';
import {
  detectorFamilies,
  type DetectorFamily,
  familiesOf,
  type Quality,
  qualityOf,
  settingFor,
} from '@quorate/phi-accrual/analysis';

import { AkkaDetector, CassandraDetector } from '../detectors/other-detectors.ts';
import { allTraces, type NamedTraces } from '../detectors/traces.ts';
import {
  type BenchCase,
  CannotRun,
  type Contender,
  type Metric,
  type Sample,
  type Suite,
} from '../suite.ts';

/** Figures have to be above zero, and "none" would have no ratio. */
const MISTAKES = 'mistakes and one';

const metrics: readonly Metric[] = [
  { name: 'crash detected in', unit: 'ms', better: 'lower' },
  { name: MISTAKES, unit: '', better: 'lower' },
  { name: 'peer rightly trusted', unit: '%', better: 'higher' },
];

function sampleOf({ detectionMs, mistakes, accuracy }: Quality): Sample {
  return {
    'crash detected in': detectionMs,
    [MISTAKES]: mistakes + 1,
    'peer rightly trusted': 100 * accuracy,
  };
}

function judged(name: string, at: NamedTraces, make: () => FailureDetector): Contender {
  const { traces, warmUpCount } = at;
  return { name, run: () => sampleOf(qualityOf(traces(), make(), { warmUpCount })) };
}

/** A rival with the setting at which it notices a crash as soon as `first` does. */
function asSoon(rival: DetectorFamily, at: NamedTraces, first: () => FailureDetector): Contender {
  const { traces, warmUpCount } = at;
  return {
    name: `${rival.name}, as soon`,
    run() {
      const { detectionMs } = qualityOf(traces(), first(), { warmUpCount });
      const found = settingFor(traces(), rival, detectionMs, { warmUpCount });
      if (!found.isMet) throw new CannotRun(`no ${rival.setting} detects in ${detectionMs} ms`);
      return sampleOf(found.quality);
    },
  };
}

function equalDetection(at: NamedTraces, threshold: number): BenchCase {
  const { name, intervalMs } = at;
  const make = (): FailureDetector => createDetector({ intervalMs, threshold });
  const rivals = familiesOf(detectorFamilies(intervalMs), ['chen', 'two-window', 'fixed']);
  return {
    name: `${name}, phi ${threshold}`,
    metrics,
    ours: judged('normal', at, make),
    peers: rivals.map((rival) => asSoon(rival, at, make)),
    runs: 1,
    warmUpRuns: 0,
  };
}

function asShipped(at: NamedTraces): BenchCase {
  const { name, intervalMs } = at;
  return {
    name: `${name}, as shipped`,
    metrics,
    ours: judged('normal', at, () => createDetector({ intervalMs })),
    peers: [
      judged('Akka', at, () => new AkkaDetector()),
      judged('Cassandra', at, () => new CassandraDetector()),
    ],
    runs: 1,
    warmUpRuns: 0,
  };
}

const everySecond = allTraces.filter(({ intervalMs }) => intervalMs === 1_000);

/** No clock runs: the figures are the same on every machine. */
export const suite: Suite = {
  name: 'phi-accrual-quality',
  description: 'How soon does a detector notice a crash, and how often does it suspect the living?',
  cases: [
    ...everySecond.map(asShipped),
    ...allTraces.flatMap((traces) => [2, 8, 32].map((phi) => equalDetection(traces, phi))),
  ],
};
