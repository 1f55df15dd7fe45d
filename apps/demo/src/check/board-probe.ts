/**
 * Looks whether boards keep their promises by using one: some edits through every node, whatever is
 * wrong just then, a reader beside them, and a look at all copies once they had time.
 */
import { type BoardCopy, checkBoards, copyIn } from './board-check.ts';
import { BoardReader } from './board-reader.ts';
import type { BoardsReport, CheckReport } from './check-report.ts';

/** What a probe needs of a cluster. */
export interface ProbedCluster {
  /** The nodes that run, and whether nothing is wrong with any node or link. */
  readonly nodes: () => { readonly ids: readonly string[]; readonly isQuiet: boolean };
  /** Asks a node. Rejects if it does not answer. */
  readonly ask: (id: string, request: ProbeRequest) => Promise<Response>;
  /** Reads what only admins may. */
  readonly look: (id: string, path: string) => Promise<Response>;
  /** Lets time pass. */
  readonly wait: (ms: number) => Promise<void>;
}

/** A request to a node. */
export interface ProbeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const EDITS = 30;
const CLIENTS = 4;
const ATTEMPTS = 3;
const RETRY_MS = 150;
/** How long copies have to become equal. */
const SETTLE_MS = 8_000;
const LOOK_MS = 200;

/** A board of its own, and all that was confirmed of it. */
export class BoardProbe {
  readonly #cluster: ProbedCluster;
  readonly #name: string;
  readonly #reader = new BoardReader();
  readonly #confirmed: string[] = [];
  #sequence = 0;
  #turn = 0;

  /** @param name - Tells its board from those of other probes. */
  constructor(cluster: ProbedCluster, name: string) {
    this.#cluster = cluster;
    this.#name = name;
  }

  /** Edits, waits and judges: some seconds at most. */
  async run(): Promise<BoardsReport & CheckReport> {
    const boardId = await this.#board();
    if (boardId !== undefined) {
      const client = async (): Promise<void> => {
        for (let count = 0; count < EDITS / CLIENTS; count += 1) await this.#edit(boardId);
      };
      await Promise.all(Array.from({ length: CLIENTS }, client));
    }
    let report = await this.#judge(boardId, 'unfinished');
    for (let waitedMs = 0; report.verdict !== 'kept' && waitedMs < SETTLE_MS; waitedMs += LOOK_MS) {
      await this.#cluster.wait(LOOK_MS);
      report = await this.#judge(boardId, 'unfinished');
    }
    return report.verdict === 'kept' ? report : await this.#judge(boardId, 'finished');
  }

  async #board(): Promise<string | undefined> {
    const body = JSON.stringify({ title: 'Check' });
    const answer = await this.#insist('/v1/boards', `${this.#name} board`, body);
    const { id } = answer?.ok === true ? ((await answer.json()) as { readonly id?: string }) : {};
    return id;
  }

  async #edit(boardId: string): Promise<void> {
    const id = `${this.#name}-${(this.#sequence += 1)}`;
    const body = JSON.stringify({ operations: [{ kind: 'addItem', id, text: id }] });
    const answer = await this.#insist(`/v1/boards/${boardId}/ops`, id, body);
    if (answer?.status === 202) this.#confirmed.push(id);
    await this.#read(boardId);
  }

  async #read(boardId: string): Promise<void> {
    const since = encodeURIComponent(this.#reader.versionOf(boardId));
    const path = `/v1/boards/${boardId}/sync?since=${since}`;
    const answer = await this.#send({ method: 'GET', path, headers: {} });
    if (answer?.ok !== true) return;
    const { updates } = (await answer.json()) as { readonly updates: readonly string[] };
    this.#reader.take(boardId, updates);
  }

  /** Until it is done, on another node each time. */
  async #insist(path: string, key: string, body: string): Promise<Response | undefined> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const answer = await this.#send({ method: 'POST', path, headers, body });
      if (answer?.ok === true) return answer;
      await this.#cluster.wait(RETRY_MS * attempt);
    }
    return undefined;
  }

  /** To the nodes by turns. */
  async #send(request: ProbeRequest): Promise<Response | undefined> {
    const { ids } = this.#cluster.nodes();
    const id = ids[(this.#turn += 1) % Math.max(1, ids.length)];
    if (id === undefined) return undefined;
    return this.#cluster.ask(id, request).catch(() => undefined);
  }

  async #judge(
    boardId: string | undefined,
    time: 'unfinished' | 'finished',
  ): Promise<BoardsReport & CheckReport> {
    const { ids, isQuiet } = this.#cluster.nodes();
    const heard = await Promise.all(
      ids.map(async (id): Promise<readonly (readonly [string, BoardCopy])[]> => {
        const path = `/admin/boards/${boardId ?? ''}`;
        const answer = await this.#cluster.look(id, path).catch(() => undefined);
        return answer?.ok === true ? [[id, copyIn(await answer.text())]] : [];
      }),
    );
    const copies = new Map(heard.flat());
    return checkBoards({
      copies: new Map(boardId === undefined ? [] : [[boardId, copies]]),
      confirmed: this.#confirmed.map((itemId) => ({ boardId: boardId ?? '', itemId })),
      reads: this.#reader,
      isQuiet: isQuiet && time === 'finished',
      isWhole: isQuiet,
    });
  }
}
