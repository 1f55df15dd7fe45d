import type { Random } from '@quorate/transport';
import { seededRandom } from '@quorate/transport/system';
import { expect, test } from 'vitest';

import { LogIndex, NOWHERE } from '../src/log-index.ts';
import { seedsOf } from './support/seeds.ts';

interface Slot {
  readonly term: number;
  readonly unit: number;
}

/** The obvious index: an array of objects. */
class SlowIndex {
  firstIndex: number;
  slots: Slot[] = [];

  constructor(firstIndex: number) {
    this.firstIndex = firstIndex;
  }

  at(logIndex: number): Slot | undefined {
    return this.slots[logIndex - this.firstIndex];
  }
}

function expectSame(index: LogIndex, twin: SlowIndex, around: readonly number[]): void {
  expect(index.firstIndex).toBe(twin.firstIndex);
  expect(index.lastIndex).toBe(twin.firstIndex + twin.slots.length - 1);
  for (const logIndex of around) {
    const slot = twin.at(logIndex);
    const term = slot === undefined || Number.isNaN(slot.term) ? undefined : slot.term;
    expect(index.termAt(logIndex)).toBe(term);
    expect(index.unitAt(logIndex)).toBe(slot?.unit ?? NOWHERE);
  }
}

/** Appends some entries to both; among many of one term now and then one of the next. */
function appendBoth(random: Random, index: LogIndex, twin: SlowIndex, term: number): void {
  for (let count = random.int(1_500); count > 0; count -= 1) {
    const slot = { term: term + (random.int(1_000) === 0 ? 1 : 0), unit: random.int(2 ** 32) };
    index.append(slot.term, slot.unit);
    twin.slots.push(slot);
  }
}

test.each(seedsOf(30))('answers like an array of objects (SEED=%i)', (seed) => {
  const random = seededRandom(`index ${seed}`);
  const start = [1, 4_000, 2 ** 53 - 1_000_000][random.int(3)]!;
  const index = new LogIndex(start);
  const twin = new SlowIndex(start);
  let term = 1;
  for (let round = 0; round < 60; round += 1) {
    const last = index.lastIndex;
    switch (random.int(5)) {
      case 0:
      case 1:
        term += random.int(2);
        appendBoth(random, index, twin, term);
        break;
      case 2: {
        const from = index.firstIndex + random.int(last - index.firstIndex + 2);
        index.cut(from);
        twin.slots.length = Math.min(twin.slots.length, from - twin.firstIndex);
        break;
      }
      case 3: {
        const through = index.firstIndex - 1 + random.int(last - index.firstIndex + 2);
        index.dropThrough(through);
        twin.slots.splice(0, through + 1 - twin.firstIndex);
        twin.firstIndex = through + 1;
        break;
      }
      case 4: {
        const count = random.int(9_000);
        index.appendLost(count);
        for (let lost = 0; lost < count; lost += 1) twin.slots.push({ term: NaN, unit: NOWHERE });
        break;
      }
    }
    const width = index.lastIndex - index.firstIndex + 1;
    const around = Array.from({ length: 50 }, () => index.firstIndex - 2 + random.int(width + 4));
    expectSame(index, twin, [...around, index.firstIndex, index.lastIndex]);
  }
});

test('entries appended after lost ones share a chunk with them', () => {
  const index = new LogIndex(1);
  index.appendLost(10_000);
  index.cut(5_001);
  index.append(3, 30);
  expect([index.termAt(5_000), index.termAt(5_001)]).toEqual([undefined, 3]);
  expect(index.unitAt(5_001)).toBe(30);
});

test('dropping past the end begins anew behind it', () => {
  const index = new LogIndex(1);
  index.append(1, 1);
  index.dropThrough(2 ** 53 - 2);
  expect([index.firstIndex, index.lastIndex]).toEqual([2 ** 53 - 1, 2 ** 53 - 2]);
  index.append(2, 5);
  expect(index.termAt(2 ** 53 - 1)).toBe(2);
});
