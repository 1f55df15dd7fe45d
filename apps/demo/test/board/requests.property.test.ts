import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  type Board,
  type BoardOperation,
  openBoard,
  perform,
  viewOf,
} from '../../src/board/board.ts';
import { Requests } from '../../src/board/requests.ts';

interface Owner {
  readonly board: Board;
  readonly requests: Requests;
}

/** Owners of one board that has a title. */
function owners(count: number): readonly Owner[] {
  const all = Array.from({ length: count }, (_, index) => {
    const board = openBoard(`owner ${index}`);
    return { board, requests: new Requests(board) };
  });
  all[0]!.board.root.title = 'Board';
  for (const { board } of all.slice(1)) meet(all[0]!.board, board);
  return all;
}

function meet(from: Board, to: Board): void {
  to.applyAll(from.updatesSince(to.encodeVersion()));
}

/** The same owner after a restart: it has what is on the disk, under another id. */
function restarted({ board }: Owner, replicaId: string): Owner {
  const again = openBoard(replicaId, board.save());
  return { board: again, requests: new Requests(again) };
}

/** All hear of all, until there is nothing new. */
function settle(all: readonly Pick<Owner, 'board'>[]): void {
  const pairs = all.flatMap((from) => all.map((to) => ({ from, to })));
  for (let round = 0; round < 4; round += 1) {
    for (const { from, to } of pairs) if (from !== to) meet(from.board, to.board);
  }
}

const stamp = (key: string) => ({ key, digest: `of-${key}`, atMs: 0 });

const operation = (name: string): fc.Arbitrary<BoardOperation> =>
  fc.oneof(
    fc.record({
      kind: fc.constant('addAffected' as const),
      amount: fc.integer({ min: 1, max: 9 }),
    }),
    fc.constant({ kind: 'insertNotes' as const, position: 0, text: `${name} ` }),
    fc.constant({ kind: 'addItem' as const, id: name, text: name }),
    fc.constant({ kind: 'setStatus' as const, status: 'identified' as const }),
  );

describe('a request that owners carry out without knowing of each other', () => {
  test('counts once, in whichever order they meet', () => {
    const script = fc.array(
      fc.record({
        request: fc.constantFrom('r1', 'r2', 'r3'),
        by: fc.uniqueArray(fc.nat(2), { minLength: 1 }),
        restarts: fc.option(fc.nat(2)),
        hears: fc.option(fc.tuple(fc.nat(2), fc.nat(2))),
      }),
      { minLength: 1, maxLength: 8 },
    );
    const bodies = fc.tuple(operation('r1'), operation('r2'), operation('r3'));
    fc.assert(
      fc.property(script, bodies, (steps, [first, second, third]) => {
        const body = { r1: first, r2: second, r3: third };
        const all = [...owners(3)];
        const done = new Set<'r1' | 'r2' | 'r3'>();
        for (const [at, { request, by, restarts, hears }] of steps.entries()) {
          for (const index of by) {
            const { requests } = all[index]!;
            if (requests.stateOf(stamp(request)) !== 'new') continue;
            requests.carryOut([body[request]], stamp(request));
            done.add(request);
          }
          if (restarts !== null) all[restarts] = restarted(all[restarts]!, `life ${at}`);
          if (hears !== null) meet(all[hears[0]]!.board, all[hears[1]]!.board);
        }
        settle(all);
        const once = openBoard('once');
        for (const request of done) perform(once, body[request]);
        const expected = viewOf(once);
        for (const { board } of all) {
          const { affected, notes, checklist, status } = viewOf(board);
          expect({ affected, status }).toEqual({
            affected: expected.affected,
            status: expected.status,
          });
          expect(notes.trim().split(' ').toSorted()).toEqual(
            expected.notes.trim().split(' ').toSorted(),
          );
          const ids = (items: typeof checklist) => items.map(({ id }) => id).toSorted();
          expect(ids(checklist)).toEqual(ids(expected.checklist));
        }
      }),
    );
  });

  test('keeps what was done to either of its two items', () => {
    const [left, right, third] = owners(3) as [Owner, Owner, Owner];
    const add = ['a', 'b', 'c'].map((id) => ({ kind: 'addItem' as const, id, text: id }));
    for (const owner of [left, right]) owner.requests.carryOut(add, stamp('twice'));
    for (const owner of [left, right]) {
      const id = owner === left ? 'a' : 'b';
      owner.requests.carryOut([{ kind: 'checkItem', id, isDone: true }], stamp(`check ${id}`));
    }
    // Whoever loses, one removal was made on the copy that goes.
    left.requests.carryOut([{ kind: 'removeItem', id: 'c' }], stamp('remove left'));
    right.requests.carryOut([{ kind: 'removeItem', id: 'c' }], stamp('remove right'));
    settle([left, right, third]);
    for (const { board } of [left, right, third]) {
      expect(viewOf(board).checklist).toEqual([
        { id: 'a', text: 'a', isDone: true },
        { id: 'b', text: 'b', isDone: true },
      ]);
    }
  });

  test('keeps what somebody who sees both does to them', () => {
    const [left, right] = owners(2) as [Owner, Owner];
    const third = { board: openBoard('client') };
    meet(left.board, third.board);
    const add = [{ kind: 'addItem' as const, id: 'a', text: 'a' }];
    for (const owner of [left, right]) owner.requests.carryOut(add, stamp('twice'));
    for (const { board } of [left, right]) meet(board, third.board);
    expect(viewOf(third.board).checklist).toHaveLength(2);
    perform(third.board, { kind: 'checkItem', id: 'a', isDone: true });
    settle([left, right, third]);
    for (const { board } of [left, right, third]) {
      expect(viewOf(board).checklist).toEqual([{ id: 'a', text: 'a', isDone: true }]);
    }
  });
});

describe('what is done twice', () => {
  const operations = [
    { kind: 'addAffected' as const, amount: 3 },
    { kind: 'insertNotes' as const, position: 0, text: 'once' },
    { kind: 'addItem' as const, id: 'a', text: 'a' },
  ];

  function doneTwice(): readonly [Owner, Owner] {
    const [left, right] = owners(2) as [Owner, Owner];
    for (const { requests } of [left, right]) requests.carryOut(operations, stamp('twice'));
    return [left, right];
  }

  function expectOnce({ board }: Owner): void {
    const { affected, notes, checklist } = viewOf(board);
    expect([affected, notes, checklist.map(({ id }) => id)]).toEqual([3, 'once', ['a']]);
  }

  test('is found by who has both, though both who did it are gone', () => {
    const [left, right] = doneTwice();
    const third = owners(1)[0]!;
    const heir = openBoard('heir', third.board.save());
    for (const { board } of [left, right]) meet(board, heir);
    expectOnce({ board: heir, requests: new Requests(heir) });
  });

  test('is found when a copy is opened that knew and could not take it back any more', () => {
    const [left, right] = doneTwice();
    const deaf = openBoard('deaf', left.board.save());
    meet(right.board, deaf);
    expect(viewOf(deaf).affected).toBe(6);
    expectOnce(restarted({ board: deaf, requests: left.requests }, 'life 2'));
  });

  test.each([1e9, -1, 0.5, 'many'])('is left alone if a mark says %j events', (eventCount) => {
    const [left, right] = doneTwice();
    const forged = { atMs: 0, digest: 'of-twice', eventCount: eventCount as number };
    right.board.root.requests.set('twice', forged);
    meet(right.board, left.board);
    expect(viewOf(left.board).affected).toBe(6);
  });
});

test('the oldest keys go when there are many, and a key is known by what came with it', () => {
  const [{ board, requests }] = owners(1) as [Owner];
  const add = [{ kind: 'addAffected' as const, amount: 1 }];
  for (let atMs = 0; atMs < 600; atMs += 1) {
    requests.carryOut(add, { key: `k${atMs}`, digest: 'same', atMs });
  }
  expect(board.root.requests.keys().length).toBeLessThanOrEqual(512);
  const ask = (key: string, digest: string) => requests.stateOf({ key, digest, atMs: 0 });
  expect([ask('k0', 'same'), ask('k599', 'same'), ask('k599', 'other')]).toEqual([
    ...['new', 'repeated', 'reused'],
  ]);
});
