import fc from 'fast-check';
import { expect, test } from 'vitest';

import type {
  KeyValueChange,
  KeyValueCommand,
  KeyValueCompare,
  KeyValueEntry,
  KeyValueOperation,
} from '../../src/kv/messages.ts';
import { StoreLog } from '../support/store-log.ts';

const limits = { changeCountMax: 6, storeBytesMax: 700 };

/** The slow twin: the whole history as a list, from which everything is worked out each time. */
class Historian {
  changes: readonly KeyValueChange[] = [];
  compactedRevision = 0;
  logIndex = 0;

  commit(command: KeyValueCommand): void {
    this.logIndex += 1;
    if (command.kind === 'compact') {
      if (command.revision > this.revision) return;
      this.compactedRevision = Math.max(this.compactedRevision, command.revision);
      return;
    }
    const holds = command.compare.every((each) => this.#holds(each));
    const made = (holds ? command.then : command.otherwise).flatMap((each) => this.#changeOf(each));
    const after = [...this.changes, ...made];
    const grows = this.#bytesOf(after) > this.#bytesOf(this.changes);
    if (grows && this.#bytesOf(after) > limits.storeBytesMax) return;
    this.changes = after;
    if (made.length > 0) this.#forget();
  }

  get revision(): number {
    return this.changes.at(-1)?.revision ?? 0;
  }

  get remembered(): readonly KeyValueChange[] {
    return this.changes.filter(({ revision }) => revision > this.compactedRevision);
  }

  entries(changes = this.changes): readonly KeyValueEntry[] {
    const keys = [...new Set(changes.map(({ key }) => key))].sort();
    return keys.flatMap((key) => this.#entryOf(key, changes));
  }

  #entryOf(key: string, changes = this.changes): readonly KeyValueEntry[] {
    const mine = changes.filter((change) => change.key === key);
    const life = mine.slice(mine.findLastIndex(({ kind }) => kind === 'delete') + 1);
    const [first, last] = [life[0], life.at(-1)];
    if (first === undefined || last?.kind !== 'put') return [];
    const { value, revision: modRevision } = last;
    const version = life.length;
    return [{ key, value, createRevision: first.revision, modRevision, version }];
  }

  #holds(compare: KeyValueCompare): boolean {
    const [entry] = this.#entryOf(compare.key);
    const modRevision = entry?.modRevision ?? 0;
    switch (compare.kind) {
      case 'exists':
        return entry !== undefined;
      case 'missing':
        return entry === undefined;
      case 'value':
        return entry?.value.join() === compare.value.join();
      case 'revision':
        return modRevision === compare.revision;
      case 'unchangedSince':
        return modRevision <= compare.revision;
    }
  }

  #changeOf(operation: KeyValueOperation): readonly KeyValueChange[] {
    if (operation.kind === 'get') return [];
    const isMissing = this.#entryOf(operation.key).length === 0;
    return operation.kind === 'delete' && isMissing
      ? []
      : [{ ...operation, revision: this.logIndex }];
  }

  #bytesOf(changes: readonly KeyValueChange[]): number {
    return this.entries(changes).reduce(
      (sum, { key, value }) => sum + 2 * key.length + value.length + 64,
      0,
    );
  }

  #forget(): void {
    while (this.remembered.length > limits.changeCountMax) {
      this.compactedRevision = this.remembered[0]?.revision ?? Infinity;
    }
  }
}

const key = fc.constantFrom('a', 'a1', 'a2', 'b', '__proto__');
const value = fc.uint8Array({ maxLength: 2 });
const revision = fc.nat(20);
const compare: fc.Arbitrary<KeyValueCompare> = fc.oneof(
  fc.record({ kind: fc.constantFrom('exists', 'missing'), key }),
  fc.record({ kind: fc.constant('value'), key, value }),
  fc.record({ kind: fc.constantFrom('revision', 'unchangedSince'), key, revision }),
);
const operation: fc.Arbitrary<KeyValueOperation> = fc.oneof(
  fc.record({
    kind: fc.constant('put'),
    key,
    value: fc.oneof(value, fc.constant(new Uint8Array(300))),
  }),
  fc.record({ kind: fc.constantFrom('get', 'delete'), key }),
);
const operations = fc.uniqueArray(operation, { maxLength: 3, selector: (each) => each.key });
const command: fc.Arbitrary<KeyValueCommand> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('transaction'),
      compare: fc.array(compare, { maxLength: 2 }),
      then: operations,
      otherwise: operations,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('compact'), revision }) },
);

test('agrees with one that works everything out from its whole history', () => {
  const commands = fc.array(command, { maxLength: 30 });
  fc.assert(
    fc.property(commands, fc.nat(30), fc.constantFrom('', 'a', 'a1'), (chosen, cut, prefix) => {
      let log = new StoreLog(limits);
      const slow = new Historian();
      for (const [place, one] of chosen.entries()) {
        if (place === cut) log = restoredFrom(log);
        log.commit(one);
        slow.commit(one);
      }
      expect(log.machine.revision).toBe(slow.revision);
      const page = log.machine.query({ kind: 'list', prefix, after: undefined, limit: 100 });
      const wanted = slow.entries().filter((entry) => entry.key.startsWith(prefix));
      expect(page).toMatchObject({ entries: wanted, hasMore: false });
      const changes = slow.remembered.filter((change) => change.key.startsWith(prefix));
      const found = log.machine.changesFrom(slow.compactedRevision + 1, prefix, 100);
      expect(found).toMatchObject({ kind: 'changes', changes });
      expect(restoredFrom(log).machine.snapshot()).toEqual(log.machine.snapshot());
      expect(restoredFrom(log).machine.digest()).toEqual(log.machine.digest());
    }),
    { numRuns: 400 },
  );
});

test('tells a watch every change once, in batches of any size, or that some are forgotten', () => {
  const schedule = fc.array(fc.tuple(command, fc.boolean()), { maxLength: 40 });
  fc.assert(
    fc.property(schedule, fc.integer({ min: 1, max: 4 }), (steps, countMax) => {
      const log = new StoreLog(limits);
      const slow = new Historian();
      const seen: KeyValueChange[] = [];
      let next = 1;
      for (const [one, isRead] of steps) {
        log.commit(one);
        slow.commit(one);
        if (!isRead) continue;
        const found = log.machine.changesFrom(next, '', countMax);
        if (found.kind === 'compacted') {
          expect(slow.compactedRevision + 1).toBe(found.oldestRevision);
          expect(found.oldestRevision).toBeGreaterThan(next);
          return;
        }
        seen.push(...found.changes);
        next = found.nextRevision;
      }
      expect(seen).toEqual(slow.changes.filter((change) => change.revision < next));
    }),
    { numRuns: 400 },
  );
});

function restoredFrom(log: StoreLog): StoreLog {
  const restored = new StoreLog(limits);
  restored.machine.restore(log.machine.snapshot());
  restored.logIndex = log.logIndex;
  return restored;
}
