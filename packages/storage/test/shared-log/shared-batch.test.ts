import { describe, expect, test } from 'vitest';

import { newGroup } from '../../src/shared-log/group-record.ts';
import { decodeDirectory } from '../../src/shared-log/group-section.ts';
import { SharedBatch } from '../../src/shared-log/shared-batch.ts';
import { entryOf } from '../support/files.ts';

const told = { releasedBatch: 3, releasedPosition: 20, segment: 1, mayBeginSegment: false };
const append = (sizeBytes: number, metadata?: Uint8Array) =>
  ({
    kind: 'append',
    truncateFrom: undefined,
    entries: [entryOf(1, 1, sizeBytes)],
    metadata,
  }) as const;

describe('a batch of many groups', () => {
  test('puts its entries from a position on, group by group', () => {
    const batch = new SharedBatch();
    const [red, blue] = [newGroup('red'), newGroup('blue')];
    batch.add(red, red.state, append(8));
    batch.add(blue, blue.state, append(16));
    const plan = batch.planAt(100, told);
    expect(plan.fromIndex).toBe(100);
    expect(plan.entries.map(({ payload }) => payload.length)).toEqual([8, 16]);
    const { sections, releasedBatch } = decodeDirectory(plan.metadata!, 2);
    expect(sections.map(({ groupId, fromIndex }) => [groupId, fromIndex])).toEqual([
      ['red', 1],
      ['blue', 1],
    ]);
    expect([releasedBatch, plan.compactedIndex]).toEqual([3, 20]);
    expect(plan.sizeBytes).toBeLessThanOrEqual(batch.sizeBytesMax);
  });

  test('repeats the metadata where a segment may not have it', () => {
    const red = newGroup('red');
    red.state = { ...red.state, metadata: Uint8Array.of(7), metadataVersion: 1 };
    red.segment = 1;
    const batch = new SharedBatch();
    batch.add(red, red.state, append(8));
    const metadataOf = (also: Partial<typeof told>): Uint8Array | undefined =>
      decodeDirectory(batch.planAt(1, { ...told, ...also }).metadata!, 1).sections[0]?.metadata;
    expect(metadataOf({})).toBeUndefined();
    expect(metadataOf({ segment: 2 })).toEqual(Uint8Array.of(7));
    expect(metadataOf({ mayBeginSegment: true })).toEqual(Uint8Array.of(7));
  });

  test('is empty until there is something to write', () => {
    const red = newGroup('red');
    const batch = new SharedBatch();
    const nothing = {
      kind: 'append',
      truncateFrom: undefined,
      entries: [],
      metadata: undefined,
    } as const;
    batch.add(red, red.state, nothing);
    expect(batch.isEmpty).toBe(true);
    batch.restate(red, red.state);
    expect(batch.isEmpty).toBe(false);
    const released = new SharedBatch();
    released.release();
    expect([released.isEmpty, released.parts]).toEqual([false, []]);
  });

  test('is full before its directory outgrows a record', () => {
    const batch = new SharedBatch();
    let count = 0;
    for (; !batch.isFull; count += 1) {
      const group = newGroup(`group-${count}`.padEnd(64, 'x'));
      batch.add(group, group.state, append(0, new Uint8Array(80)));
    }
    expect(count).toBeGreaterThan(150);
    expect(batch.planAt(1, told).metadata!.length).toBeLessThan(65_536 - 4_096 - 200);
  });
});
