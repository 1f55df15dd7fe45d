import { expect, test } from 'vitest';

import { BucketHistogram, OpenMetricsText } from '../../src/observe/open-metrics.ts';

test('families with their samples, closed by EOF', () => {
  const text = new OpenMetricsText();
  text.gauge('depth', 'How deep.', [{ value: 1.5 }]);
  text.counter('dives', 'How often\nsince the start.', [
    { labels: { who: 'a "b" \\c' }, value: 2 },
    { labels: { who: 'd' }, value: Number.NaN },
  ]);
  expect(text.finish()).toBe(
    [
      '# TYPE depth gauge',
      '# HELP depth How deep.',
      'depth 1.5',
      '# TYPE dives counter',
      String.raw`# HELP dives How often\nsince the start.`,
      String.raw`dives_total{who="a \"b\" \\c"} 2`,
      'dives_total{who="d"} NaN',
      '# EOF',
      '',
    ].join('\n'),
  );
});

test('a histogram counts up, bound by bound', () => {
  const histogram = new BucketHistogram([1, 2]);
  for (const value of [0.5, 1, 1.5, 99]) histogram.record(value);
  const text = new OpenMetricsText();
  text.histogram('wait', 'How long.', [{ labels: { at: 'x' }, histogram }]);
  expect(text.finish().split('\n').slice(2, 7)).toEqual([
    'wait_bucket{at="x",le="1"} 2',
    'wait_bucket{at="x",le="2"} 3',
    'wait_bucket{at="x",le="+Inf"} 4',
    'wait_count{at="x"} 4',
    'wait_sum{at="x"} 102',
  ]);
});
