/** Clients that make, edit and read boards. */
import type { NodeId } from '@quorate/transport';

import type { BoardStatus } from '../board/board-status.ts';
import { BoardReader } from '../check/board-reader.ts';
import type { SimAnswer } from '../sim/sim-cluster.ts';
import type { ClientNetwork } from './client-network.ts';

/** One edit of a board. */
export interface Edit {
  readonly boardId: string;
  /** Of the line of the checklist that it added. */
  readonly itemId: string;
  readonly atMs: number;
  /** Whether it was confirmed; false without a confirmation, be it that it happened. */
  isConfirmed: boolean;
}

/** What they did, and what they know. */
export class BoardClients {
  readonly edits: Edit[] = [];
  /** A client that reads boards through any node. */
  readonly reader = new BoardReader();
  readonly #network: ClientNetwork;
  /** So many boards are made before any is edited. */
  readonly #boardCount: number;
  readonly #boardIds: string[] = [];
  /** What was set by whom, of what is on a disk at least, by board. */
  readonly #statuses = new Map<string, BoardStatus[]>();
  #createdCount = 0;
  #confirmedCount = 0;

  constructor(network: ClientNetwork, boardCount: number) {
    this.#network = network;
    this.#boardCount = boardCount;
  }

  /** Edits that were confirmed. */
  get confirmedCount(): number {
    return this.#confirmedCount;
  }

  /** The statuses that were set so far and are on a disk at least, by board. */
  get statuses(): ReadonlyMap<string, readonly BoardStatus[]> {
    return this.#statuses;
  }

  /** Sets the status of every board, as one client of one node. */
  setStatus(node: NodeId, status: BoardStatus): void {
    for (const boardId of this.#boardIds) void this.#setStatus(node, boardId, status);
  }

  /** Edits a board; makes one while there are too few. */
  editOrCreate(): void {
    if (this.#createdCount < this.#boardCount) void this.#create();
    else if (this.#boardIds.length > 0) void this.#edit();
  }

  /** Reads a board as it is, for the load alone. */
  async look(): Promise<void> {
    const boardId = this.#network.drawFrom(this.#boardIds);
    if (boardId === undefined) return;
    const startedAtMs = this.#network.nowMs;
    const answer = await this.#network.ask({ method: 'GET', path: `/v1/boards/${boardId}` });
    this.#network.tell(answer?.status === 200 ? 'done' : 'refused', startedAtMs);
  }

  /** Reads what the client lacks of a board; a node that cannot answer is another one's turn. */
  async read(): Promise<void> {
    const boardId = this.#network.drawFrom(this.#boardIds);
    if (boardId === undefined) return;
    const since = encodeURIComponent(this.reader.versionOf(boardId));
    const path = `/v1/boards/${boardId}/sync?since=${since}`;
    const answer = await this.#network.ask({ method: 'GET', path });
    if (answer?.status !== 200) return;
    const { updates } = JSON.parse(answer.body) as { readonly updates: readonly string[] };
    this.reader.take(boardId, updates);
  }

  async #create(): Promise<void> {
    this.#createdCount += 1;
    const key = this.#network.drawName('board');
    const answer = await this.#post('/v1/boards', { title: key }, key);
    const id: unknown = answer?.status === 201 ? Reflect.get(JSON.parse(answer.body), 'id') : 0;
    if (typeof id === 'string') this.#boardIds.push(id);
    else this.#createdCount -= 1;
  }

  async #edit(): Promise<void> {
    const boardId = this.#network.drawFrom(this.#boardIds) ?? '';
    const itemId = `i${this.edits.length}`;
    const edit: Edit = { boardId, itemId, atMs: this.#network.nowMs, isConfirmed: false };
    this.edits.push(edit);
    const operations = [{ kind: 'addItem', id: itemId, text: itemId }];
    const answer = await this.#post(`/v1/boards/${boardId}/ops`, { operations }, itemId);
    edit.isConfirmed = answer?.status === 202;
    if (edit.isConfirmed) this.#confirmedCount += 1;
    // An edit that was not confirmed may be there all the same.
    this.#network.tell(edit.isConfirmed ? 'done' : 'unknown', edit.atMs);
  }

  async #setStatus(node: NodeId, boardId: string, status: BoardStatus): Promise<void> {
    const operations = [{ kind: 'setStatus', status }];
    const key = `${node}-${status}-${this.#network.nowMs}`;
    const answer = await this.#post(`/v1/boards/${boardId}/ops`, { operations }, key, node);
    // Alone on its side of a cut, an owner keeps what it cannot confirm.
    const isKept = answer?.status === 202 || answer?.body.includes('"unconfirmed"') === true;
    if (isKept) this.#statuses.set(boardId, [...(this.#statuses.get(boardId) ?? []), status]);
  }

  #post(
    path: string,
    body: unknown,
    key: string,
    node = this.#network.anyNode(),
  ): Promise<SimAnswer | undefined> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    const request = { method: 'POST', path, headers, body: JSON.stringify(body) };
    return this.#network.askAt(node, request);
  }
}
