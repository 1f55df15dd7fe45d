import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { PartMessage, UpdatesMessage } from '../../src/replicator/messages.ts';
import { Assembly, checked, Cutting } from '../../src/replicator/parts.ts';

const head: UpdatesMessage = {
  kind: 'updates',
  document: 'a',
  attachment: 1,
  number: 7,
  isKept: true,
  wantsVersion: false,
  updates: [],
};

function partsOf(bytes: Uint8Array, again: PartMessage['head'] = head): PartMessage[] {
  const cutting = new Cutting(again, checked(bytes), 1_100);
  const parts: PartMessage[] = [];
  for (let part = cutting.next; part !== undefined; part = cutting.next) {
    parts.push(part);
    cutting.advance();
  }
  return parts;
}

function random(sizeBytes: number): Uint8Array {
  return Uint8Array.from({ length: sizeBytes }, (_, index) => (index * 31 + (index >> 8)) & 255);
}

test('pieces in any order, some of them twice, are whole again once all are there', () => {
  const bytes = random(10_000);
  const parts = partsOf(bytes);
  const order = fc.shuffledSubarray([...parts, ...parts], { minLength: 2 * parts.length });
  fc.assert(
    fc.property(order, (shuffled) => {
      const assembly = new Assembly(20_000);
      const missing = new Set(parts.map(({ offset }) => offset));
      for (const part of shuffled) {
        missing.delete(part.offset);
        const outcome = assembly.add(part);
        if (missing.size > 0) expect(outcome.kind).toBe('more');
        if (missing.size > 0) continue;
        expect(outcome).toEqual({ kind: 'whole', message: { ...head, updates: [bytes] } });
        expect(assembly.arrivedBytes).toBe(0);
        return;
      }
    }),
  );
});

test('a second sending fills what the first one lost', () => {
  const bytes = random(5_000);
  const parts = partsOf(bytes);
  const assembly = new Assembly(5_000);
  for (const part of parts.slice(1)) expect(assembly.add(part).kind).toBe('more');
  const again = partsOf(bytes, { ...head, number: 8 });
  expect(assembly.add(again[0]!)).toEqual({
    kind: 'whole',
    message: { ...head, number: 8, updates: [bytes] },
  });
});

test('a version in pieces is whole again, too', () => {
  const name = { document: 'a', form: 'full', attachment: 1 } as const;
  const entry = { ...name, isKept: true, wantsReply: true, seen: 5 };
  const version = random(2_000);
  const entries = [{ ...entry, version: new Uint8Array(0) }];
  const assembly = new Assembly(5_000);
  const outcomes = partsOf(version, { kind: 'versions', entries }).map((part) =>
    assembly.add(part),
  );
  const message = { kind: 'versions', entries: [{ ...entry, version }] };
  expect(outcomes.at(-1)).toEqual({ kind: 'whole', message });
});

test('a piece of another message takes the place of what came before', () => {
  const assembly = new Assembly(10_000);
  assembly.add(partsOf(random(5_000))[0]!);
  const other = random(3_000).fill(7, 0, 10);
  const outcomes = partsOf(other).map((part) => assembly.add(part));
  expect(outcomes.at(-1)).toEqual({ kind: 'whole', message: { ...head, updates: [other] } });
});

test('keeps what has arrived, not what is claimed, and a copy of it', () => {
  const assembly = new Assembly(2 ** 40);
  const lent = random(600);
  assembly.add({ kind: 'part', head, sizeBytes: 2 ** 39, crc: 1, offset: 0, bytes: lent });
  expect(assembly.arrivedBytes).toBe(600);
  const parts = partsOf(random(1_500));
  const whole = random(1_500);
  assembly.add({ ...parts[0]!, bytes: parts[0]!.bytes });
  parts[0]!.bytes.fill(0);
  expect(assembly.add(parts[1]!)).toEqual({
    kind: 'whole',
    message: { ...head, updates: [whole] },
  });
});

test.each<[string, Partial<PartMessage>]>([
  ['larger than allowed', { sizeBytes: 10_001 }],
  ['cut into crumbs', { bytes: new Uint8Array(100) }],
])('a message %s is refused', (_name, part) => {
  const assembly = new Assembly(10_000);
  const usual = {
    kind: 'part',
    head,
    sizeBytes: 9_000,
    crc: 1,
    offset: 0,
    bytes: random(1_000),
  } as const;
  expect(assembly.add({ ...usual, ...part })).toEqual({ kind: 'refused' });
  expect(assembly.arrivedBytes).toBe(0);
});

test('pieces that overlap, or do not match the checksum, are refused', () => {
  const assembly = new Assembly(10_000);
  const part = { kind: 'part', head, sizeBytes: 2_000, crc: 1, bytes: random(900) } as const;
  expect(assembly.add({ ...part, offset: 0 }).kind).toBe('more');
  expect(assembly.add({ ...part, offset: 100 }).kind).toBe('more');
  expect(assembly.add({ ...part, offset: 200 })).toEqual({ kind: 'refused' });
  expect(assembly.arrivedBytes).toBe(0);
  const [first, second] = partsOf(random(1_500));
  assembly.add({ ...first!, crc: 99 });
  expect(assembly.add({ ...second!, crc: 99 })).toEqual({ kind: 'refused' });
});
