import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { NodeStatus } from '../../src/observe/node-status.ts';
import {
  ActionError,
  type NodeRequest,
  NodeSilentError,
} from '../../src/supervisor/controlled-cluster.ts';
import type { NodePlan } from '../../src/supervisor/launch.ts';
import { Membership } from '../../src/supervisor/membership.ts';
import type { NodeProcess } from '../../src/supervisor/processes.ts';
import { FakeChild } from '../support/fake-child.ts';
import { nodeView } from '../support/node-view.ts';

let nodes: Map<string, NodeProcess>;
let leaderId: string | undefined;
let asked: string[];
let answers: (() => Response)[];
let told: string[];
let marks: string[];
let gone: string[];
let flags: string[];
let changeCount: number;
let trouble: string | undefined;
let membership: Membership;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  [asked, answers, told, marks, gone, flags] = [[], [], [], [], [], []];
  [changeCount, trouble, leaderId] = [0, undefined, 'n1'];
  nodes = new Map();
  for (const id of ['n1', 'n3']) add({ id, httpPort: 1, raftPort: 5_000 });
  membership = new Membership({
    host: '127.0.0.1',
    processes: {
      get ids() {
        return [...nodes.keys()];
      },
      get anyId() {
        return leaderId ?? 'n1';
      },
      get leader() {
        return leaderId === undefined ? undefined : nodes.get(leaderId);
      },
      add(plan, ...given) {
        flags.push(...given);
        return add(plan);
      },
      start: ({ child }) => child.start(),
      async dismiss({ id, child }) {
        await child.stop();
        nodes.delete(id);
      },
      get(id) {
        const node = nodes.get(id);
        if (node === undefined) throw new ActionError(`there is no node ${id}`);
        return node;
      },
      find: (id) => nodes.get(id),
    },
    client: {
      administer(id: string, { method, path, body = '' }: NodeRequest) {
        asked.push(`${id}: ${method} ${path} ${body}`.trim());
        const answer = answers.shift() ?? ((): Response => Response.json({}, { status: 202 }));
        return new Promise((resolve) => resolve(answer()));
      },
    },
    journal: {
      tell: (event) => told.push(`${event.event} ${'node' in event ? event.node : ''}`),
      mark: (kind, text) => marks.push(`${kind}: ${text}`),
    },
    onGone: (id) => gone.push(id),
    onChange: () => (changeCount += 1),
  });
});

afterEach(() => {
  vi.useRealTimers();
});

function add({ id, raftPort }: NodePlan): NodeProcess {
  const child = new FakeChild({
    ...{ id, args: [], env: () => ({}) },
    ...{ onLine: () => undefined, onExit: () => undefined },
  });
  child.trouble = trouble;
  const raft = `127.0.0.1:${raftPort}`;
  const feed = { close: () => undefined };
  const node = { id, api: '', raft, child, feed, status: undefined, statusAtMs: 0 };
  nodes.set(id, node);
  return node;
}

/** What the leader says: who takes part, and where they are. */
function statusWith(members: Readonly<Record<string, string | null>>): NodeStatus {
  const { status } = nodeView('n1');
  if (status === null) throw new Error('expected a status');
  const listed = Object.entries(members).map(([id, address]) => {
    return { id, address, step: 'member' as const };
  });
  return { ...status, members: listed };
}

const refusal = (status: number, retryable: boolean) => (): Response =>
  Response.json({ detail: 'no', retryable, indefinite: false }, { status });
const silence = (): Response => {
  throw new NodeSilentError('no answer');
};

describe('a node that is added', () => {
  test('gets a name of its own, waits to be let in, and is announced to the leader', async () => {
    leaderId = 'n3';
    expect(await membership.add()).toBe('n4');
    expect(flags).toEqual(['--join']);
    const raft = nodes.get('n4')?.raft ?? '';
    expect(asked).toEqual([`n3: POST /admin/nodes ${JSON.stringify({ id: 'n4', address: raft })}`]);
    expect([told, marks, changeCount]).toEqual([['joining n4'], ['repair: n4 joins'], 1]);
  });

  test('is announced again while nobody answers, or nobody leads', async () => {
    answers = [silence, refusal(503, true)];
    const adding = membership.add();
    await vi.waitFor(() => expect(asked.length).toBe(1));
    leaderId = undefined;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await adding).toBe('n4');
    expect(asked.map((one) => one.slice(0, 3))).toEqual(['n1:', 'n1:', 'n1:']);
  });

  test('ends again if it is refused, or does not start', async () => {
    answers = [refusal(409, false)];
    await expect(membership.add()).rejects.toThrow(new ActionError('no'));
    trouble = 'port taken';
    await expect(membership.add()).rejects.toThrow(ActionError);
    expect(gone).toEqual(['n4', 'n4']);
    expect([asked.length, marks, changeCount]).toEqual([1, [], 0]);
    expect([...nodes.keys()]).toEqual(['n1', 'n3']);
  });

  test('ends again if nobody answers for long', async () => {
    answers = Array.from({ length: 20 }, () => silence);
    const failing = expect(membership.add()).rejects.toThrow('no answer');
    await vi.waitFor(() => expect(asked.length).toBe(1));
    await vi.advanceTimersByTimeAsync(20_000);
    await failing;
    expect([asked.length, gone]).toEqual([20, ['n4']]);
  });

  test('has no vote if it only observes, and stays where it is if it is refused', async () => {
    const plan = { id: 'n5', httpPort: 1, raftPort: 5_005 };
    await membership.addObserver(plan);
    expect(asked[0]).toContain('"votes":false');
    answers = [refusal(409, false)];
    await expect(membership.addObserver({ ...plan, id: 'n6' })).rejects.toThrow('no');
    expect([gone, changeCount]).toEqual([[], 0]);
  });
});

describe('a node that is sent away', () => {
  const leave = (): Promise<void> => membership.remove('n3');

  test('ends, once, when the leader lists it no more and its boards are elsewhere', async () => {
    await leave();
    expect(asked).toEqual(['n1: DELETE /admin/nodes/n3']);
    expect([told, marks]).toEqual([['leaving n3'], ['fault: n3 leaves']]);
    membership.noticeGone(statusWith({ n1: null, n3: null }));
    expect(nodes.has('n3')).toBe(true);
    const n3 = nodes.get('n3');
    if (n3) n3.status = nodeView('n3', { boards: { copyCount: 1 } }).status ?? undefined;
    membership.noticeGone(statusWith({ n1: null }));
    expect(nodes.has('n3')).toBe(true);
    if (n3) n3.status = nodeView('n3').status ?? undefined;
    membership.noticeGone(statusWith({ n1: null }));
    membership.noticeGone(statusWith({ n1: null }));
    await vi.waitFor(() => expect(changeCount).toBe(1));
    expect([gone, [...nodes.keys()]]).toEqual([['n3'], ['n1']]);
  });

  test('stays if it has to, whatever the leader lists', async () => {
    answers = [refusal(409, false)];
    await expect(leave()).rejects.toThrow(ActionError);
    membership.noticeGone(statusWith({}));
    expect([nodes.has('n3'), told, marks]).toEqual([true, [], []]);
  });

  test('must be there', async () => {
    await expect(membership.remove('n9')).rejects.toThrow('there is no node n9');
    expect(asked).toEqual([]);
  });

  test('nobody ends because the leader lacks it that was not sent away', () => {
    membership.noticeGone(statusWith({}));
    expect([...nodes.keys()]).toEqual(['n1', 'n3']);
  });

  test('that ended meanwhile is not missed', async () => {
    await leave();
    nodes.delete('n3');
    membership.noticeGone(statusWith({ n1: null }));
    expect(gone).toEqual([]);
  });
});

test('who is elsewhere than the others think is announced anew, and nobody else', async () => {
  const n1 = nodes.get('n1');
  if (n1) n1.status = statusWith({ n1: null, n3: '127.0.0.1:4999', n8: '127.0.0.1:1' });
  await membership.announceMoved();
  expect(asked).toEqual([
    `n1: POST /admin/nodes ${JSON.stringify({ id: 'n3', address: '127.0.0.1:5000' })}`,
  ]);
  if (n1) n1.status = statusWith({ n3: '127.0.0.1:5000' });
  await membership.announceMoved();
  leaderId = undefined;
  await membership.announceMoved();
  expect(asked.length).toBe(1);
});
