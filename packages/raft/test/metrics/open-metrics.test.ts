import { expect, test } from 'vitest';

import { openMetrics, openMetricsType } from '../../src/metrics/open-metrics.ts';
import { measuredCluster } from '../support/measured-cluster.ts';

test('the text holds state, counters and histograms, with the labels of the caller', async () => {
  const { leader } = await measuredCluster(5);
  const text = openMetrics(leader.metrics, leader.node.status(), { group: 'a "b"' });
  const lines = text.split('\n');
  expect(lines).toContain('raft_role{group="a \\"b\\"",role="leader"} 1');
  expect(lines).toContain('raft_commit_index{group="a \\"b\\""} 6');
  expect(lines).toContain('raft_proposal_requests_total{group="a \\"b\\"",outcome="committed"} 5');
  expect(lines).toContain('# TYPE raft_commit_duration_seconds histogram');
  expect(lines).toContain('raft_commit_duration_seconds_bucket{group="a \\"b\\"",le="+Inf"} 5');
  expect(lines.slice(-2)).toEqual(['# EOF', '']);
  const families = lines
    .filter((line) => line.startsWith('# TYPE'))
    .map((line) => line.split(' ')[2]);
  expect(new Set(families).size).toBe(families.length);
});

test('the content type names the version of the format', () => {
  expect(openMetricsType).toContain('openmetrics-text; version=1.0.0');
});
