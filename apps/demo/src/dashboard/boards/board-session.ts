/** The two clients of the page, and the board that both have open. */
import { effect, type Signal, signal } from '@preact/signals';
import { type TextCursor, UndoManager } from '@quorate/crdts/document';
import { systemClock } from '@quorate/transport/system';

import type { Board } from '../../board/board.ts';
import { follow, known, presentMs, view } from '../feed.ts';
import { isSimulated } from '../source/source.ts';
import { boardAccess } from './board-access.ts';
import { BoardClient } from './board-client.ts';
import { boardAt, BoardHistory, type Moment } from './board-history.ts';

/** What is shown of a client, and done to it. */
export type ClientFace = Pick<
  BoardClient,
  'board' | 'state' | 'nodeId' | 'digest' | 'goOnline' | 'goOffline' | 'retry' | 'use'
>;

/** One client as the page shows it. */
export interface ShownClient {
  readonly name: 'Ann' | 'Bob';
  readonly client: ClientFace;
  /** Of the copy that it edits, or edited. */
  readonly replicaId: string;
  /** Whether it is as it was, and nothing can be done to it. */
  readonly isPast: boolean;
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
  readonly history: BoardHistory;
  readonly close: () => void;
}

/** What is open. It stays open while other screens are shown. */
export const session = signal<Session | undefined>(undefined);

/** Letters that are typed within so many ms are undone at once. */
const BURST_MS = 600;

/** Boards whose history is kept after they were closed. */
const HISTORIES_MAX = 8;
const histories = new Map<string, BoardHistory>();

follow({
  onForget: (fromMs) => {
    const open = session.value;
    open?.close();
    for (const history of histories.values()) history.forget(fromMs);
    if (open === undefined) return;
    // What the copies have is of a future that never came: they are read again.
    session.value = fromMs > 0 ? newSession(open.boardId) : undefined;
  },
});

/** Opens a board with two new clients, each at a node of its own, if it is not open already. */
export function openBoard(boardId: string): void {
  if (session.value?.boardId === boardId) return;
  session.value?.close();
  session.value = newSession(boardId);
}

function newSession(boardId: string): Session {
  const ids = view.value?.nodes.map(({ id }) => id) ?? [];
  const [first = 'n1', second = first] = ids;
  const history = historyOf(boardId);
  const ann = newClient('Ann', { boardId, nodeId: first, history });
  const bob = newClient('Bob', { boardId, nodeId: second, history });
  const close = (): void => {
    for (const { name, client } of [ann, bob]) {
      client.close();
      history.noteEnd(name, presentMs());
    }
  };
  return { boardId, history, clients: [ann, bob], close };
}

function historyOf(boardId: string): BoardHistory {
  const history = histories.get(boardId) ?? new BoardHistory();
  // The one that was opened last is the last to go.
  histories.delete(boardId);
  histories.set(boardId, history);
  const [oldest] = histories.keys();
  if (histories.size > HISTORIES_MAX && oldest !== undefined) histories.delete(oldest);
  return history;
}

const pastClients = new WeakMap<Moment, ShownClient>();

/** A client as it was at `atMs`; undefined if it was not there. */
export function clientAt(
  { history }: Session,
  name: ShownClient['name'],
  atMs: number,
): ShownClient | undefined {
  const moment = history.at(name, atMs);
  if (moment === undefined) return undefined;
  const known = pastClients.get(moment) ?? asItWas(name, moment);
  pastClients.set(moment, known);
  return known;
}

function asItWas(name: ShownClient['name'], moment: Moment): ShownClient {
  const board = boardAt(moment);
  const { nodeId, state, digest } = moment;
  const nothing = (): void => undefined;
  const actions = { goOnline: nothing, goOffline: nothing, retry: nothing, use: nothing };
  return {
    ...{ name, isPast: true, replicaId: moment.board.replicaId },
    client: { board, nodeId, state, digest, ...actions },
    ...{ revision: signal(0), undo: new UndoManager(board), caret: signal(undefined) },
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

function newClient(
  name: ShownClient['name'],
  place: { readonly boardId: string; readonly nodeId: string; readonly history: BoardHistory },
): ShownClient & { readonly client: BoardClient } {
  const { boardId, nodeId, history } = place;
  // A life of its own for every opening: ids are never used twice.
  const life = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  const replicaId = `${name.toLowerCase()}-${life.toString(36).padStart(7, '0')}`;
  const access = boardAccess(nodeId, boardId);
  const client = new BoardClient({ access, replicaId, clock: systemClock });
  const revision = signal(0);
  client.onChange(() => {
    history.note(name, client, presentMs());
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
  return { name, client, replicaId, isPast: false, revision, undo, caret: signal(undefined) };
}

/** The first board that is known is opened, so that there is something to see. */
export function openFirstBoard(): () => void {
  return effect(() => {
    const [first] = knownBoards();
    // At the very start of a run what is shown is of another one.
    const isOther = isSimulated && known.value.endMs === 0;
    if (session.value === undefined && first !== undefined && !isOther) openBoard(first);
  });
}
