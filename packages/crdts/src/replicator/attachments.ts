import type { Transport } from '@quorate/transport';

/** Kept with the transport, so that another replicator over it goes on counting. */
const latest = new WeakMap<Transport, number>();

/** The number of the latest attachment of a document over a transport; 0 if there was none. */
export function latestAttachment(transport: Transport): number {
  return latest.get(transport) ?? 0;
}

/** A number above all that were given. To be taken for an end, too: so all ends are told apart. */
export function nextAttachment(transport: Transport): number {
  const next = latestAttachment(transport) + 1;
  latest.set(transport, next);
  return next;
}
