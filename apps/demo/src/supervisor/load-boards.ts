/**
 * Clients of boards, as people are during an incident: a few boards at a time are edited and read;
 * one that was edited long enough is over and deleted, and another one is begun. So a load that
 * never ends has no more boards than at its beginning.
 */
import type { Random } from '@quorate/transport';
import * as v from 'valibot';

import type { HttpResponse } from '../http-client.ts';
import type { BoardOperation } from '../board/board.ts';
import { boardStatuses } from '../board/board-status.ts';
import type { LoadRequest } from './load-request.ts';

/** What the clients need. */
export interface LoadBoardsOptions {
  readonly random: Random;
  /** Tells the boards of this load from those of an earlier one on the same data. */
  readonly name: string;
  /** How often a board is edited before it is over. Default 500. */
  readonly editsPerBoard?: number;
}

interface OpenBoard {
  readonly id: string;
  editCount: number;
}

/** So many boards are open at a time. */
const openCount = 8;
const madeSchema = v.object({ id: v.string() });

/** Clients of boards. */
export class LoadBoards {
  readonly #random: Random;
  readonly #name: string;
  readonly #editsPerBoard: number;
  #open: readonly OpenBoard[] = [];
  /** Boards that are over, and still there. */
  readonly #over: string[] = [];
  #beingMadeCount = 0;
  #sequence = 0;

  constructor({ random, name, editsPerBoard = 500 }: LoadBoardsOptions) {
    this.#random = random;
    this.#name = name;
    this.#editsPerBoard = editsPerBoard;
  }

  /** What the next one asks for; undefined while the first boards are being made. */
  next(kind: 'edit' | 'read'): LoadRequest | undefined {
    if (this.#open.length + this.#beingMadeCount < openCount) return this.#make();
    const board = this.#open[this.#random.int(Math.max(1, this.#open.length))];
    if (board === undefined) return undefined;
    if (kind === 'read') return this.#read(board);
    const over = this.#over.shift();
    return over === undefined ? this.#edit(board) : this.#delete(over);
  }

  #make(): LoadRequest {
    this.#beingMadeCount += 1;
    const over = (): void => {
      this.#beingMadeCount -= 1;
    };
    return this.#write('/v1/boards', 'POST', {
      body: { title: `Load ${this.#sequence + 1}` },
      answered: ({ status, body }) => {
        over();
        const id = status < 300 ? idIn(body) : undefined;
        if (id !== undefined) this.#open = [...this.#open, { id, editCount: 0 }];
      },
      lost: over,
    });
  }

  #edit(board: OpenBoard): LoadRequest {
    board.editCount += 1;
    if (board.editCount >= this.#editsPerBoard) {
      this.#forget(board);
      this.#over.push(board.id);
    }
    const operations = [this.#operation()];
    return this.#write(`/v1/boards/${board.id}/ops`, 'POST', {
      body: { operations },
      answered: (response) => this.#notice(board, response),
    });
  }

  #operation(): BoardOperation {
    if (this.#random.int(4) > 0) return { kind: 'addAffected', amount: 1 };
    const status = boardStatuses[this.#random.int(boardStatuses.length)] ?? 'investigating';
    return { kind: 'setStatus', status };
  }

  #delete(id: string): LoadRequest {
    return this.#write(`/v1/boards/${id}`, 'DELETE', {});
  }

  #read(board: OpenBoard): LoadRequest {
    return {
      path: `/v1/boards/${board.id}`,
      http: {},
      isWrite: false,
      isDone,
      answered: (response) => this.#notice(board, response),
      lost: () => undefined,
    };
  }

  #write(
    path: string,
    method: string,
    parts: {
      readonly body?: unknown;
      readonly answered?: LoadRequest['answered'];
      readonly lost?: () => void;
    },
  ): LoadRequest {
    const { body, answered = () => undefined, lost = () => undefined } = parts;
    const key = `${this.#name}-${(this.#sequence += 1)}`;
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    return {
      path,
      http: { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) },
      isWrite: true,
      isDone,
      answered,
      lost,
    };
  }

  /** Somebody else may have deleted a board. */
  #notice(board: OpenBoard, { status }: HttpResponse): void {
    if (status === 410) this.#forget(board);
  }

  #forget(board: OpenBoard): void {
    this.#open = this.#open.filter((other) => other !== board);
  }
}

function idIn(body: string): string | undefined {
  try {
    return v.parse(madeSchema, JSON.parse(body)).id;
  } catch {
    return undefined;
  }
}

function isDone(status: number): boolean {
  return status < 300;
}
