/** The two clients of the page, and the board that both have open. */
import { effect, type Signal, signal } from '@preact/signals';
import { type TextCursor, UndoManager } from '@quorate/crdts/document';
import { systemClock } from '@quorate/transport/system';

import type { Board } from '../../board/board.ts';
import { view } from '../feed.ts';
import { boardAccess } from './board-access.ts';
import { BoardClient } from './board-client.ts';

/** One client as the page shows it. */
export interface ShownClient {
  readonly name: 'Ann' | 'Bob';
  readonly client: BoardClient;
  /** Rises with each change of the client: read it to be drawn again. */
  readonly revision: Signal<number>;
  readonly undo: UndoManager;
  /** Where its caret is in the notes. */
  readonly caret: Signal<TextCursor | undefined>;
}

/** A board that is open. */
export interface Session {
  readonly boardId: string;
  readonly clients: readonly ShownClient[];
}

/** What is open. It stays open while other screens are shown. */
export const session = signal<Session | undefined>(undefined);

/** Letters that are typed within so many ms are undone at once. */
const BURST_MS = 600;

/** Opens a board with two new clients, each at a node of its own, if it is not open already. */
export function openBoard(boardId: string): void {
  if (session.value?.boardId === boardId) return;
  for (const { client } of session.value?.clients ?? []) client.close();
  const ids = view.value?.nodes.map(({ id }) => id) ?? [];
  const [first = 'n1', second = first] = ids;
  session.value = {
    boardId,
    clients: [newClient('Ann', boardId, first), newClient('Bob', boardId, second)],
  };
}

/** Has a client speak to another node. */
export function bindClient({ client }: ShownClient, nodeId: string): void {
  const { boardId } = session.value ?? {};
  if (boardId !== undefined) client.use(boardAccess(nodeId, boardId));
}

/** Makes an edit that the notes' undo leaves alone. */
export function edit({ client }: ShownClient, change: (root: Board['root']) => void): void {
  client.board.transact(() => change(client.board.root), { origin: 'form' });
}

/** Boards that nodes say they have copies of, by id. */
export function knownBoards(): readonly string[] {
  const ids = new Set<string>();
  for (const { status } of view.value?.nodes ?? []) {
    for (const id of Object.keys(status?.boards.digests ?? {})) ids.add(id);
  }
  return [...ids].toSorted();
}

function newClient(name: 'Ann' | 'Bob', boardId: string, nodeId: string): ShownClient {
  // A life of its own for every opening: ids are never used twice.
  const life = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  const replicaId = `${name.toLowerCase()}-${life.toString(36).padStart(7, '0')}`;
  const access = boardAccess(nodeId, boardId);
  const client = new BoardClient({ access, replicaId, clock: systemClock });
  const revision = signal(0);
  client.onChange(() => {
    revision.value = revision.peek() + 1;
  });
  let lastMs = -Infinity;
  const undo = new UndoManager(client.board, {
    joins: () => {
      const isBurst = systemClock.nowMs() - lastMs < BURST_MS;
      lastMs = systemClock.nowMs();
      return isBurst;
    },
  });
  client.goOnline();
  return { name, client, revision, undo, caret: signal(undefined) };
}

/** The first board that is known is opened, so that there is something to see. */
export function openFirstBoard(): () => void {
  return effect(() => {
    const [first] = knownBoards();
    if (session.value === undefined && first !== undefined) openBoard(first);
  });
}
