import fc from 'fast-check';
import { expect, test } from 'vitest';

import { frame, type Size, summary } from '../../../src/cli/top/frame.ts';
import { emptyView, type TopView, withEvent } from '../../../src/cli/top/top-view.ts';
import { widthOf } from '../../../src/cli/terminal/text-width.ts';
import { nodeView } from '../../support/node-view.ts';

/** Names as somebody who means harm would choose them, and wide ones. */
const name = fc.oneof(
  fc.constantFrom('n1', '支払い', '👩‍👧', '\u001B[2J', '\u009B31m', '\r\n', 'a\u0301', '\u202E'),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
);

const topView: fc.Arbitrary<TopView> = fc
  .record({
    ids: fc.uniqueArray(name, { maxLength: 6 }),
    message: name,
    marks: fc.array(name, { maxLength: 30 }),
    rates: fc.array(fc.nat(5_000), { maxLength: 130 }),
    processes: fc.array(fc.constantFrom('running' as const, 'stopped' as const)),
  })
  .map(({ ids, message, marks, rates, processes }) => {
    const nodes = ids.map((id, index) =>
      nodeView(id, {
        process: processes[index] ?? 'paused',
        boards: { digests: { [id]: 'x' }, members: ids },
        peers: ids.map((peer) => ({ peer, phi: 3, isSuspected: true, breakers: { ask: peer } })),
      }),
    );
    const totals = { acknowledgedCount: 1, checkedCount: 1, violationCount: 0 };
    const cluster = {
      ...{ nodes, leaderId: ids[0] ?? null, groups: [ids], dataDirectory: message },
      links: ids.map((from) => ({ kind: 'cut' as const, from, to: from })),
      load: { ratePerSecond: 5, totals },
    };
    const points = rates.map((rate, index) => ({
      ...{ atMs: index * 500, messagesPerSecond: 1, okPerSecond: rate, failedPerSecond: 0 },
      ...{ unknownPerSecond: 0, p50Ms: 1, p99Ms: rate / 10 },
    }));
    const history = {
      kind: 'history' as const,
      points,
      marks: marks.map((text) => ({ atMs: 0, kind: 'fault' as const, text })),
    };
    const told = withEvent(withEvent(emptyView, { kind: 'view', view: cluster }), history);
    return { ...told, message };
  });

const size: fc.Arbitrary<Size> = fc.record({
  columns: fc.integer({ min: 1, max: 220 }),
  rows: fc.integer({ min: 1, max: 60 }),
});

test('fills the terminal to its last column, and never one more', () => {
  fc.assert(
    fc.property(topView, size, (view, { columns, rows }) => {
      const lines = frame(view, { columns, rows });
      expect(lines).toHaveLength(rows);
      for (const { text } of lines) expect(widthOf(text)).toBe(columns);
    }),
  );
});

test('nothing that anybody named is acted on by the terminal', () => {
  fc.assert(
    fc.property(topView, size, (view, on) => {
      const text = frame(view, on)
        .map((line) => line.text)
        .join('');
      expect(text).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
    }),
  );
});

test('before the first news there are the keys', () => {
  const lines = frame(emptyView, { columns: 90, rows: 3 }).map(({ text }) => text.trim());
  expect(lines.slice(0, 2)).toEqual(['', '']);
  expect(lines[2]).toContain('q quit');
  expect(summary(emptyView)).toBe('no news yet');
});
