import {
  BeforeHistoryError,
  CorruptBytesError,
  ForkedReplicaError,
  PendingFullError,
} from '../../src/errors.ts';
import type { ApplyOutcome, Replica } from '../../src/replica.ts';

type Event = readonly [replicaId: string, sequence: number, text: string];
type Version = Readonly<Record<string, number>>;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });
const encode = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value));

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    throw new CorruptBytesError('text log: expected JSON');
  }
}

/** The least that replicates: texts that each replica adds in order, and nobody takes away. */
export class TextLog implements Replica {
  readonly replicaId: string;
  readonly #texts = new Map<string, string[]>();
  readonly #waiting = new Map<string, Event>();
  readonly #listeners = new Set<(update: Uint8Array) => void>();
  /** The first sequences of this many are no longer here. */
  trimmedCount = 0;

  constructor(replicaId: string, saved?: Uint8Array) {
    this.replicaId = replicaId;
    if (saved !== undefined) this.apply(saved);
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  /** All texts with their names, in an order of their own. */
  get texts(): readonly string[] {
    return [...this.#texts]
      .flatMap(([id, texts]) => texts.map((text, sequence) => `${id}:${sequence} ${text}`))
      .sort();
  }

  add(text: string): string {
    const sequence = this.#texts.get(this.replicaId)?.length ?? 0;
    this.#insert([this.replicaId, sequence, text]);
    const update = encode([[this.replicaId, sequence, text]]);
    for (const listener of this.#listeners) listener(update);
    return `${this.replicaId}:${sequence} ${text}`;
  }

  save(): Uint8Array {
    return encode([...this.#events(), ...this.#waiting.values()]);
  }

  encodeVersion(): Uint8Array {
    const entries = [...this.#texts].map(([id, { length }]) => [id, length] as const);
    return encode(Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1))));
  }

  updatesSince(version: Uint8Array, maxSizeBytes?: number): Uint8Array[] {
    const sizeMax = maxSizeBytes ?? Infinity;
    const known = versionIn(version);
    const updates: Uint8Array[] = [];
    let events: Event[] = [];
    let sizeBytes = 0;
    for (const event of this.#events()) {
      if (event[1] < (known[event[0]] ?? 0)) continue;
      if (event[1] < this.trimmedCount) throw new BeforeHistoryError('text log: it was trimmed');
      const eventBytes = encode(event).length + 2;
      if (events.length > 0 && sizeBytes + eventBytes > sizeMax) {
        updates.push(encode(events));
        [events, sizeBytes] = [[], 0];
      }
      events.push(event);
      sizeBytes += eventBytes;
    }
    if (events.length > 0) updates.push(encode(events));
    return updates;
  }

  isCoveredBy(version: Uint8Array): boolean {
    const known = versionIn(version);
    return [...this.#texts].every(([id, { length }]) => length <= (known[id] ?? 0));
  }

  apply(update: Uint8Array): ApplyOutcome {
    const events = eventsIn(update);
    for (const [id, sequence, text] of events) {
      const known = this.#texts.get(id)?.[sequence];
      if (known !== undefined && known !== text) throw new ForkedReplicaError(id, sequence);
    }
    if (this.#waiting.size + events.length > 10_000) throw new PendingFullError('text log: full');
    const before = this.#eventCount;
    let [isWaiting, isNew] = [false, false];
    for (const event of events) {
      const outcome = this.#insert(event);
      if (outcome === 'waiting') isWaiting = true;
      if (outcome !== 'duplicate') isNew = true;
    }
    this.#wake();
    const eventCount = this.#eventCount - before;
    if (eventCount > 0 && !isWaiting) return { kind: 'applied', eventCount };
    return isNew && isWaiting ? { kind: 'waiting' } : { kind: 'duplicate' };
  }

  onLocalUpdate(listener: (update: Uint8Array) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get #eventCount(): number {
    return [...this.#texts.values()].reduce((sum, { length }) => sum + length, 0);
  }

  *#events(): Generator<Event> {
    for (const [id, texts] of this.#texts) {
      for (const [sequence, text] of texts.entries()) yield [id, sequence, text];
    }
  }

  #insert(event: Event): 'applied' | 'duplicate' | 'waiting' {
    const [id, sequence, text] = event;
    const texts = this.#texts.get(id) ?? [];
    if (sequence < texts.length) return 'duplicate';
    if (sequence > texts.length) {
      this.#waiting.set(`${id}:${sequence}`, event);
      return 'waiting';
    }
    texts.push(text);
    this.#texts.set(id, texts);
    return 'applied';
  }

  #wake(): void {
    for (const [id, texts] of this.#texts) {
      for (;;) {
        const name = `${id}:${texts.length}`;
        const next = this.#waiting.get(name);
        if (next === undefined) break;
        texts.push(next[2]);
        this.#waiting.delete(name);
      }
    }
    for (const [name, [id, sequence]] of this.#waiting) {
      if (sequence < (this.#texts.get(id)?.length ?? 0)) this.#waiting.delete(name);
    }
  }
}

/** What a version says: how many events of each replica. */
export function versionIn(bytes: Uint8Array): Version {
  if (bytes.length === 0) return {};
  const parsed = parse(bytes);
  if (typeof parsed !== 'object' || parsed === null) throw new CorruptBytesError('no version');
  return Object.fromEntries(Object.entries(parsed).map(([id, count]) => [id, Number(count)]));
}

function eventsIn(bytes: Uint8Array): Event[] {
  const parsed = parse(bytes);
  if (!Array.isArray(parsed)) throw new CorruptBytesError('text log: expected a list');
  return parsed.map((one: unknown): Event => {
    if (!Array.isArray(one)) throw new CorruptBytesError('text log: expected an event');
    return [String(one[0]), Number(one[1]), String(one[2])];
  });
}
