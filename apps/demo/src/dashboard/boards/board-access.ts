/** Boards through one node, over HTTP: what the page's clients are given. */
import { source } from '../source/source.ts';
import type { BoardAccess, BoardWatcher, Problem, SendAnswer, SyncAnswer } from './board-client.ts';

/** What came back, read and checked. */
interface Answer {
  readonly status: number;
  readonly document: unknown;
}

/** Whether a board was made. */
export type CreateAnswer =
  | { readonly kind: 'created'; readonly boardId: string }
  | { readonly kind: 'problem'; readonly problem: Problem };

/** One board through one node. */
export function boardAccess(nodeId: string, boardId: string): BoardAccess {
  const path = `/${encodeURIComponent(boardId)}`;
  return {
    nodeId,
    async send(update): Promise<SendAnswer> {
      const answer = await ask(nodeId, `${path}/ops`, { body: JSON.stringify({ update }) });
      const [version, copies] = [
        field(answer.document, 'version'),
        field(answer.document, 'copies'),
      ];
      if (answer.status < 300 && typeof version === 'string' && typeof copies === 'number') {
        return { kind: 'done', version, copies };
      }
      return { kind: 'problem', problem: problemOf(answer) };
    },
    async sync(version): Promise<SyncAnswer> {
      const answer = await ask(nodeId, `${path}/sync?since=${encodeURIComponent(version)}`);
      const updates = textsOf(field(answer.document, 'updates'));
      if (answer.status < 300 && updates !== undefined) return { kind: 'updates', updates };
      return { kind: 'problem', problem: problemOf(answer) };
    },
    watch(version, watcher) {
      const since = `since=${encodeURIComponent(version)}`;
      const stop = source.events(`${pathTo(nodeId)}${path}/events?${since}`, {
        opened: watcher.opened,
        event: (data) => {
          const updates = textsOf(field(jsonOf(data), 'updates'));
          if (updates !== undefined) watcher.news(updates);
        },
        lost: () => {
          // A stream that ends does not say why, and begins again at a version of the past.
          stop();
          void whyLost(nodeId, path, watcher);
        },
      });
      return stop;
    },
  };
}

/** Makes a board. Asked again with the same `key`, it is the same one. */
export async function createBoard(
  nodeId: string,
  request: { readonly title: string; readonly key: string },
): Promise<CreateAnswer> {
  const answer = await ask(nodeId, '', {
    body: JSON.stringify({ title: request.title }),
    headers: { 'idempotency-key': request.key },
  });
  const id = field(answer.document, 'id');
  if (answer.status < 300 && typeof id === 'string') return { kind: 'created', boardId: id };
  return { kind: 'problem', problem: problemOf(answer) };
}

/** The title of a board; nothing if it cannot be read now. */
export async function titleOf(nodeId: string, boardId: string): Promise<string | undefined> {
  const { status, document } = await ask(nodeId, `/${encodeURIComponent(boardId)}`);
  const title = field(document, 'title');
  return status === 200 && typeof title === 'string' ? title : undefined;
}

async function ask(
  nodeId: string,
  path: string,
  post?: { readonly body: string; readonly headers?: Readonly<Record<string, string>> },
): Promise<Answer> {
  const headers = { 'content-type': 'application/json', ...post?.headers };
  try {
    const response = await source.request(
      `${pathTo(nodeId)}${path}`,
      post === undefined ? { method: 'GET' } : { method: 'POST', headers, body: post.body },
    );
    return { status: response.status, document: jsonOf(await response.text()) };
  } catch {
    return { status: 0, document: undefined };
  }
}

async function whyLost(nodeId: string, path: string, watcher: BoardWatcher): Promise<void> {
  const answer = await ask(nodeId, path);
  watcher.ended(answer.status === 200 ? unreachable : problemOf(answer));
}

function pathTo(nodeId: string): string {
  return `/api/node/${encodeURIComponent(nodeId)}/v1/boards`;
}

const unreachable: Problem = {
  code: 'unreachable',
  detail: 'the node does not answer',
  indefinite: true,
};

function problemOf({ document }: Answer): Problem {
  const code = field(document, 'code');
  const detail = field(document, 'detail');
  if (typeof code !== 'string' || typeof detail !== 'string') return unreachable;
  return { code, detail, indefinite: field(document, 'indefinite') === true };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function field(document: unknown, name: string): unknown {
  if (typeof document !== 'object' || document === null) return undefined;
  return Object.getOwnPropertyDescriptor(document, name)?.value;
}

function textsOf(given: unknown): readonly string[] | undefined {
  if (!Array.isArray(given)) return undefined;
  return given.filter((each) => typeof each === 'string');
}
