import { describe, expect, test } from 'vitest';

import { CausalBuffer } from '../src/causal-buffer.ts';

const of = (...counters: number[]): Float64Array => Float64Array.from(counters);

function taken(buffer: CausalBuffer<string>): string[] {
  const messages: string[] = [];
  for (let next = buffer.take(); next !== undefined; next = buffer.take()) {
    messages.push(next.message);
  }
  return messages;
}

describe('messages', () => {
  test('come out as they come in when nothing is missing', () => {
    const buffer = new CausalBuffer<string>({ memberCount: 2 });
    expect(buffer.offer(0, of(1, 0), 'a1')).toBe('ready');
    expect(buffer.offer(1, of(0, 1), 'b1')).toBe('ready');
    expect(taken(buffer)).toEqual(['a1', 'b1']);
    expect(buffer.delivered()).toEqual(of(1, 1));
  });

  test('wait for those of their own origin, and for what it knew', () => {
    const buffer = new CausalBuffer<string>({ memberCount: 3 });
    expect(buffer.offer(2, of(2, 1, 1), 'c1')).toBe('waiting');
    expect(buffer.offer(0, of(2, 0, 0), 'a2')).toBe('waiting');
    expect(buffer.offer(1, of(1, 1, 0), 'b1')).toBe('waiting');
    expect(taken(buffer)).toEqual([]);
    expect(buffer.offer(0, of(1, 0, 0), 'a1')).toBe('ready');
    const order = taken(buffer);
    expect(order[0]).toBe('a1');
    expect(order.slice(1, 3).sort()).toEqual(['a2', 'b1']);
    expect(order[3]).toBe('c1');
    expect([buffer.waitingCount, buffer.waitingBytes]).toEqual([0, 0]);
  });

  test('come out once, however often they come', () => {
    const buffer = new CausalBuffer<string>({ memberCount: 2 });
    expect(buffer.offer(1, of(1, 1), 'b1')).toBe('waiting');
    expect(buffer.offer(1, of(1, 1), 'b1')).toBe('duplicate');
    expect(buffer.offer(0, of(1, 0), 'a1')).toBe('ready');
    expect(buffer.offer(0, of(1, 0), 'a1')).toBe('duplicate');
    expect(taken(buffer)).toEqual(['a1', 'b1']);
    expect(buffer.offer(1, of(1, 1), 'b1')).toBe('duplicate');
    expect(taken(buffer)).toEqual([]);
  });

  test('of this member are counted, and wake those that answer them', () => {
    const buffer = new CausalBuffer<string>({ memberCount: 2, delivered: of(3, 0) });
    expect(buffer.offer(1, of(4, 1), 'b1')).toBe('waiting');
    expect(buffer.advance(0)).toBe(4);
    expect(taken(buffer)).toEqual(['b1']);
  });

  test('count as delivered when they are taken, not before', () => {
    const buffer = new CausalBuffer<string>({ memberCount: 1 });
    buffer.offer(0, of(1), 'a1');
    expect([buffer.deliveredOf(0), buffer.holds(0, 1)]).toEqual([0, true]);
    buffer.take();
    expect(buffer.deliveredOf(0)).toBe(1);
  });
});

describe('a full buffer', () => {
  test('refuses what is far ahead, takes it when it comes again, and never what is next', () => {
    const buffer = new CausalBuffer<string>({ memberCount: 1, waitingCountMax: 1 });
    expect(buffer.offer(0, of(2), 'a2')).toBe('waiting');
    expect(buffer.offer(0, of(3), 'a3')).toBe('full');
    expect(buffer.offer(0, of(1), 'a1')).toBe('ready');
    expect(taken(buffer)).toEqual(['a1', 'a2']);
    expect(buffer.offer(0, of(3), 'a3')).toBe('ready');
    expect(taken(buffer)).toEqual(['a3']);
  });

  test('counts bytes as well', () => {
    const buffer = new CausalBuffer<string>({ memberCount: 1, waitingBytesMax: 10 });
    expect(buffer.offer(0, of(2), 'a2', 8)).toBe('waiting');
    expect(buffer.offer(0, of(3), 'a3', 3)).toBe('full');
    expect(buffer.offer(0, of(3), 'a3', 2)).toBe('waiting');
    expect(buffer.waitingBytes).toBe(10);
  });

  // Why this test? New messages filled the buffer of a member that had to catch up, and all but the
  // very next of what it asked for was refused.
  test('gives up what is furthest ahead for what fills its gaps', () => {
    const buffer = new CausalBuffer<string>({ memberCount: 2, waitingCountMax: 4 });
    expect(buffer.share).toBe(2);
    for (const counter of [50, 51, 52]) buffer.offer(0, of(counter, 0), `a${counter}`);
    expect(buffer.offer(0, of(53, 0), 'a53')).toBe('waiting');
    expect(buffer.offer(0, of(54, 0), 'a54')).toBe('full');
    expect(buffer.offer(0, of(2, 0), 'a2')).toBe('waiting');
    expect(buffer.offer(1, of(2, 2), 'b2')).toBe('waiting');
    expect([52, 53].map((counter) => buffer.holds(0, counter))).toEqual([false, false]);
    expect(buffer.waitingCount).toBe(4);
    buffer.offer(0, of(1, 0), 'a1');
    expect(taken(buffer)).toEqual(['a1', 'a2']);
    buffer.offer(1, of(1, 1), 'b1');
    expect(taken(buffer)).toEqual(['b1', 'b2']);
    expect([buffer.waitingCount, buffer.holds(0, 50), buffer.holds(0, 51)]).toEqual([
      2,
      true,
      true,
    ]);
  });

  test('takes out what it gives up from the middle of those who wait for the same', () => {
    const buffer = new CausalBuffer<string>({ memberCount: 4, waitingCountMax: 4 });
    for (const origin of [1, 2, 3]) {
      const vector = of(1, 0, 0, 0);
      vector[origin] = origin === 2 ? 9 : 1;
      // The second one waits for (0, 1) too: its index is the first that is missing.
      buffer.offer(origin, vector, `${origin}`);
    }
    buffer.offer(2, of(1, 0, 8, 0), '2, 8');
    expect(buffer.offer(0, of(2, 0, 0, 0), 'far')).toBe('full');
    expect(buffer.offer(2, of(1, 0, 1, 0), '2, 1')).toBe('waiting');
    expect([buffer.holds(2, 9), buffer.holds(2, 8), buffer.waitingCount]).toEqual([false, true, 4]);
    buffer.offer(0, of(1, 0, 0, 0), '0');
    expect(taken(buffer).sort()).toEqual(['0', '1', '2, 1', '3']);
    expect(buffer.waitingCount).toBe(1);
  });
});

describe('what can never be delivered', () => {
  test('is given up, with all that knew of it', () => {
    const buffer = new CausalBuffer<string>({ memberCount: 3 });
    buffer.offer(0, of(2, 0, 0), 'a2', 1);
    buffer.offer(1, of(2, 1, 0), 'b1', 1);
    buffer.offer(2, of(0, 0, 2), 'c2', 1);
    expect(buffer.dropBeyond(0, 0)).toBe(2);
    expect(buffer.dropBeyond(0, 0)).toBe(0);
    expect([buffer.waitingCount, buffer.waitingBytes]).toEqual([1, 1]);
    expect([buffer.holds(0, 2), buffer.holds(2, 2)]).toEqual([false, true]);
    buffer.offer(2, of(0, 0, 1), 'c1');
    expect(taken(buffer)).toEqual(['c1', 'c2']);
  });
});

describe('arguments', () => {
  test.each([
    [{ memberCount: 0 }, 'memberCount: expected an integer of at least 1, got 0'],
    [{ memberCount: Number.NaN }, 'memberCount: expected an integer of at least 1, got NaN'],
    [{ memberCount: 1, waitingCountMax: 0 }, 'waitingCountMax: expected an integer of at least 1'],
    [{ memberCount: 1, waitingBytesMax: 0.5 }, 'waitingBytesMax: expected an integer of at least'],
    [{ memberCount: 1, delivered: of(1, 2) }, 'delivered: expected 1 entries, got 2'],
  ])('%j is refused', (options, message) => {
    expect(() => new CausalBuffer(options)).toThrow(message);
  });

  test('of an offer are checked before anything changes', () => {
    const buffer = new CausalBuffer<string>({ memberCount: 2 });
    expect(() => buffer.offer(2, of(0, 1), 'x')).toThrow('origin: expected 0..1, got 2');
    expect(() => buffer.offer(0, of(1), 'x')).toThrow('vector: expected 2 entries, got 1');
    expect(taken(buffer)).toEqual([]);
  });
});
