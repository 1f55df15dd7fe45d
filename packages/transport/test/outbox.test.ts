import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { Outbox, type Lane } from '../src/outbox.ts';

/** Claims room for `text` and writes it there. */
function put(outbox: Outbox, lane: Lane, text: string): boolean {
  const bytes = new TextEncoder().encode(text);
  const target = outbox.claim(lane, bytes.length);
  target?.set(bytes, outbox.claimedAt);
  return target !== undefined;
}

/** What the carrier would write, as text. */
function taken(outbox: Outbox, sizeBytes = 1_000_000): readonly string[] {
  return outbox
    .take(sizeBytes)
    .map(({ bytes, freeBytes, usedBytes }) =>
      new TextDecoder().decode(bytes.subarray(freeBytes, usedBytes)),
    );
}

describe('an outbox', () => {
  test('gives what was put, in one piece, the urgent lane first', () => {
    const outbox = new Outbox(1_000);
    put(outbox, 1, 'bulk ');
    put(outbox, 0, 'urgent ');
    put(outbox, 1, 'more');
    expect(outbox.isWaiting).toBe(true);
    expect(taken(outbox)).toEqual(['urgent ', 'bulk more']);
    expect(outbox.isWaiting).toBe(false);
    expect(outbox.queuedBytes).toBe(16);
    outbox.settle();
    expect(outbox.queuedBytes).toBe(0);
  });

  test('keeps the last eighth for the urgent lane', () => {
    const outbox = new Outbox(800);
    expect(put(outbox, 1, 'x'.repeat(700))).toBe(true);
    expect(put(outbox, 1, 'x')).toBe(false);
    expect(put(outbox, 0, 'x'.repeat(100))).toBe(true);
    expect(put(outbox, 0, 'x')).toBe(false);
    expect(outbox.queuedBytes).toBe(800);
  });

  test('counts what the carrier holds until it is written', () => {
    const outbox = new Outbox(100);
    put(outbox, 0, 'x'.repeat(100));
    taken(outbox);
    expect(put(outbox, 0, 'x')).toBe(false);
    outbox.settle();
    expect(put(outbox, 0, 'x')).toBe(true);
  });

  test('gives no more than about what is asked for, but always something', () => {
    const outbox = new Outbox(1_000_000);
    const piece = 'x'.repeat(3_000);
    for (let index = 0; index < 20; index += 1) put(outbox, 1, piece);
    expect(taken(outbox, 1).join('').length).toBeLessThanOrEqual(4_096);
    outbox.settle();
    let rest = '';
    while (outbox.isWaiting) {
      rest += taken(outbox, 10_000).join('');
      outbox.settle();
    }
    expect(rest.length).toBe(57_000);
  });

  test('takes a piece larger than any buffer', () => {
    const outbox = new Outbox(1_000_000);
    put(outbox, 1, 'a');
    put(outbox, 1, 'b'.repeat(500_000));
    put(outbox, 1, 'c');
    expect(taken(outbox).map((text) => [text[0], text.length])).toEqual([
      ['a', 1],
      ['b', 500_000],
      ['c', 1],
    ]);
  });

  test('leaves room in front of every buffer once told to, also in those it uses again', () => {
    const outbox = new Outbox(1_000_000);
    put(outbox, 1, 'before');
    const [first] = outbox.take(1_000);
    outbox.leaveFree(16);
    outbox.settle();
    for (let round = 0; round < 3; round += 1) {
      put(outbox, 1, 'after');
      const [batch] = outbox.take(1_000);
      expect(batch).not.toBe(first);
      expect([batch?.freeBytes, batch?.usedBytes]).toEqual([16, 21]);
      outbox.settle();
      expect(outbox.queuedBytes).toBe(0);
    }
  });

  test('uses written buffers again, but none that was given away', () => {
    const outbox = new Outbox(1_000);
    put(outbox, 1, 'x');
    const [first] = outbox.take(1_000);
    outbox.settle();
    put(outbox, 1, 'x');
    const [second] = outbox.take(1_000);
    expect(second).toBe(first);
    const buffer = second?.bytes.buffer;
    if (buffer instanceof ArrayBuffer) structuredClone(buffer, { transfer: [buffer] });
    outbox.settle();
    put(outbox, 1, 'y');
    expect(taken(outbox)).toEqual(['y']);
  });
});

test('any use keeps each lane in order, loses nothing and never exceeds the bound', () => {
  const action = fc.oneof(
    fc.record({ kind: fc.constant('put'), lane: fc.constantFrom<Lane>(0, 1), size: fc.nat(3_000) }),
    fc.record({ kind: fc.constant('write'), lane: fc.constant<Lane>(0), size: fc.nat(20_000) }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 80 }), fc.boolean(), (actions, isFree) => {
      const outbox = new Outbox(20_000);
      if (isFree) outbox.leaveFree(16);
      const accepted: [string, string] = ['', ''];
      const written: [string, string] = ['', ''];
      const write = (size: number): void => {
        for (const text of taken(outbox, size)) written[text.startsWith('u') ? 0 : 1] += text;
        outbox.settle();
      };
      for (const [index, { kind, lane, size }] of actions.entries()) {
        const text = (lane === 0 ? 'u' : 'b') + String(index).padEnd(size, '.');
        if (kind === 'write') write(size);
        else if (put(outbox, lane, text)) accepted[lane] += text;
        expect(outbox.queuedBytes).toBeLessThanOrEqual(20_000);
      }
      while (outbox.isWaiting) write(1_000_000);
      expect(written).toEqual(accepted);
      expect(outbox.queuedBytes).toBe(0);
    }),
  );
});
