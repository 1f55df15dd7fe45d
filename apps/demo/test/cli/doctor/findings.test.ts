import { tmpdir } from 'node:os';

import { expect, test } from 'vitest';

import {
  judgeDrift,
  judgeFiles,
  judgeMemory,
  judgeNode,
  judgePorts,
  judgeRoom,
  judgeSyncs,
} from '../../../src/cli/doctor/findings.ts';
import { fileDescriptors, freeBytes, syncLatency } from '../../../src/cli/doctor/measure.ts';

test.each([
  ['ok', judgeNode('v22.0.0')],
  ['fail', judgeNode('v20.19.0')],
  ['fail', judgeNode('unknown')],
  ['ok', judgePorts([], 4_000)],
  ['warn', judgePorts([4_001], 4_000)],
  ['ok', judgeSyncs({ count: 9, p50Ms: 1, p99Ms: 49 })],
  ['warn', judgeSyncs({ count: 9, p50Ms: 1, p99Ms: 50 })],
  ['fail', judgeSyncs({ count: 9, p50Ms: 1, p99Ms: 1_000 })],
  ['ok', judgeRoom(1e9)],
  ['warn', judgeRoom(0.9e9)],
  ['fail', judgeRoom(0.09e9)],
  ['ok', judgeDrift(19, 1_000)],
  ['warn', judgeDrift(20, 1_000)],
  ['ok', judgeFiles(undefined)],
  ['ok', judgeFiles({ open: 20, max: 1_024 })],
  ['warn', judgeFiles({ open: 20, max: 256 })],
  ['ok', judgeMemory(1e9)],
  ['warn', judgeMemory(0.5e9)],
] as const)('%s: %o', (verdict, finding) => {
  expect(finding.verdict).toBe(verdict);
  // Who is told that something is wrong is told what to do, and nobody else is.
  expect(finding.advice !== '').toBe(verdict !== 'ok');
});

test('what is measured is real', () => {
  const { count, p50Ms, p99Ms } = syncLatency(tmpdir(), 3);
  expect(count).toBe(3);
  expect(p99Ms).toBeGreaterThanOrEqual(p50Ms);
  expect(p50Ms).toBeGreaterThan(0);
  expect(freeBytes(tmpdir())).toBeGreaterThan(0);
  expect(fileDescriptors()?.max ?? 1).toBeGreaterThan(0);
});
