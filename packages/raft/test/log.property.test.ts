import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { emptyConfiguration } from '../src/configuration.ts';
import { type LogChanges, RaftLog } from '../src/log.ts';
import type { Entry } from '../src/messages.ts';

const origin = { logIndex: 0, term: 0 };
const nobody = { logIndex: 0, configuration: emptyConfiguration };

type Command =
  | { readonly kind: 'append'; readonly termRise: number; readonly count: number }
  | { readonly kind: 'truncate'; readonly back: number }
  | { readonly kind: 'write' }
  | { readonly kind: 'durable'; readonly count: number }
  | { readonly kind: 'compact'; readonly by: number };

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    kind: fc.constant('append'),
    termRise: fc.nat(1),
    count: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ kind: fc.constant('truncate'), back: fc.nat(3) }),
  fc.record({ kind: fc.constant('write') }),
  fc.record({ kind: fc.constant('durable'), count: fc.integer({ min: 1, max: 2 }) }),
  fc.record({ kind: fc.constant('compact'), by: fc.nat(2) }),
);

/** A log in memory, the writes it asked for, and the disk they go to, in the most obvious form. */
class Twin {
  readonly log = new RaftLog(origin, [], nobody);
  memory: Entry[] = [];
  disk: readonly Entry[] = [];
  writes: { readonly ticket: number; readonly changes: LogChanges }[] = [];
  #ticket = 0;
  #serial = 0;

  run(next: Command): void {
    switch (next.kind) {
      case 'append':
        this.#append(next.termRise, next.count);
        return;
      case 'truncate':
        this.#truncate(next.back);
        return;
      case 'write':
        this.#write();
        return;
      case 'durable':
        this.#durable(next.count);
        return;
      case 'compact':
        this.#compact(next.by);
        return;
    }
  }

  /** What the disk would hold if it did the first `count` of the writes under way. */
  diskAfter(count: number): readonly Entry[] {
    return this.writes
      .slice(0, count)
      .reduce((disk, { changes }) => apply(disk, changes), this.disk);
  }

  #append(termRise: number, count: number): void {
    for (let done = 0; done < count; done += 1) {
      this.#serial += 1;
      const entry: Entry = {
        logIndex: this.memory.length + 1,
        // Terms stay small, so that a cut entry often comes back with the same index and term.
        term: Math.min(3, (this.memory.at(-1)?.term ?? 1) + termRise),
        kind: 'command',
        payload: Uint8Array.of(this.#serial & 0xff),
      };
      this.memory.push(entry);
      this.log.append([entry]);
    }
  }

  #truncate(back: number): void {
    const logIndex = this.memory.length - back;
    if (logIndex < this.log.firstIndex) return;
    this.memory.length = logIndex - 1;
    this.log.truncateFrom(logIndex);
  }

  #write(): void {
    const changes = this.log.takeChanges(this.#ticket + 1);
    if (changes === undefined) return;
    this.#ticket += 1;
    this.writes.push({ ticket: this.#ticket, changes });
  }

  #durable(count: number): void {
    this.disk = this.diskAfter(count);
    const last = this.writes.splice(0, count).at(-1);
    if (last !== undefined) this.log.markDurable(last.ticket);
  }

  #compact(by: number): void {
    const throughIndex = Math.min(this.log.durableIndex, this.log.start.logIndex + by);
    if (throughIndex >= this.log.start.logIndex) this.log.compact(throughIndex);
  }
}

function apply(disk: readonly Entry[], { truncateFrom, entries }: LogChanges): readonly Entry[] {
  const kept = truncateFrom === undefined ? disk : disk.slice(0, truncateFrom - 1);
  expect(entries.every(({ logIndex }, place) => logIndex === kept.length + place + 1)).toBe(true);
  return [...kept, ...entries];
}

describe('RaftLog', () => {
  test('holds what was appended and not cut', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        const twin = new Twin();
        for (const next of commands) {
          twin.run(next);
          const { log, memory } = twin;
          expect(log.lastIndex).toBe(memory.length);
          expect(log.lastTerm).toBe(memory.at(-1)?.term ?? log.start.term);
          for (const entry of memory.slice(log.start.logIndex)) {
            expect(log.entryAt(entry.logIndex)).toBe(entry);
          }
        }
      }),
    );
  });

  test('what it calls durable survives a crash now, whichever writes get through', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        const twin = new Twin();
        for (const next of commands) {
          twin.run(next);
          const durable = twin.memory.slice(0, twin.log.durableIndex);
          for (let survivors = 0; survivors <= twin.writes.length; survivors += 1) {
            expect(twin.diskAfter(survivors).slice(0, durable.length)).toEqual(durable);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('once every write is done, disk and memory are the same', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        const twin = new Twin();
        for (const next of commands) twin.run(next);
        twin.run({ kind: 'write' });
        twin.run({ kind: 'durable', count: twin.writes.length });
        expect(twin.disk).toEqual(twin.memory);
        expect(twin.log.durableIndex).toBe(twin.memory.length);
      }),
    );
  });

  test('lastPositionWithin finds what a walk back finds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1), { maxLength: 12 }),
        fc.nat(3),
        fc.nat(14),
        fc.nat(8),
        (rises, compactBy, logIndex, term) => {
          let lastTerm = 1;
          const entries = rises.map((rise, place): Entry => {
            lastTerm += rise;
            return {
              logIndex: place + 1,
              term: lastTerm,
              kind: 'noop',
              payload: new Uint8Array(0),
            };
          });
          const log = new RaftLog(origin, entries, nobody);
          log.compact(Math.min(compactBy, entries.length));

          let walk = Math.min(logIndex, log.lastIndex);
          while (walk >= log.start.logIndex && (log.termAt(walk) ?? 0) > term) walk -= 1;
          const found = log.lastPositionWithin(logIndex, term);
          expect(found.logIndex).toBe(Math.max(0, walk));
          expect(found.term).toBe(walk < log.start.logIndex ? 0 : log.termAt(walk));
        },
      ),
    );
  });
});
