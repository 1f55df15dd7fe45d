import { describe, expect, test } from 'vitest';

import { toBase64 } from '../../src/base64.ts';
import { type BoardEvidence, checkBoards, copyIn } from '../../src/check/board-check.ts';
import { BoardReader } from '../../src/check/board-reader.ts';
import { openBoard, perform } from '../../src/board/board.ts';

const copy = (...ids: string[]) => copyIn(JSON.stringify({ checklist: ids.map((id) => ({ id })) }));
const sound: BoardEvidence = {
  copies: new Map([
    [
      'b-1',
      new Map([
        ['n1', copy('i1')],
        ['n2', copy('i1')],
      ]),
    ],
  ]),
  confirmed: [{ boardId: 'b-1', itemId: 'i1' }],
  reads: { readCount: 3, acausalCount: 0 },
  isQuiet: true,
  isWhole: true,
};
const apart = new Map([
  [
    'b-1',
    new Map([
      ['n1', copy('i1', 'i2')],
      ['n2', copy('i1')],
      ['n3', copy('i1')],
    ]),
  ],
]);

const standingsOf = (evidence: BoardEvidence): unknown =>
  Object.fromEntries(checkBoards(evidence).promises.map(({ name, standing }) => [name, standing]));

describe('boards', () => {
  test('keep what they promise', () => {
    expect(checkBoards(sound)).toMatchObject({ verdict: 'kept', boards: [], confirmedCount: 1 });
  });

  test('whose copies differ are pending, and broken once all is quiet', () => {
    expect(standingsOf({ ...sound, copies: apart, isQuiet: false })).toMatchObject({
      converged: 'pending',
    });
    const report = checkBoards({ ...sound, copies: apart });
    expect(report.verdict).toBe('broken');
    expect(report.boards).toEqual([
      { boardId: 'b-1', groups: [['n2', 'n3'], ['n1']], missing: [] },
    ]);
  });

  test('that lack a confirmed edit somewhere are pending; everywhere, broken at once', () => {
    const confirmed = [{ boardId: 'b-1', itemId: 'i2' }];
    const busy = { ...sound, confirmed, isQuiet: false };
    expect(standingsOf({ ...busy, copies: apart })).toMatchObject({ nothingLost: 'pending' });
    expect(standingsOf(busy)).toMatchObject({ nothingLost: 'broken' });
    // A node that was not heard may have it.
    expect(standingsOf({ ...busy, isWhole: false })).toMatchObject({ nothingLost: 'pending' });
    expect(standingsOf({ ...sound, confirmed, copies: apart })).toMatchObject({
      nothingLost: 'broken',
    });
    expect(standingsOf({ ...busy, copies: new Map() })).toMatchObject({ nothingLost: 'broken' });
  });

  test('of which nothing is known keep nothing', () => {
    const nothing = {
      ...sound,
      copies: new Map(),
      confirmed: [],
      reads: { readCount: 0, acausalCount: 0 },
      isQuiet: false,
    };
    expect(checkBoards(nothing).verdict).toBe('pending');
    expect(checkBoards({ ...nothing, isQuiet: true }).verdict).toBe('broken');
  });
});

describe('a reader', () => {
  const board = openBoard('writer');
  const add = (id: string): string => {
    const before = board.encodeVersion();
    perform(board, { kind: 'addItem', id, text: id });
    return toBase64(board.updatesSince(before)[0] ?? new Uint8Array());
  };
  const [first, second] = [add('i1'), add('i2')];

  test('gets causes before effects, and counts what it gets', () => {
    const reader = new BoardReader();
    reader.take('b-1', [first]);
    reader.take('b-1', [second]);
    expect([reader.readCount, reader.acausalCount]).toEqual([2, 0]);
  });

  test('notices an effect without its cause', () => {
    const reader = new BoardReader();
    reader.take('b-1', [second]);
    expect(reader.acausalCount).toBe(1);
    expect(standingsOf({ ...sound, reads: reader })).toMatchObject({ causal: 'broken' });
  });
});
