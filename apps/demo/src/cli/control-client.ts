/** Says a shell command to the demo that runs, and its answer to the person who typed it. */
import { HttpClient, HttpClientError, type HttpRequest } from '../http-client.ts';
import type { ClusterView, NodeView } from '../supervisor/cluster-view.ts';
import { defaultControlFile, readControlFile } from '../supervisor/control-file.ts';
import type { ControlAction, ControlCommand } from './command.ts';

/** What to print and how to exit. */
export interface Reply {
  readonly text: string;
  /** 0 done, 1 refused, failed or not found. */
  readonly exitCode: 0 | 1;
}

const timeoutMs = 15_000;

/** Carries out one command. Never rejects. */
export async function runControlCommand(command: ControlCommand): Promise<Reply> {
  const { action, isJson } = command;
  const file = command.controlFile ?? defaultControlFile();
  const point = readControlFile(file);
  const absent: Reply = {
    text: `no demo is running (looked in ${file}); start one with: npx -y pnpm@12.21.0 run demo`,
    exitCode: 1,
  };
  if (!point) return absent;
  const client = new HttpClient();
  try {
    const { url, method = 'GET', headers = {}, body } = requestOf(action, point.url);
    const answer = await client.request({
      url,
      method,
      headers: { ...headers, authorization: `Bearer ${point.token}` },
      ...(body === undefined ? {} : { body }),
      timeoutMs,
    });
    const isDone = answer.status < 300;
    const text = isJson
      ? jsonReply(answer.status, answer.headers['etag'], answer.body)
      : plainReply(action, isDone, answer.body);
    return { text, exitCode: isDone ? 0 : 1 };
  } catch (error) {
    if (!(error instanceof HttpClientError)) throw error;
    const isRefused = error.message.includes('ECONNREFUSED');
    return isRefused ? absent : { text: error.message, exitCode: 1 };
  } finally {
    client.close();
  }
}

function requestOf(action: ControlAction, base: string): Omit<HttpRequest, 'timeoutMs'> {
  switch (action.kind) {
    case 'status':
      return { url: `${base}/api/view` };
    case 'heal':
    case 'stop':
      return { url: `${base}/api/${action.kind}`, method: 'POST' };
    case 'kill':
    case 'pause':
    case 'restart':
      return { url: nodeUrl(base, action.nodeId, action.kind), method: 'POST' };
    case 'resume': {
      const { nodeId } = action;
      const url = nodeId === undefined ? `${base}/api/resume` : nodeUrl(base, nodeId, 'resume');
      return { url, method: 'POST' };
    }
    case 'partition':
      return post(`${base}/api/partition`, { groups: action.groups });
    case 'load':
      return post(`${base}/api/load`, { ratePerSecond: action.ratePerSecond });
    case 'get':
      return { url: keyUrl(base, action.key, { node: action.nodeId, read: action.readMode }) };
    case 'put':
    case 'delete': {
      const url = keyUrl(base, action.key, { node: action.nodeId });
      const headers = action.ifMatch === undefined ? {} : { 'if-match': action.ifMatch };
      return action.kind === 'put'
        ? { url, method: 'PUT', headers, body: JSON.stringify({ value: action.value }) }
        : { url, method: 'DELETE', headers };
    }
  }
}

function post(url: string, document: unknown): Omit<HttpRequest, 'timeoutMs'> {
  return { url, method: 'POST', body: JSON.stringify(document) };
}

function nodeUrl(base: string, id: string, action: string): string {
  return `${base}/api/nodes/${encodeURIComponent(id)}/${action}`;
}

function keyUrl(
  base: string,
  key: string,
  query: Readonly<Record<string, string | undefined>>,
): string {
  const url = new URL(`${base}/api/config/${encodeURIComponent(key)}`);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url.href;
}

/** One line: what was answered, with the status. */
function jsonReply(status: number, etag: unknown, body: string): string {
  const document: unknown = body === '' ? {} : JSON.parse(body);
  const revision = typeof etag === 'string' ? { etag } : {};
  return JSON.stringify({ status, ...revision, body: document });
}

/** What the demo answers: a view, a key, or a problem. It runs the same sources. */
type Answered = ClusterView & {
  readonly value: string;
  readonly revision: number;
  readonly code: string;
  readonly detail: string;
  readonly indefinite: boolean;
};

function plainReply(action: ControlAction, isDone: boolean, body: string): string {
  const answered = JSON.parse(body === '' ? '{}' : body) as Answered;
  if (!isDone) return problemText(answered);
  switch (action.kind) {
    case 'get':
      return answered.value;
    case 'put':
      return `${action.key} is at revision ${answered.revision}`;
    case 'delete':
      return `${action.key} is deleted`;
    case 'stop':
      return 'the demo is stopping';
    case 'status':
    case 'heal':
    case 'kill':
    case 'pause':
    case 'restart':
    case 'resume':
    case 'partition':
    case 'load':
      return viewText(answered);
  }
}

function problemText({ code, detail, indefinite }: Answered): string {
  return `${code}: ${detail}.${indefinite ? ' It may still happen.' : ''}`;
}

function viewText(view: ClusterView): string {
  const lines = view.nodes.map(nodeText);
  const cut = view.groups.map((group) => group.join(',')).join(' | ');
  if (cut !== '') lines.push(`partition: ${cut}`);
  const { ratePerSecond, totals } = view.load;
  if (ratePerSecond > 0 || totals.checkedCount > 0) {
    const { acknowledgedCount, checkedCount, violationCount } = totals;
    lines.push(
      `load: ${ratePerSecond}/s, ${acknowledgedCount} writes acknowledged, ` +
        `${checkedCount} answers checked, ${violationCount} violations`,
    );
  }
  return lines.join('\n');
}

function nodeText({ id, api, process, pid, status }: NodeView): string {
  const head = `${id}  ${process.padEnd(8)}  ${api}  pid ${String(pid ?? '-').padEnd(7)}`;
  if (!status) return head.trimEnd();
  const { role, term, commitIndex, lastLogIndex } = status.raft;
  const damaged = status.raft.damaged.length;
  const damage = damaged === 0 ? '' : `  ${damaged} damaged entries`;
  return (
    `${head}  ${role.padEnd(9)}  term ${term}  ` +
    `committed ${commitIndex} of ${lastLogIndex}  ` +
    `state ${status.store.digest}${damage}`
  );
}
