import {
  compareAtEqualDetection,
  type EqualDetection,
  type SettingFound,
} from './equal-detection.ts';
import type { DetectorKind } from '../detector.ts';
import { detectorFamilies, familiesOf } from './families.ts';
import { type QualityOptions, qualityOf } from './quality.ts';
import type { HeartbeatTrace } from './trace.ts';

/** What there is to say about heartbeats that were recorded. */
export interface AnalysisReport {
  readonly name: string;
  readonly intervalMs: number;
  /** How many were sent, over all traces. */
  readonly heartbeats: number;
  readonly lost: number;
  readonly overtaken: number;
  /** What the network took: the median, what 99 of 100 stayed within, and the longest, in ms. */
  readonly delaysMs: readonly [median: number, p99: number, longest: number];
  /** The detectors that ship with a setting, with it. */
  readonly presets: readonly SettingFound[];
  /** All at the detection times of the default detector, from hasty to patient. */
  readonly equal: readonly EqualDetection[];
}

/** phi from "this happens all the time" to "never yet". */
const THRESHOLDS = [1, 2, 4, 8, 16, 32, 64, 128] as const;

/** Those that can be set to notice a crash at about any time. */
const RIVALS: readonly DetectorKind[] = ['chen', 'two-window', 'fixed'];

/**
 * Replays traces through all detectors, with the settings they ship with and at equal detection
 * times.
 *
 * @param name - For tables and pictures.
 * @param traces - At least one, all of one interval, judged as one.
 * @throws RangeError if there is no trace, if their intervals differ, if one is too short for
 *   `qualityOf`, or if an interval is out of the range of `createDetector`.
 * @remarks Some hundred replays: a second for 20,000 heartbeats.
 */
export function analyse(
  name: string,
  traces: readonly HeartbeatTrace[],
  options: QualityOptions = {},
): AnalysisReport {
  const [head] = traces;
  if (head === undefined) throw new RangeError('traces: expected at least 1, got 0');
  const { intervalMs } = head;
  const stranger = traces.find((trace) => trace.intervalMs !== intervalMs);
  if (stranger !== undefined) {
    throw new RangeError(`traces: expected intervals of ${intervalMs}, got ${stranger.intervalMs}`);
  }
  const families = detectorFamilies(intervalMs);
  const [first] = families;
  const rivals = familiesOf(families, RIVALS);
  const presets = families.flatMap(({ name: family, preset, make }) => {
    if (preset === undefined) return [];
    const quality = qualityOf(traces, make(preset), options);
    return [{ name: family, isMet: true, setting: preset, quality }];
  });
  const count = (of: (trace: HeartbeatTrace) => number): number =>
    traces.reduce((sum, trace) => sum + of(trace), 0);
  return {
    name,
    intervalMs,
    heartbeats: count(({ sequences }) => sequences.length),
    lost: count(({ lostCount }) => lostCount),
    overtaken: count(({ overtakenCount }) => overtakenCount),
    delaysMs: delaysOf(traces),
    presets,
    equal:
      first === undefined
        ? []
        : compareAtEqualDetection(traces, first, THRESHOLDS, rivals, options),
  };
}

function delaysOf(traces: readonly HeartbeatTrace[]): AnalysisReport['delaysMs'] {
  const delays = traces.flatMap(({ sentAtMs, arrivedAtMs, delivered }) =>
    Array.from(delivered, (row) => (arrivedAtMs[row] ?? 0) - (sentAtMs[row] ?? 0)),
  );
  const sorted = Float64Array.from(delays).sort();
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return [at(0.5), at(0.99), at(1)];
}

/** The report for people, in columns. */
export function reportText(report: AnalysisReport): string {
  const { heartbeats, lost, overtaken, intervalMs, delaysMs } = report;
  const [median = '', p99 = '', longest = ''] = delaysMs.map(short);
  return [
    `${report.name}: ${heartbeats} heartbeats, one every ${short(intervalMs)} ms;` +
      ` ${lost} lost, ${overtaken} overtaken`,
    `delays: median ${median} ms, 99 of 100 within ${p99} ms, longest ${longest} ms`,
    '',
    'with the settings they ship with',
    ...columns([
      ['', 'setting', 'detects in', '99 of 100 in', 'mistakes', 'an hour', 'lasting', 'accuracy'],
      ...report.presets.map(presetRow),
    ]),
    '',
    'mistakes at equal detection time (setting)',
    ...columns(equalRows(report)),
    '',
  ].join('\n');
}

function presetRow({ name, setting, quality }: SettingFound): readonly string[] {
  return [
    name,
    short(setting),
    `${short(quality.detectionMs)} ms`,
    `${short(quality.detectionP99Ms)} ms`,
    String(quality.mistakes),
    short(quality.mistakesPerHour),
    `${short(quality.mistakeMs)} ms`,
    quality.accuracy.toFixed(6),
  ];
}

function equalRows({ equal }: AnalysisReport): readonly (readonly string[])[] {
  const names = equal[0]?.rivals.map(({ name }) => name) ?? [];
  const cell = ({ isMet, setting, quality }: SettingFound): string =>
    isMet ? `${quality.mistakes} (${short(setting)})` : '-';
  return [
    ['detects in', equal[0]?.first.name ?? '', ...names],
    ...equal.map(({ detectionMs, first, rivals }) => [
      `${short(detectionMs)} ms`,
      cell(first),
      ...rivals.map(cell),
    ]),
  ];
}

/** Each column as wide as its widest cell; numbers stand to the right. */
function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width + 2);
      })
      .join('')
      .trimEnd(),
  );
}

/** Three digits, and no more. */
function short(value: number): string {
  if (!Number.isFinite(value)) return 'never';
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
