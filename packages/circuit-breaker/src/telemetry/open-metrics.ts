import { checkRecord, show } from '../bounds.ts';
import type { CircuitBreakerEvent, CircuitCallEvent } from '../circuit-events.ts';
import { BoundedNames } from './bounded-names.ts';
import { circuitMetrics, type CircuitTelemetry } from './circuit-telemetry.ts';
import { secondsBounds } from './opentelemetry.ts';
import { type BreakerState, stateSamples } from './state-samples.ts';

/** The content type of `CircuitCounts.openMetrics`. */
export const openMetricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

type Labels = Readonly<Record<string, string>>;

/** A distribution in fixed buckets, as Prometheus computes quantiles from. */
interface Histogram {
  readonly counts: Float64Array;
  sum: number;
}

/** Counts by labels. */
class Series {
  readonly #counts = new Map<string, { readonly labels: Labels; count: number }>();

  increment(labels: Labels): void {
    const key = JSON.stringify(Object.values(labels));
    const known = this.#counts.get(key);
    if (known === undefined) this.#counts.set(key, { labels, count: 1 });
    else known.count += 1;
  }

  samples(name: string, common: Labels): readonly string[] {
    return [...this.#counts.values()].map(({ labels, count }) =>
      sampleOf(name, { ...common, ...labels }, count),
    );
  }
}

/**
 * Counts what circuits do, for Prometheus to read. Everything but the states only rises. Of at
 * most 1,000 names of breakers, and 'other' for the rest.
 *
 * @example
 * ```ts
 * import { CircuitBreaker } from '@quorate/circuit-breaker';
 * import { CircuitCounts } from '@quorate/circuit-breaker/telemetry';
 *
 * const breaker = new CircuitBreaker({ name: 'stock' });
 * new CircuitCounts().openMetrics({}, [breaker]).split('\n').at(-8);
 * // => 'circuit_breaker_state{name="stock",state="closed"} 1'
 * ```
 */
export class CircuitCounts implements CircuitTelemetry {
  readonly #names = new BoundedNames();
  readonly #calls = new Series();
  readonly #refusals = new Series();
  readonly #transitions = new Series();
  readonly #durations = new Map<string, Histogram>();

  changed(event: CircuitBreakerEvent): void {
    if (event.kind !== 'transition') return;
    const { from, to, reason } = event;
    const name = this.#names.boundedOf(event.breakerName);
    this.#transitions.increment({ name, from, to, reason });
  }

  called(event: CircuitCallEvent): void {
    const name = this.#names.boundedOf(event.breakerName);
    if (event.kind === 'refused') {
      this.#refusals.increment({ name, reason: event.reason });
      return;
    }
    this.#calls.increment({ name, outcome: event.outcome });
    const durationMs = Math.max(0, event.durationMs);
    // One that began before anybody listened has no duration.
    if (!Number.isFinite(durationMs)) return;
    const histogram = this.#durations.get(name) ?? emptyHistogram();
    this.#durations.set(name, histogram);
    observe(histogram, durationMs / 1_000);
  }

  /**
   * All of it in the OpenMetrics text format, version 1.0.0.
   *
   * @param labels - Put on every sample, such as the name of the service. Their names consist of
   *   letters, digits and underscores.
   * @param breakers - Those whose state is wanted, if `circuit_breaker_state` is.
   * @throws RangeError if the name of a label is none: the whole text would be refused.
   */
  openMetrics(
    labels: Readonly<Record<string, string>> = {},
    breakers?: Iterable<BreakerState>,
  ): string {
    checkLabels(labels);
    const { calls, refusals, transitions, duration, state } = circuitMetrics;
    const lines: string[] = [];
    const counters = [
      [calls, this.#calls],
      [refusals, this.#refusals],
      [transitions, this.#transitions],
    ] as const;
    for (const [metric, series] of counters) {
      lines.push(...familyOf(metric, 'counter'));
      lines.push(...series.samples(`${nameOf(metric)}_total`, labels));
    }
    lines.push(...familyOf(duration, 'histogram'));
    for (const [name, histogram] of this.#durations) {
      lines.push(...histogramOf(nameOf(duration), histogram, { ...labels, name }));
    }
    if (breakers !== undefined) {
      lines.push(...familyOf(state, 'gauge'));
      for (const { value, ...own } of stateSamples(breakers)) {
        lines.push(sampleOf(nameOf(state), { ...labels, ...own }, value));
      }
    }
    return `${lines.join('\n')}\n# EOF\n`;
  }
}

function checkLabels(labels: Labels): void {
  checkRecord('labels', labels);
  for (const name of Object.keys(labels)) {
    if (/^[A-Za-z_]\w*$/.test(name)) continue;
    throw new RangeError(`labels: expected names of letters, digits and _, got ${show(name)}`);
  }
}

interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
}

/** Words joined by underscores; a duration says its unit, a count of things does not. */
function nameOf({ name, unit }: Metric): string {
  return `${name.replaceAll('.', '_')}${unit === 's' ? '_seconds' : ''}`;
}

function familyOf(metric: Metric, type: 'counter' | 'gauge' | 'histogram'): string[] {
  const name = nameOf(metric);
  return [`# TYPE ${name} ${type}`, `# HELP ${name} ${metric.description}`];
}

function sampleOf(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
}

function histogramOf(name: string, { counts, sum }: Histogram, labels: Labels): readonly string[] {
  let seen = 0;
  const buckets = Array.from(counts, (count, place) => {
    seen += count;
    return sampleOf(`${name}_bucket`, { ...labels, le: boundOf(secondsBounds[place]) }, seen);
  });
  return [
    ...buckets,
    sampleOf(`${name}_count`, labels, seen),
    sampleOf(`${name}_sum`, labels, sum),
  ];
}

/** A label is text: 1 and 1.0 would be two series. The format wants the point. */
function boundOf(bound: number | undefined): string {
  if (bound === undefined) return '+Inf';
  return Number.isInteger(bound) ? bound.toFixed(1) : String(bound);
}

function emptyHistogram(): Histogram {
  return { counts: new Float64Array(secondsBounds.length + 1), sum: 0 };
}

function observe(histogram: Histogram, seconds: number): void {
  const bucket = secondsBounds.findIndex((bound) => seconds <= bound);
  const place = bucket < 0 ? secondsBounds.length : bucket;
  histogram.counts[place] = (histogram.counts[place] ?? 0) + 1;
  histogram.sum += seconds;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
