import { expect, test } from 'vitest';
import fc from 'fast-check';

import { toBase64 } from '../../src/base64.ts';
import { type Board, openBoard, perform } from '../../src/board/board.ts';
import { Requests } from '../../src/board/requests.ts';
import { RestingBoard } from '../../src/board/resting-board.ts';

/** One of two copies: one that is always open, and one that rests now and then. */
class Pair {
  readonly open: Board;
  readonly resting: RestingBoard;
  readonly #requests: Requests;
  readonly updates: string[] = [];
  useCount = 0;

  constructor(replicaId: string) {
    this.open = openBoard(replicaId);
    this.#requests = new Requests(this.open);
    this.resting = new RestingBoard(openBoard(replicaId), () => {
      this.useCount += 1;
    });
    this.resting.tend();
    this.resting.onLocalUpdate((update) => this.updates.push(toBase64(update)));
  }

  ask(key: string, text: string): void {
    const stamp = { key, digest: 'same', atMs: 1 };
    for (const requests of [this.#requests, this.resting.requests]) {
      if (requests.stateOf(stamp) !== 'new') continue;
      requests.carryOut([{ kind: 'addItem', id: key, text }], stamp);
    }
  }

  edit(text: string): void {
    perform(this.open, { kind: 'insertNotes', position: 0, text });
    perform(this.resting.board, { kind: 'insertNotes', position: 0, text });
  }

  hear(other: Pair): void {
    this.open.applyAll(other.open.updatesSince(this.open.encodeVersion()));
    this.resting.applyAll(other.resting.updatesSince(this.resting.encodeVersion()));
  }
}

const side = fc.nat({ max: 1 });
const step = fc.oneof(
  fc.record({ kind: fc.constant('ask' as const), side, key: fc.constantFrom('k1', 'k2', 'k3') }),
  fc.record({ kind: fc.constant('edit' as const), side, text: fc.constantFrom('a', 'bc') }),
  fc.record({ kind: fc.constant('hear' as const), side }),
  fc.record({ kind: fc.constant('rest' as const), side }),
);

test('a board that rests now and then is what it would be if it never had', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const pairs = [new Pair('ann'), new Pair('bob')] as const;
      for (const one of steps) {
        const [own, other] = one.side === 0 ? pairs : [pairs[1], pairs[0]];
        if (one.kind === 'ask') own.ask(one.key, `by ${one.side}`);
        if (one.kind === 'edit') own.edit(one.text);
        if (one.kind === 'hear') own.hear(other);
        if (one.kind === 'rest') own.resting.rest();
        expect(own.resting.encodeVersion()).toEqual(own.open.encodeVersion());
      }
      for (const { open, resting } of pairs) {
        expect(resting.save()).toEqual(open.save());
        expect(JSON.stringify(resting.board)).toBe(JSON.stringify(open));
      }
    }),
  );
});

test('what a resting board can answer does not wake it; listeners outlive its rest', () => {
  const pair = new Pair('ann');
  let changeCount = 0;
  pair.resting.onChange(() => {
    changeCount += 1;
  });
  pair.edit('before');
  const version = pair.resting.encodeVersion();
  pair.resting.rest();
  const { useCount } = pair;
  expect(pair.resting.encodeVersion()).toEqual(version);
  expect(pair.resting.updatesSince(version)).toEqual([]);
  expect(pair.resting.isCoveredBy(version)).toBe(true);
  expect(pair.resting.waitingCount).toBe(0);
  expect(pair.resting.save()).toEqual(pair.open.save());
  expect(pair.resting.isOpen).toBe(false);
  expect(pair.useCount).toBe(useCount);

  expect(pair.resting.updatesSince(new Uint8Array(0))).toHaveLength(1);
  expect(pair.resting.isOpen).toBe(true);
  pair.resting.rest();
  pair.edit('after');
  expect(pair.updates).toHaveLength(2);
  expect(changeCount).toBe(2);
});
