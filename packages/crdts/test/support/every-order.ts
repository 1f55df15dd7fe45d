import { expect } from 'vitest';

import { JsonDocument } from '../../src/document/index.ts';

/** All orders of `items`; for a handful of them. */
function* ordersOf<Item>(items: readonly Item[]): Iterable<readonly Item[]> {
  if (items.length < 2) yield items;
  for (const [index, first] of items.entries()) {
    const rest = items.toSpliced(index, 1);
    if (rest.length > 0) for (const order of ordersOf(rest)) yield [first, ...order];
  }
}

/** What every replica shows that gets `updates`, which must be the same in every order. */
export function shownInEveryOrder(updates: readonly Uint8Array[]): unknown {
  let first: string | undefined;
  for (const order of ordersOf(updates)) {
    const document = new JsonDocument({ replicaId: 'reader' });
    for (const update of order) document.apply(update);
    expect(document.waitingCount).toBe(0);
    const shown = JSON.stringify(document);
    first ??= shown;
    expect(shown).toBe(first);
  }
  return JSON.parse(first ?? 'null');
}

/** A replica, and the updates of all that it did so far. */
export function author(replicaId: string): JsonDocument & { readonly updates: Uint8Array[] } {
  const updates: Uint8Array[] = [];
  const document = new JsonDocument({ replicaId });
  document.onLocalUpdate((update) => updates.push(update));
  return Object.assign(document, { updates });
}
