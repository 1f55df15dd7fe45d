/** How long reads took in each mode, of late. */
import { signal } from '@preact/signals';

import type { ReadMode } from '../../config/read-mode.ts';

/** So many of the latest count. */
const KEPT = 32;

const samples = signal<Readonly<Partial<Record<ReadMode, readonly number[]>>>>({});

/** A read was answered after `elapsedMs`. */
export function noteRead(mode: ReadMode, elapsedMs: number): void {
  const kept = [...(samples.value[mode] ?? []), elapsedMs].slice(-KEPT);
  samples.value = { ...samples.value, [mode]: kept };
}

/** The median of a mode in ms, and of how many reads; undefined before the first. */
export function latencyOf(
  mode: ReadMode,
): { readonly medianMs: number; readonly count: number } | undefined {
  const sorted = (samples.value[mode] ?? []).toSorted((left, right) => left - right);
  const medianMs = sorted[Math.floor(sorted.length / 2)];
  return medianMs === undefined ? undefined : { medianMs, count: sorted.length };
}
