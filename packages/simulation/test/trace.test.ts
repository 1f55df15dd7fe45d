import fc from 'fast-check';
import { expect, test } from 'vitest';

import { digestBytes, digestText, noLabel, type TraceKind, TraceRecorder } from '../src/trace.ts';

interface Entry {
  readonly atUs: number;
  readonly kind: TraceKind;
  readonly node: string;
  readonly sizeBytes: number;
  readonly mark: number;
}

const entry: fc.Arbitrary<Entry> = fc.record({
  atUs: fc.nat(),
  kind: fc.constantFrom<TraceKind>('send', 'deliver', 'timer', 'note'),
  node: fc.constantFrom('', 'a', 'b'),
  sizeBytes: fc.nat(100),
  mark: fc.nat(),
});

function record(entries: readonly Entry[], keepLines?: number): TraceRecorder {
  const trace = new TraceRecorder(keepLines === undefined ? {} : { keepLines });
  for (const { atUs, kind, node, sizeBytes, mark } of entries) {
    trace.add(atUs, kind, trace.label(node), noLabel, sizeBytes, mark, trace.label('x'));
  }
  return trace;
}

test('keeps the latest lines, as many as asked, and hashes all', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 60 }), fc.nat(20), (entries, keepLines) => {
      const [all, few] = [record(entries), record(entries, keepLines)];
      expect(few.lines()).toEqual(keepLines === 0 ? [] : all.lines().slice(-keepLines));
      expect(few.hash()).toBe(all.hash());
      expect(few.lineCount).toBe(entries.length);
      expect(all.lines().map(({ atMs, kind, mark }) => ({ atMs, kind, mark }))).toEqual(
        entries.map(({ atUs, kind, mark }) => ({ atMs: atUs / 1_000, kind, mark })),
      );
    }),
  );
});

test('keeps more lines than it first has room for', () => {
  const entries = Array.from({ length: 5_000 }, (_, atUs) => {
    return { atUs, kind: 'timer', node: 'a', sizeBytes: 0, mark: 0 } as const;
  });
  expect(
    record(entries, 3_000)
      .lines()
      .map(({ atMs }) => Math.round(atMs * 1_000)),
  ).toEqual(Array.from({ length: 3_000 }, (_, index) => 2_000 + index));
});

test('every column counts for the hash, and so does the order', () => {
  const base = { atUs: 5, kind: 'send', node: 'a', sizeBytes: 3, mark: 9 } as const;
  const variants: readonly (readonly Entry[])[] = [
    [],
    [base],
    [base, base],
    [{ ...base, atUs: 6 }],
    [{ ...base, atUs: 5 + 2 ** 32 }],
    [{ ...base, kind: 'deliver' }],
    [{ ...base, node: 'b' }],
    [{ ...base, sizeBytes: 4 }],
    [{ ...base, mark: 10 }],
    [base, { ...base, mark: 10 }],
    [{ ...base, mark: 10 }, base],
  ];
  const hashes = variants.map((entries) => record(entries).hash());
  expect(new Set(hashes).size).toBe(variants.length);
  for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{16}$/);
});

test('a row has the columns that the README lists', () => {
  const trace = new TraceRecorder();
  const [a, b] = [trace.label('a'), trace.label('b')];
  trace.add(1_234_567, 'send', a, b, 3, 42, trace.label('raft'));
  trace.add(1_234_567, 'pause', a, noLabel, 0, 0, noLabel);
  expect(trace.print()).toBe('1234.567 send a b 3 42 raft\n1234.567 pause a - - - -');
});

test('knows the first line of an event, whatever the ring has lost', () => {
  const trace = new TraceRecorder({ keepLines: 1 });
  trace.beginEvent();
  expect(trace.firstLine()).toBeUndefined();
  trace.add(1, 'timer', trace.label('a'), noLabel, 0, 0, noLabel);
  trace.add(1, 'send', trace.label('a'), trace.label('b'), 0, 0, noLabel);
  trace.add(1, 'send', trace.label('a'), trace.label('b'), 0, 0, noLabel);
  expect(trace.firstLine()?.kind).toBe('timer');
  trace.beginEvent();
  expect(trace.firstLine()).toBeUndefined();
});

test('digests depend on every byte of small inputs and on the length of all', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.nat(), (bytes, at) => {
      const changed = bytes.slice();
      const index = at % bytes.length;
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(digestBytes(changed)).not.toBe(digestBytes(bytes));
    }),
  );
  expect(digestBytes(new Uint8Array(5_000))).not.toBe(digestBytes(new Uint8Array(5_001)));
  expect(digestText('ab')).not.toBe(digestText('ba'));
});

test.each([-1, 1.5, NaN, 2 ** 25])('refuses to keep %f lines', (keepLines) => {
  expect(() => new TraceRecorder({ keepLines })).toThrow(
    `trace.keepLines: expected 0..2^24, got ${keepLines}`,
  );
});
