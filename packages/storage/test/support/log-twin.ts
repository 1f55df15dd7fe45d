import { expect } from 'vitest';

import type { LogEntry } from '../../src/log-entry.ts';
import type { LogStore } from '../../src/log-store.ts';

/** One call on a log, as data. */
export type LogCall =
  | {
      readonly kind: 'append';
      readonly truncateFrom?: number;
      readonly entries: readonly LogEntry[];
      readonly metadata?: Uint8Array;
    }
  | { readonly kind: 'compact'; readonly throughIndex: number }
  | {
      readonly kind: 'reset';
      readonly lastIncludedIndex: number;
      readonly lastIncludedTerm: number;
      readonly metadata?: Uint8Array;
    };

/** The slow, obvious log: an array. */
export interface LogTwin {
  readonly compactedIndex: number;
  readonly compactedTerm: number;
  readonly entries: readonly LogEntry[];
  readonly metadata: Uint8Array | undefined;
}

export const EMPTY_TWIN: LogTwin = {
  compactedIndex: 0,
  compactedTerm: 0,
  entries: [],
  metadata: undefined,
};

/** The twin after a call. */
export function applyCall(twin: LogTwin, call: LogCall): LogTwin {
  switch (call.kind) {
    case 'append': {
      const from = call.truncateFrom ?? Number.POSITIVE_INFINITY;
      const kept = twin.entries.filter(({ logIndex }) => logIndex < from);
      const metadata = call.metadata ?? twin.metadata;
      return { ...twin, entries: [...kept, ...call.entries], metadata };
    }
    case 'compact': {
      const term = twin.entries.find(({ logIndex }) => logIndex === call.throughIndex)?.term;
      if (term === undefined) return twin;
      return {
        ...twin,
        compactedIndex: call.throughIndex,
        compactedTerm: term,
        entries: twin.entries.filter(({ logIndex }) => logIndex > call.throughIndex),
      };
    }
    case 'reset':
      return {
        compactedIndex: call.lastIncludedIndex,
        compactedTerm: call.lastIncludedTerm,
        entries: [],
        metadata: call.metadata ?? twin.metadata,
      };
  }
}

/** Makes the call on a real log. */
export function submit(log: LogStore, call: LogCall): Promise<void> {
  switch (call.kind) {
    case 'append':
      return log.append(call);
    case 'compact':
      return log.compact(call.throughIndex);
    case 'reset':
      return log.reset(call.lastIncludedIndex, call.lastIncludedTerm, call.metadata);
  }
}

/** Everything a log says about itself, as a twin. */
export async function twinOf(log: LogStore, metadata?: Uint8Array): Promise<LogTwin> {
  const { firstIndex, lastIndex } = log;
  const entries = firstIndex > lastIndex ? [] : await log.read(firstIndex, lastIndex);
  for (const { logIndex, term } of entries) expect(log.termAt(logIndex)).toBe(term);
  return {
    compactedIndex: firstIndex - 1,
    compactedTerm: log.termAt(firstIndex - 1) ?? Number.NaN,
    entries,
    metadata: metadata ?? log.recovery.metadata,
  };
}

/** A twin as text, so that many can be compared fast. */
export function keyOf(twin: LogTwin): string {
  const entries = twin.entries.map(
    ({ logIndex, term, type, payload }) => `${logIndex}.${term}.${type}.${payload.join(',')}`,
  );
  const { compactedIndex, compactedTerm, metadata } = twin;
  return `${compactedIndex}/${compactedTerm}|${metadata?.join(',') ?? '-'}|${entries.join(' ')}`;
}
