/**
 * Writes the OpenMetrics text format, version 1.0.0: families of samples, each sample a name, a set
 * of labels and a number, the whole closed by `# EOF`.
 */

/** The content type of `OpenMetricsText.finish()`. */
export const openMetricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** Names and values of a sample's labels. */
export type Labels = Readonly<Record<string, string>>;

/** One number with its labels. */
export interface Sample {
  readonly labels?: Labels;
  readonly value: number;
}

/** A distribution in fixed buckets, as Prometheus computes quantiles from. */
export class BucketHistogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #count = 0;
  #sum = 0;

  /** @param bounds - Upper bounds, included, rising; a last bucket takes the rest. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = bounds.map(() => 0);
  }

  /** Counts one value. O(buckets). */
  record(value: number): void {
    const bucket = this.#bounds.findIndex((bound) => value <= bound);
    if (bucket >= 0) this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count += 1;
    this.#sum += value;
  }

  /** How many values were counted. */
  get count(): number {
    return this.#count;
  }

  /** Their sum. */
  get sum(): number {
    return this.#sum;
  }

  /** Upper bound and how many values are at or below it, the last one for all. */
  cumulative(): readonly (readonly [bound: string, count: number])[] {
    let seen = 0;
    const finite = this.#bounds.map((bound, index): readonly [string, number] => {
      seen += this.#counts[index] ?? 0;
      return [bound.toString(), seen];
    });
    return [...finite, ['+Inf', this.#count]];
  }
}

/** Upper bounds in seconds, from a fast local write to a client's patience. */
export const secondsBounds: readonly number[] = [
  0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
];

/** Collects families and prints them. */
export class OpenMetricsText {
  #text = '';

  /** A number that only rises. `name` without `_total`. */
  counter(name: string, help: string, samples: readonly Sample[]): void {
    this.#family(name, 'counter', help);
    for (const sample of samples) this.#sample(`${name}_total`, sample);
  }

  /** A number that goes both ways. */
  gauge(name: string, help: string, samples: readonly Sample[]): void {
    this.#family(name, 'gauge', help);
    for (const sample of samples) this.#sample(name, sample);
  }

  /** Distributions, one for each set of labels. */
  histogram(
    name: string,
    help: string,
    series: readonly { readonly labels?: Labels; readonly histogram: BucketHistogram }[],
  ): void {
    this.#family(name, 'histogram', help);
    for (const { labels = {}, histogram } of series) {
      for (const [bound, value] of histogram.cumulative()) {
        this.#sample(`${name}_bucket`, { labels: { ...labels, le: bound }, value });
      }
      this.#sample(`${name}_count`, { labels, value: histogram.count });
      this.#sample(`${name}_sum`, { labels, value: histogram.sum });
    }
  }

  /** The whole text, closed. */
  finish(): string {
    return `${this.#text}# EOF\n`;
  }

  #family(name: string, type: string, help: string): void {
    this.#text += `# TYPE ${name} ${type}\n# HELP ${name} ${escape(help)}\n`;
  }

  #sample(name: string, { labels = {}, value }: Sample): void {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escape(text)}"`);
    const set = pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
    this.#text += `${name}${set} ${Number.isFinite(value) ? String(value) : 'NaN'}\n`;
  }
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
