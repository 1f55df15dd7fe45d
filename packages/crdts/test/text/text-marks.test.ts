import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { mark, runs, unmark } from '../../src/text/marking.ts';
import { type MarkGrowth, markOf } from '../../src/text/text-marks.ts';
import { saveShallow } from '../../src/text/shallow-file.ts';
import { type TextChange, TextDocument } from '../../src/text/text-document.ts';

type Runs = readonly (readonly [start: number, end: number, marks: object])[];

const runsOf = (document: TextDocument): Runs =>
  runs(document).map(({ start, end, marks }) => [start, end, Object.fromEntries(marks)] as const);

function bold(text: string): TextDocument {
  const document = new TextDocument({ replicaId: 'ann' });
  document.insert(0, text);
  mark(document, 1, 3, 'bold', true);
  return document;
}

test('runs are without gaps, and only as many as needed', () => {
  expect(runsOf(new TextDocument({ replicaId: 'ann' }))).toEqual([]);
  const document = bold('abcd');
  expect(runsOf(document)).toEqual([
    [0, 1, {}],
    [1, 3, { bold: true }],
    [3, 4, {}],
  ]);
  mark(document, 0, 1, 'bold', true);
  mark(document, 3, 4, 'bold', true);
  expect(runsOf(document)).toEqual([[0, 4, { bold: true }]]);
  unmark(document, 0, 4, 'bold');
  expect(runsOf(document)).toEqual([[0, 4, {}]]);
});

test('marks can be anything that is JSON, under any key, and are copied', () => {
  const document = bold('abcd');
  const comment = { by: 'ann', lines: [1, 2] };
  mark(document, 0, 4, '__proto__', comment);
  comment.lines.push(3);

  const [first] = runs(document);
  expect(first?.marks.get('__proto__')).toEqual({ by: 'ann', lines: [1, 2] });
});

test.each<[string, () => void, new (message: string) => Error]>([
  ['an empty range', () => mark(bold('abcd'), 2, 2, 'k', 1), RangeError],
  ['a range beyond the text', () => mark(bold('abcd'), 2, 5, 'k', 1), RangeError],
  ['half of a pair', () => mark(bold('a\u{1f642}'), 0, 2, 'k', 1), RangeError],
  ['a value that is none', () => mark(bold('abcd'), 0, 1, 'k', undefined as never), TypeError],
  ['a key that is no text', () => mark(bold('abcd'), 0, 1, 7 as never, 1), TypeError],
  ['a growth that is none', () => markOf('k', 1, 'left' as never), RangeError],
])('%s is refused', (_name, mark, error) => {
  expect(mark).toThrow(error);
});

test('nothing has changed when a mark is refused', () => {
  const document = bold('abcd');
  const before = document.encodeVersion();

  expect(() => mark(document, 3, 9, 'k', 1)).toThrow(RangeError);
  expect(document.encodeVersion()).toEqual(before);
});

test('listeners hear of marks, here and elsewhere, together with edits', () => {
  const ann = new TextDocument({ replicaId: 'ann' });
  const bob = new TextDocument({ replicaId: 'bob' });
  const changes: TextChange[] = [];
  const heard: TextChange[] = [];
  ann.onChange((change) => changes.push(change));
  bob.onChange((change) => heard.push(change));
  ann.onLocalUpdate((update) => void bob.apply(update));
  const patches = [{ position: 0, deleteCount: 0, inserted: 'ab' }];

  ann.transact(() => {
    ann.insert(0, 'ab');
    mark(ann, 0, 1, 'bold', true);
  });
  unmark(ann, 0, 1, 'bold');
  ann.delete(0, 1);

  const expected = [
    { patches, isMarked: true },
    { patches: [], isMarked: true },
    { patches: [{ position: 0, deleteCount: 1, inserted: '' }] },
  ];
  expect(changes).toEqual(expected.map((change) => ({ origin: 'local', ...change })));
  expect(heard).toEqual(expected.map((change) => ({ origin: 'remote', ...change })));
});

test('marks are saved and loaded', () => {
  const document = bold('abcd');
  const loaded = TextDocument.load(document.save(), { replicaId: 'bob' });

  expect(runsOf(loaded)).toEqual(runsOf(document));
  loaded.insert(3, 'X');
  expect(runsOf(loaded)[1]).toEqual([1, 4, { bold: true }]);
});

describe('a history that was trimmed', () => {
  test('keeps the marks on the text, in their order', () => {
    const document = bold('abcdef');
    mark(document, 2, 5, 'bold', 'heavy', 'none');
    mark(document, 0, 1, 'link', '/', 'none');
    document.delete(0, 1);
    document.insert(0, 'X');
    const loaded = TextDocument.load(saveShallow(document), { replicaId: 'bob' });

    expect(loaded.toString()).toBe('Xbcdef');
    expect(runsOf(loaded)).toEqual(runsOf(document));
    loaded.insert(5, '+');
    loaded.insert(1, '-');
    mark(loaded, 0, 4, 'bold', null);
    const again = TextDocument.load(loaded.save(), { replicaId: 'cat' });
    expect(runsOf(again)).toEqual(runsOf(loaded));
    const twice = TextDocument.load(saveShallow(again), { replicaId: 'dan' });
    expect(runsOf(twice)).toEqual(runsOf(loaded));
  });

  // Why this test? What was typed there, behind a dead end, was in the mark when all was trimmed.
  test('keeps a mark on both sides of what is outside of it', () => {
    const ann = new TextDocument({ replicaId: 'ann' });
    ann.insert(0, 'link.');
    const bob = ann.fork({ replicaId: 'bob' });
    const eve = ann.fork({ replicaId: 'eve' });
    mark(ann, 0, 4, 'link', '/', 'none');
    bob.delete(3, 1);
    bob.insert(3, 'out');
    eve.insert(3, 'in');
    for (const other of [bob, eve]) ann.applyAll(other.updatesSince(ann.encodeVersion()));
    ann.insert(9, '!');
    const load = (replicaId: string) => TextDocument.load(saveShallow(ann), { replicaId });
    expect(ann.toString()).toBe('linoutin.!');
    expect(runsOf(ann).slice(0, 3)).toEqual([
      [0, 3, { link: '/' }],
      [3, 6, {}],
      [6, 8, { link: '/' }],
    ]);
    expect(runsOf(load('dan'))).toEqual(runsOf(ann));
    for (let position = 0; position <= ann.length; position += 1) {
      const trimmed = load('dan');
      trimmed.insert(position, 'x');
      const whole = ann.fork({ replicaId: 'kim' });
      whole.applyAll(trimmed.updatesSince(whole.encodeVersion()));
      expect(runsOf(trimmed)).toEqual(runsOf(whole));
    }
  });

  test('agrees with one that was not, also in what comes later', () => {
    const ann = bold('abcd');
    const bob = TextDocument.load(saveShallow(ann), { replicaId: 'bob' });
    const version = bob.encodeVersion();
    bob.insert(3, 'X');
    mark(bob, 2, 5, 'link', '/', 'none');
    for (const update of bob.updatesSince(version)) ann.apply(update);

    expect(runsOf(ann)).toEqual(runsOf(bob));
    expect(runsOf(bob)).toEqual([
      [0, 1, {}],
      [1, 2, { bold: true }],
      [2, 4, { bold: true, link: '/' }],
      [4, 5, { link: '/' }],
    ]);
  });
});

describe('many replicas', () => {
  const growth = fc.constantFrom<MarkGrowth>('none', 'before', 'after', 'both');
  const step = fc.record({
    replica: fc.nat(2),
    action: fc.oneof(
      { weight: 3, arbitrary: fc.constant('insert' as const) },
      { weight: 2, arbitrary: fc.constant('delete' as const) },
      { weight: 4, arbitrary: fc.constant('mark' as const) },
      { weight: 2, arbitrary: fc.constant('hear' as const) },
    ),
    from: fc.nat(99),
    size: fc.integer({ min: 1, max: 4 }),
    value: fc.constantFrom('x', 'y', null),
    growth,
  });

  const steps = fc.array(step, { maxLength: 30, size: 'max' });
  type Step = Parameters<Parameters<typeof step.map>[0]>[0];

  /** `to` takes in what it lacks of `from`. */
  function hear(to: TextDocument, from: TextDocument): void {
    to.applyAll(from.updatesSince(to.encodeVersion()));
  }

  function play(texts: readonly TextDocument[], history: readonly Step[]): void {
    for (const { replica, action, from, size, value, growth } of history) {
      const text = texts[replica % texts.length]!;
      const start = from % (text.length + 1);
      const count = Math.min(size, text.length - start);
      if (action === 'insert') text.insert(start, 'wxyz'.slice(0, size));
      else if (action === 'hear') hear(text, texts[(replica + 1 + (from % 2)) % texts.length]!);
      else if (count > 0 && action === 'delete') text.delete(start, count);
      else if (count > 0 && value === null) unmark(text, start, start + count, 'k', growth);
      else if (count > 0) mark(text, start, start + count, 'k', value, growth);
      // Asked in between, as a question must not change the answer to the next one.
      if (from % 3 === 0) runs(text);
    }
  }

  /** All take in all; what they see, which must be the same. */
  function settle([first, ...others]: readonly TextDocument[]): Runs {
    for (const other of others) hear(first!, other);
    const expected = runsOf(first!);
    for (const other of others) {
      hear(other, first!);
      expect(runsOf(other)).toEqual(expected);
    }
    expect(expected.at(-1)?.[1] ?? 0).toBe(first!.length);
    return expected;
  }

  const group = (): TextDocument[] =>
    ['a', 'b', 'c'].map((replicaId) => new TextDocument({ replicaId }));

  test('who has the same events sees the same marks, whatever came first', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const texts = group();
        play(texts, history);
        const expected = settle(texts);
        const fresh = new TextDocument({ replicaId: 'd' });
        const [first] = texts;
        if (first!.eventCount > 0) fresh.apply(first!.canonicalBytes());
        expect(runsOf(fresh)).toEqual(expected);
        expect(runsOf(TextDocument.load(first!.save(), { replicaId: 'e' }))).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  test('whose history was trimmed sees the same as others, also later', () => {
    fc.assert(
      fc.property(steps, steps, (history, later) => {
        const texts = group();
        play(texts, history);
        const expected = settle(texts);
        const [first, second] = texts;
        const bytes = saveShallow(first!);
        const trimmed = TextDocument.load(bytes, { replicaId: 'd' });
        expect(runsOf(trimmed)).toEqual(expected);
        const members = [first!, second!, trimmed];
        play(members, later);
        settle(members);
      }),
      { numRuns: 200 },
    );
  });
});

// Why this test? A trimmed mark was kept as the stretches that it covers; as soon as what lay
// between two of them was deleted, what was typed there fell out of the mark.
test('a trimmed mark knows what stands within it and is outside', () => {
  const ann = new TextDocument({ replicaId: 'ann' });
  ann.insert(0, 'fox.');
  mark(ann, 0, 3, 'link', '/fox', 'none');
  const bob = ann.fork({ replicaId: 'bob' });
  bob.insert(2, 'b');
  ann.delete(2, 1);
  ann.insert(2, 'a');
  ann.applyAll(bob.updatesSince(ann.encodeVersion()));
  // An event that knows all others, after which the history can begin.
  ann.insert(5, '!');
  expect(ann.toString()).toBe('foab.!');
  const trimmed = TextDocument.load(saveShallow(ann), { replicaId: 'cid' });
  const twice = TextDocument.load(saveShallow(trimmed), { replicaId: 'dan' });
  for (const text of [trimmed, twice]) expect(runsOf(text)).toEqual(runsOf(ann));
  for (const text of [ann, trimmed, twice]) {
    text.insert(3, 'y');
    text.insert(2, 'x');
    text.delete(3, 1);
    text.insert(3, 'z');
    expect(text.toString()).toBe('foxzyb.!');
    expect(runsOf(text)).toEqual([
      [0, 2, { link: '/fox' }],
      [2, 3, {}],
      [3, 6, { link: '/fox' }],
      [6, 8, {}],
    ]);
  }
});

// Why this test? Each character asked the next one, and twenty thousand calls were too many.
test('much that is typed in front of each other behind a dead end is outside of it', () => {
  const document = new TextDocument({ replicaId: 'ann' });
  document.insert(0, 'fox.');
  mark(document, 0, 3, 'link', '/fox', 'none');
  document.delete(2, 1);
  for (let count = 0; count < 20_000; count += 1) document.insert(2, 'x');

  expect(runsOf(document)).toEqual([
    [0, 2, { link: '/fox' }],
    [2, 20_003, {}],
  ]);
});
