import type { Random } from '@quorate/transport';

import type { LogEntry } from '../../src/log-entry.ts';
import { applyCall, type LogCall, type LogTwin } from './log-twin.ts';

/** A call that fits the twin, drawn from `random`; truncation, compaction and reset are common. */
function nextCall(random: Random, twin: LogTwin, payloadBytesMax = 120): LogCall {
  const firstIndex = twin.compactedIndex + 1;
  const lastIndex = twin.compactedIndex + twin.entries.length;
  const choice = random.int(20);
  if (choice === 0 && lastIndex >= firstIndex) {
    return { kind: 'compact', throughIndex: firstIndex + random.int(lastIndex - firstIndex + 1) };
  }
  if (choice === 1) {
    const lastIncludedIndex = random.int(lastIndex + 20);
    const lastIncludedTerm = random.int(9);
    const metadata = metadataOf(random);
    return { kind: 'reset', lastIncludedIndex, lastIncludedTerm, ...(metadata && { metadata }) };
  }
  const truncates = random.int(4) === 0;
  const nextIndex = truncates ? firstIndex + random.int(lastIndex - firstIndex + 2) : lastIndex + 1;
  const entries = Array.from({ length: random.int(5) }, (_, position): LogEntry => {
    return entryOf(random, nextIndex + position, payloadBytesMax);
  });
  const metadata = metadataOf(random);
  return {
    kind: 'append',
    entries,
    ...(truncates && { truncateFrom: nextIndex }),
    ...(metadata && { metadata }),
  };
}

/** Calls that fit one after the other, and the twin before and after each. */
export function callSequence(
  random: Random,
  start: LogTwin,
  count: number,
): { readonly calls: readonly LogCall[]; readonly twins: readonly LogTwin[] } {
  const calls: LogCall[] = [];
  const twins = [start];
  let twin = start;
  for (let made = 0; made < count; made += 1) {
    const call = nextCall(random, twin);
    twin = applyCall(twin, call);
    calls.push(call);
    twins.push(twin);
  }
  return { calls, twins };
}

function entryOf(random: Random, logIndex: number, payloadBytesMax: number): LogEntry {
  const payload = random.bytes(random.int(payloadBytesMax));
  // Payloads of zeros look like space that was never written.
  if (random.int(3) === 0) payload.fill(0);
  return { logIndex, term: random.int(5) + 1, type: random.int(256), payload };
}

function metadataOf(random: Random): Uint8Array | undefined {
  return random.int(4) === 0 ? random.bytes(random.int(60)) : undefined;
}
