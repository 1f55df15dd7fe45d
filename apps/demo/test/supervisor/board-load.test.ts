import { seededRandom } from '@quorate/transport/system';
import { afterEach, expect, test, vi } from 'vitest';

import { BoardLoad, type BoardVerdict } from '../../src/supervisor/board-load.ts';
import { PhaseFigures } from '../../src/supervisor/phase-figures.ts';
import { FakeNodes, type FakeAnswer, type FakeRequest } from '../support/fake-nodes.ts';

/** Three nodes that hold every board, and answer some requests badly. */
class Boards {
  /** Items by board. */
  readonly boards = new Map<string, Map<string, unknown>>();
  readonly asked: FakeRequest[] = [];
  /** What a node shows of a board; undefined if it has no copy. */
  copyOf = (_node: number, items: readonly unknown[]): readonly unknown[] | undefined => items;

  get filledCount(): number {
    return [...this.boards.values()].filter(({ size }) => size > 0).length;
  }

  answer(request: FakeRequest): FakeAnswer {
    const { node, method, path, key, body } = request;
    const id = path.split('/')[3] ?? '';
    if (method === 'GET') {
      const checklist = this.copyOf(node, [...(this.boards.get(id)?.values() ?? [])]);
      return checklist ? { status: 200, document: { checklist } } : { status: 404, document: {} };
    }
    this.asked.push(request);
    const isCreation = path === '/v1/boards';
    const made = this.boards.get(`b-${key}`) ?? new Map<string, unknown>();
    if (isCreation) this.boards.set(`b-${key}`, made);
    else this.boards.get(id)?.set(key, { id: key, text: body });
    // It happened; the client hears of it the second time at the earliest.
    const count = this.asked.filter((other) => other.key === key).length;
    if (count === 1 && this.asked.length % 3 === 0) return undefined;
    if (count === 1 && this.asked.length % 3 === 1) return { status: 504, document: {} };
    return { status: isCreation ? 201 : 202, document: { id: `b-${key}` } };
  }
}

let nodes: FakeNodes | undefined;
let load: BoardLoad | undefined;

afterEach(() => {
  load?.close();
  nodes?.close();
});

async function run(boards: Boards): Promise<BoardVerdict> {
  nodes = new FakeNodes(3, (request) => boards.answer(request));
  const targets = await nodes.listen();
  const [figures, random] = [new PhaseFigures(), seededRandom(1)];
  const readCopy = (node: string, boardId: string): Promise<Response> =>
    fetch(`${targets.find(({ id }) => id === node)?.api}/admin/boards/${boardId}`);
  load = new BoardLoad({ targets: () => targets, figures, random, copyCount: 3, readCopy });
  load.start(300);
  await vi.waitFor(() => expect(boards.asked.length).toBeGreaterThan(150), 20_000);
  await load.stop();
  const [row] = figures.rows;
  expect(row).toMatchObject({ fault: 'calm', load: 'boards', refusedCount: 0 });
  expect(row?.unknownCount).toBeGreaterThan(10);
  // Late at once: nothing that is wrong gets better here.
  return load.judge(targets, 0);
}

test('requests are repeated with their key until they are confirmed', async () => {
  const boards = new Boards();
  const verdict = await run(boards);
  const none = { lost: [], diverged: [], unpromised: [], repeatedCount: 0, givenUpCount: 0 };
  expect(verdict).toMatchObject({ ...none, boardCount: boards.boards.size });
  const items = [...boards.boards.values()].flatMap((board) => [...board.keys()]);
  expect(verdict.confirmedCount).toBe(items.length);
  expect(new Set(boards.asked.map(({ key }) => key)).size).toBeLessThan(boards.asked.length);
});

test('a confirmed item that one copy lacks is lost, and the copies differ', async () => {
  const boards = new Boards();
  boards.copyOf = (node, items) => (node === 1 ? items.slice(1) : items);
  const { lost, diverged } = await run(boards);
  expect(lost.length).toBe(boards.filledCount);
  expect(lost[0]).toMatch(/^b-b\d+: i\d+ on n2$/);
  expect(diverged[0]).toMatch(/^b-b\d+ on n1,n2,n3$/);
});

test('a copy too few is a difference, an item too often is counted', async () => {
  const boards = new Boards();
  boards.copyOf = (node, items) => (node === 2 ? undefined : [...items, ...items.slice(0, 1)]);
  const { lost, diverged, boardCount, repeatedCount } = await run(boards);
  expect(lost).toEqual([]);
  expect(diverged.length).toBe(boardCount);
  expect(repeatedCount).toBe(boards.filledCount);
});
