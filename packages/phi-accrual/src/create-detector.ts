import { checkRecord, show } from './bounds.ts';
import {
  checkedAkka,
  checkedBertier,
  checkedChen,
  checkedExponential,
  checkedFixed,
  checkedHistogram,
  checkedNormal,
  type DetectorOptions,
} from './detector-options.ts';
import type { FailureDetector } from './detector.ts';
import { HeartbeatDetector } from './heartbeat-detector.ts';
import { AkkaJudge } from './models/akka.ts';
import { BertierJudge } from './models/bertier.ts';
import { ChenJudge } from './models/chen.ts';
import { ExponentialJudge } from './models/exponential.ts';
import { FixedJudge } from './models/fixed.ts';
import { HistogramJudge } from './models/histogram.ts';
import type { Judge } from './models/judge.ts';
import { NormalJudge } from './models/normal.ts';

/**
 * A detector for one peer, before its first heartbeat.
 *
 * @param options - The kind of it, and its settings. Without a kind: `normal`.
 * @throws RangeError that names the option which is out of its range.
 *
 * @remarks About 6 KiB for each detector with a window of 1,000.
 *
 * @example
 * ```ts
 * const detector = createDetector({ intervalMs: 1_000 });
 * for (let beat = 1; beat <= 100; beat += 1) detector.heartbeat(beat, 1_000 * beat);
 * detector.suspicion(100_900) < 1; // => true
 * detector.suspicion(102_000) > 8; // => true
 * detector.suspectAtMs < 101_500; // => true
 * ```
 */
export function createDetector(options: DetectorOptions): FailureDetector {
  checkRecord('options', options);
  return new HeartbeatDetector(judgeOf(options));
}

function judgeOf(options: DetectorOptions): Judge {
  switch (options.kind) {
    case undefined:
    case 'normal':
      return new NormalJudge(checkedNormal(options));
    case 'chen':
    case 'two-window':
      return new ChenJudge(options.kind, checkedChen(options));
    case 'akka':
      return new AkkaJudge(checkedAkka(options));
    case 'exponential':
      return new ExponentialJudge(checkedExponential(options));
    case 'bertier':
      return new BertierJudge(checkedBertier(options));
    case 'histogram':
      return new HistogramJudge(checkedHistogram(options));
    case 'fixed':
      return new FixedJudge(checkedFixed(options));
    default:
      throw unknownKind(options);
  }
}

function unknownKind({ kind }: { readonly kind: unknown }): RangeError {
  return new RangeError(`kind: expected the name of a detector, got ${show(kind)}`);
}
