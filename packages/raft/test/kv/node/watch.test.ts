import { describe, expect, test } from 'vitest';

import { type WatchBatch, watchChanges, type WatchOptions } from '../../../src/kv/node/watch.ts';
import { StoreLog } from '../../support/store-log.ts';

/** A store whose changes wake the watches at once. */
class Fixture {
  readonly log: StoreLog = new StoreLog({ changeCountMax: 3 });
  wakes: readonly (() => void)[] = [];
  isClosed = false;

  watch(options: WatchOptions = {}): AsyncIterableIterator<WatchBatch> {
    return watchChanges(this.log.machine, options, {
      isClosed: () => this.isClosed,
      changed: (wake) => {
        this.wakes = [...this.wakes, wake];
        return () => {
          this.wakes = this.wakes.filter((each) => each !== wake);
        };
      },
    });
  }

  put(key: string): void {
    this.log.put(key, key);
    this.wake();
  }

  wake(): void {
    for (const wake of this.wakes) wake();
  }
}

function keysOf({ value }: IteratorResult<WatchBatch, unknown>): readonly string[] {
  const batch = value as WatchBatch;
  return batch.kind === 'changes' ? batch.changes.map(({ key }) => key) : [batch.kind];
}

describe('a watch', () => {
  test('begins at a revision, and goes on with what comes', async () => {
    const fixture = new Fixture();
    for (const key of ['a', 'b', 'c']) fixture.put(key);
    const watch = fixture.watch({ fromRevision: 2 });
    expect(keysOf(await watch.next())).toEqual(['b', 'c']);
    const next = watch.next();
    fixture.put('d');
    expect(keysOf(await next)).toEqual(['d']);
  });

  test('begins with what comes after the call, not after the first question', async () => {
    const fixture = new Fixture();
    fixture.put('a');
    const watch = fixture.watch();
    fixture.put('b');
    expect(keysOf(await watch.next())).toEqual(['b']);
  });

  test('sleeps through changes of other keys', async () => {
    const fixture = new Fixture();
    const watch = fixture.watch({ prefix: 'b' });
    const next = watch.next();
    fixture.put('a');
    await Promise.resolve();
    fixture.put('b1');
    expect(keysOf(await next)).toEqual(['b1']);
  });

  test('that was too slow is told where it can go on, and ends', async () => {
    const fixture = new Fixture();
    const watch = fixture.watch();
    for (const key of ['a', 'b', 'c', 'd', 'e']) fixture.put(key);
    expect(await watch.next()).toEqual({
      done: false,
      value: { kind: 'compacted', oldestRevision: 3 },
    });
    expect(await watch.next()).toEqual({ done: true, value: undefined });
  });

  test('goes on after a snapshot has replaced the store, if that remembers enough', async () => {
    const fixture = new Fixture();
    const watch = fixture.watch();
    const other = new StoreLog({ changeCountMax: 3 });
    for (const key of ['a', 'b']) other.put(key, key);
    const next = watch.next();
    fixture.log.machine.restore(other.machine.snapshot());
    fixture.wake();
    expect(keysOf(await next)).toEqual(['a', 'b']);
  });

  test('ends when it is aborted, also while it waits, and leaves nothing behind', async () => {
    const fixture = new Fixture();
    const controller = new AbortController();
    const watch = fixture.watch({ signal: controller.signal });
    const next = watch.next();
    await Promise.resolve();
    expect(fixture.wakes.length).toBe(1);
    controller.abort();
    expect((await next).done).toBe(true);
    expect(fixture.wakes).toEqual([]);
  });

  test('ends when the node closes', async () => {
    const fixture = new Fixture();
    const next = fixture.watch().next();
    await Promise.resolve();
    fixture.isClosed = true;
    fixture.wake();
    expect((await next).done).toBe(true);
  });

  test('refuses what is no prefix and no revision, before it begins', () => {
    const fixture = new Fixture();
    expect(() => fixture.watch({ prefix: '\uD800' })).toThrow(RangeError);
    expect(() => fixture.watch({ fromRevision: 0 })).toThrow(RangeError);
  });
});
