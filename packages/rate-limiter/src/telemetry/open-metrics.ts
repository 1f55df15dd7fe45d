import type { Decision } from '../decision.ts';
import {
  attributesOf,
  limiterMetrics,
  type LimiterTelemetry,
  type StoreOutcome,
} from './limiter-telemetry.ts';
import { secondsBounds } from './opentelemetry.ts';

/** The content type of `LimiterCounts.openMetrics`. */
export const openMetricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** Series of decisions kept apart; those of more policies are counted as of 'other'. */
const SERIES_MAX = 1_000;
const OTHER_POLICY = 'other';

type Labels = Readonly<Record<string, string>>;

/** A distribution in fixed buckets, as Prometheus computes quantiles from. */
interface Histogram {
  readonly counts: Float64Array;
  sum: number;
}

/**
 * Counts what limiters do, for Prometheus to read. Everything only rises.
 *
 * @example
 * ```ts
 * import { LimiterCounts } from '@quorate/rate-limiter/telemetry';
 *
 * const counts = new LimiterCounts();
 * const state = { policyName: 'login', limit: 5, remaining: 4, resetAfterMs: 100 };
 * counts.decided({ kind: 'admitted', reason: 'withinLimit', ...state });
 * counts.openMetrics().split('\n')[2];
 * // => 'rate_limiter_decisions_total{policy="login",result="admitted",reason="withinLimit"} 1'
 * ```
 */
export class LimiterCounts implements LimiterTelemetry {
  readonly #decisions = new Map<string, { readonly labels: Labels; count: number }>();
  readonly #waits = emptyHistogram();
  readonly #answers = new Map<StoreOutcome, Histogram>();

  decided(decision: Decision): void {
    const attributes = { ...attributesOf(decision) };
    const known = this.#decisions.get(seriesOf(attributes));
    if (known !== undefined) {
      known.count += 1;
      return;
    }
    const isFull = this.#decisions.size >= SERIES_MAX;
    const labels = isFull ? { ...attributes, policy: OTHER_POLICY } : attributes;
    const other = this.#decisions.get(seriesOf(labels));
    if (other === undefined) this.#decisions.set(seriesOf(labels), { labels, count: 1 });
    else other.count += 1;
  }

  waited(durationMs: number): void {
    observe(this.#waits, durationMs / 1_000);
  }

  storeAnswered(durationMs: number, outcome: StoreOutcome): void {
    const histogram = this.#answers.get(outcome) ?? emptyHistogram();
    this.#answers.set(outcome, histogram);
    observe(histogram, durationMs / 1_000);
  }

  /**
   * All of it in the OpenMetrics text format, version 1.0.0.
   *
   * @param labels - Put on every sample, such as the name of the limiter.
   * @param keyCount - How many keys something is known of, if `rate_limiter_keys` is wanted.
   */
  openMetrics(labels: Readonly<Record<string, string>> = {}, keyCount?: number): string {
    const { decisions, wait, store, keys } = limiterMetrics;
    const lines = familyOf(decisions, 'counter');
    for (const { labels: own, count } of this.#decisions.values()) {
      lines.push(sampleOf(`${nameOf(decisions)}_total`, { ...labels, ...own }, count));
    }
    lines.push(...familyOf(wait, 'histogram'), ...histogramOf(nameOf(wait), this.#waits, labels));
    lines.push(...familyOf(store, 'histogram'));
    for (const [outcome, histogram] of this.#answers) {
      lines.push(...histogramOf(nameOf(store), histogram, { ...labels, outcome }));
    }
    if (keyCount !== undefined) {
      lines.push(...familyOf(keys, 'gauge'), sampleOf(nameOf(keys), labels, keyCount));
    }
    return `${lines.join('\n')}\n# EOF\n`;
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
    const le = secondsBounds[place]?.toString() ?? '+Inf';
    return sampleOf(`${name}_bucket`, { ...labels, le }, seen);
  });
  return [
    ...buckets,
    sampleOf(`${name}_count`, labels, seen),
    sampleOf(`${name}_sum`, labels, sum),
  ];
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

function seriesOf({ policy = '', result = '', reason = '' }: Labels): string {
  return `${policy}\n${result}\n${reason}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
