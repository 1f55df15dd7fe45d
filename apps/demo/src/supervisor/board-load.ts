/**
 * Boards that are made and added to at a steady rate, by clients who repeat a request with the same
 * key until it is confirmed; and a check that nothing that was confirmed got lost.
 *
 * What was confirmed is on two disks, so it must be in every copy once all nodes run and reach each
 * other, whatever went wrong before. What was not confirmed may be there or not.
 */
import type { Random } from '@quorate/transport';
import * as v from 'valibot';

import { HttpClient, HttpClientError, type HttpResponse } from '../http-client.ts';
import type { LoadTarget } from './load-generator.ts';
import { Pacer } from './pacer.ts';
import type { PhaseFigures, RequestEnd } from './phase-figures.ts';

/** What a load of boards needs. */
export interface BoardLoadOptions {
  /** Nodes that may be asked, at this moment. */
  readonly targets: () => readonly LoadTarget[];
  readonly figures: PhaseFigures;
  readonly random: Random;
  /** Reads what a node's own copy of a board says. */
  readonly readCopy: (node: string, boardId: string) => Promise<Response>;
  /** On how many nodes each board must be in the end. */
  readonly copyCount: number;
}

/** What became of the boards. */
export interface BoardVerdict {
  readonly boardCount: number;
  /** Items that were confirmed. */
  readonly confirmedCount: number;
  /** Items that nobody confirmed, however often they were sent. */
  readonly givenUpCount: number;
  /** Confirmed items that a copy lacks in the end: the board, the item and the nodes. */
  readonly lost: readonly string[];
  /** Boards whose copies are not the same in the end, or too few. */
  readonly diverged: readonly string[];
  /** Items that were added twice, by owners that were cut off from each other. */
  readonly repeatedCount: number;
  /** Answers that a board does not exist which had been confirmed. */
  readonly deniedCount: number;
  /** Responses that the service promises never to give. */
  readonly unpromised: readonly string[];
}

interface KnownBoard {
  readonly id: string;
  readonly itemCount: number;
}

/** A board as one node has it. */
interface BoardCopy {
  readonly node: string;
  /** All that must be the same everywhere. */
  readonly text: string;
  /** Its items. */
  readonly ids: readonly string[];
}

/** One request, however often it is sent. */
interface Task {
  readonly path: string;
  readonly key: string;
  readonly body: string;
}

const timeoutMs = 4_000;
const attemptsMax = 8;
const backoffMs = 150;
const underWayMax = 256;
/** So many boards are added to at a time, and so many items to each of them. */
const openBoardCount = 8;
const itemsPerBoard = 100;
const lookEveryMs = 500;

const copySchema = v.object({
  title: v.optional(v.string()),
  checklist: v.optional(v.array(v.object({ id: v.string(), text: v.string() })), []),
  requests: v.optional(v.record(v.string(), v.unknown()), {}),
});

/** Clients of boards. */
export class BoardLoad {
  readonly #options: BoardLoadOptions;
  readonly #client = new HttpClient(128);
  readonly #pacer: Pacer;
  /** Items that were confirmed, by board. */
  readonly #confirmed = new Map<string, Set<string>>();
  readonly #unpromised: string[] = [];
  #open: KnownBoard[] = [];
  #sequence = 0;
  #givenUpCount = 0;
  #deniedCount = 0;
  #beingMadeCount = 0;

  constructor(options: BoardLoadOptions) {
    this.#options = options;
    const { figures } = options;
    this.#pacer = new Pacer(
      (dueMs) => this.#act(dueMs),
      underWayMax,
      () => figures.record('boards', figures.faults, 'skipped', 0),
    );
  }

  /** Begins, at the first time or after `stop`. */
  start(ratePerSecond: number): void {
    this.#pacer.start(ratePerSecond);
  }

  /** Begins nothing more, and waits for what is under way. */
  stop(): Promise<void> {
    return this.#pacer.stop();
  }

  /** Compares the copies with each other and with what was confirmed, until all is well or late. */
  async judge(nodes: readonly LoadTarget[], deadlineMs: number): Promise<BoardVerdict> {
    const waiting = new Map(this.#confirmed);
    const lost: string[] = [];
    const diverged: string[] = [];
    let repeatedCount = 0;
    while (waiting.size > 0) {
      const isLate = performance.now() >= deadlineMs;
      for (const [boardId, items] of waiting) {
        const copies = await this.#copiesOf(boardId, nodes);
        const isSame = new Set(copies.map(({ text }) => text)).size === 1;
        const isWhole = isSame && copies.length === this.#options.copyCount;
        const missing = missingFrom(copies, items);
        if (!isLate && (!isWhole || missing.length > 0)) continue;
        waiting.delete(boardId);
        if (!isWhole) diverged.push(`${boardId} on ${copies.map(({ node }) => node).join()}`);
        lost.push(...missing.map((where) => `${boardId}: ${where}`));
        const ids = copies[0]?.ids ?? [];
        repeatedCount += ids.length - new Set(ids).size;
      }
      if (waiting.size > 0) await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
    return {
      boardCount: this.#confirmed.size,
      confirmedCount: [...this.#confirmed.values()].reduce((sum, { size }) => sum + size, 0),
      givenUpCount: this.#givenUpCount,
      ...{ lost, diverged, repeatedCount },
      deniedCount: this.#deniedCount,
      unpromised: this.#unpromised,
    };
  }

  /** Closes the connections. */
  close(): void {
    this.#client.close();
  }

  async #act(dueMs: number): Promise<void> {
    const { random } = this.#options;
    const sequence = (this.#sequence += 1);
    const isFew = this.#open.length + this.#beingMadeCount < openBoardCount;
    const board = this.#open[random.int(Math.max(1, this.#open.length))];
    if (isFew) return this.#make(sequence, dueMs);
    // The first ones are being made.
    if (board === undefined) return undefined;
    const at = this.#open.indexOf(board);
    const itemCount = board.itemCount + 1;
    if (itemCount < itemsPerBoard) this.#open[at] = { ...board, itemCount };
    else this.#open = this.#open.filter((_, index) => index !== at);
    const id = `i${sequence}`;
    const operations = [{ kind: 'addItem', id, text: `item ${sequence}` }];
    const path = `/v1/boards/${board.id}/ops`;
    const task = { path, key: id, body: JSON.stringify({ operations }) };
    const answer = await this.#insist(task, dueMs);
    if (answer !== undefined) this.#confirmed.get(board.id)?.add(id);
    return undefined;
  }

  async #make(sequence: number, dueMs: number): Promise<void> {
    this.#beingMadeCount += 1;
    const body = JSON.stringify({ title: `board ${sequence}` });
    const answer = await this.#insist({ path: '/v1/boards', key: `b${sequence}`, body }, dueMs);
    this.#beingMadeCount -= 1;
    if (answer === undefined) return;
    const { id } = v.parse(v.object({ id: v.string() }), JSON.parse(answer.body));
    this.#confirmed.set(id, new Set());
    this.#open.push({ id, itemCount: 0 });
  }

  /** Sends a request again and again. @returns What confirmed it, if anything did. */
  async #insist(task: Task, dueMs: number): Promise<HttpResponse | undefined> {
    const { figures, random, targets } = this.#options;
    const faultsSoFar = figures.follow();
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      const running = targets();
      const target = running[random.int(Math.max(1, running.length))];
      const answer = target && (await this.#send(target, task));
      const end = this.#endOf(task, answer);
      figures.record('boards', faultsSoFar(), end, performance.now() - dueMs);
      if (end === 'ok') return answer;
      await new Promise((resolve) => setTimeout(resolve, backoffMs * attempt));
    }
    this.#givenUpCount += 1;
    return undefined;
  }

  #endOf({ path }: Task, answer: HttpResponse | undefined): RequestEnd {
    switch (answer?.status) {
      case 200:
      case 201:
      case 202:
        return 'ok';
      case 404:
        // A node that was cut off has not heard of new boards.
        this.#deniedCount += 1;
        return 'refused';
      case 503:
        return 'refused';
      case undefined:
      case 504:
        return 'unknown';
      default:
        this.#unpromised.push(`${path} answered with ${answer?.status}: ${answer?.body}`);
        return 'unknown';
    }
  }

  async #send({ api }: LoadTarget, { path, key, body }: Task): Promise<HttpResponse | undefined> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    try {
      const url = `${api}${path}`;
      return await this.#client.request({ url, method: 'POST', headers, body, timeoutMs });
    } catch (error) {
      if (error instanceof HttpClientError) return undefined;
      throw error;
    }
  }

  async #copiesOf(boardId: string, nodes: readonly LoadTarget[]): Promise<readonly BoardCopy[]> {
    const copies = await Promise.all(
      nodes.map(async ({ id: node }) => {
        const answer = await this.#options.readCopy(node, boardId).catch(() => undefined);
        if (answer?.status !== 200) return [];
        const { title, checklist, requests } = v.parse(copySchema, await answer.json());
        const carriedOut = Object.entries(requests).toSorted(([a], [b]) => (a < b ? -1 : 1));
        const text = JSON.stringify([title, checklist, carriedOut]);
        return [{ node, text, ids: checklist.map(({ id }) => id) }];
      }),
    );
    return copies.flat();
  }
}

/** Each item that a copy lacks, and where. */
function missingFrom(copies: readonly BoardCopy[], items: ReadonlySet<string>): readonly string[] {
  return [...items].flatMap((item) => {
    const without = copies.filter(({ ids }) => !ids.includes(item)).map(({ node }) => node);
    if (copies.length === 0) return [`${item} on every node`];
    return without.length === 0 ? [] : [`${item} on ${without.join()}`];
  });
}
