import { isLost, type TraceEvent } from './trace-log.ts';
import type { Fields } from './trace-filter.ts';

/** What conditions can see of an event: its message, by either of its ends. */
export function fieldsOf(event: TraceEvent, latestMs: number): Fields {
  const { entry, partner } = event;
  const { kind, type, node, peer, protocol, sizeBytes, detail } = entry;
  const isReceipt = kind === 'receive';
  return {
    ...(detail ?? partner?.entry.detail),
    ...{ type, node, peer, protocol, bytes: sizeBytes, kind: isReceipt ? 'recv' : kind },
    from: isReceipt ? peer : node,
    to: isReceipt ? node : peer,
    lost: isLost(event, latestMs),
  };
}

/** A name for the message of an event: the event that sent it, where that is known. */
export function messageIdOf({ entry, partner }: TraceEvent): string | undefined {
  const sent = entry.kind === 'receive' ? partner?.entry : entry;
  return sent === undefined ? undefined : `${sent.process}#${sent.clock[sent.process] ?? 0}`;
}
