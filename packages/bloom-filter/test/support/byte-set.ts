import type { ReconcilableSet } from '../../src/reconciliation/snapshot.ts';

/** A set of texts as bytes. */
export class ByteSet implements ReconcilableSet {
  readonly texts: Set<string>;
  /** How often an item was given that was there. */
  repeatedCount = 0;

  constructor(texts: Iterable<string> = []) {
    this.texts = new Set(texts);
  }

  *items(): Generator<Uint8Array> {
    for (const text of this.texts) yield new TextEncoder().encode(text);
  }

  add(item: Uint8Array): void {
    const text = new TextDecoder().decode(item);
    if (this.texts.has(text)) this.repeatedCount += 1;
    this.texts.add(text);
  }

  sorted(): string[] {
    return [...this.texts].sort();
  }
}

/** `count` ids as services make them. */
export function ids(prefix: string, count: number): string[] {
  return Array.from(
    { length: count },
    (_, index) => `${prefix}-${index.toString(16).padStart(12, '0')}`,
  );
}
