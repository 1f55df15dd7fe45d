import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { soundMachine } from '../../src/machine-faults.ts';
import type { NodeEvent } from '../../src/observe/node-events.ts';
import { ActionError } from '../../src/supervisor/controlled-cluster.ts';
import { Processes, viewOf } from '../../src/supervisor/processes.ts';
import { FakeChild } from '../support/fake-child.ts';
import { nodeView } from '../support/node-view.ts';

let folder: string;
let processes: Processes;
let children: Map<string, FakeChild>;
let events: Map<string, (event: NodeEvent) => void>;
let closed: string[];
let told: string[];
let marks: string[];
let served: string[];
let groups: string[][];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quorate-test-'));
  children = new Map();
  events = new Map();
  [closed, told, marks, served, groups] = [[], [], [], [], []];
  processes = new Processes(
    {
      plans: [1, 2, 3].map((number) => planOf(`n${number}`)),
      ...{ host: '127.0.0.1', clusterId: 'c', dataDirectory: folder, mainFile: 'main.mjs' },
      ...{ adminToken: 'admin', peerSecret: 'peer' },
      carrier: { nodeArguments: [], nodeEnvironment: {} },
      settings: { allowsFaults: true, replicaCount: 3, fsync: 'always', logLevel: 'warn' },
      faultsOf: () => ({ groups, rules: [], machine: soundMachine }),
      journal: {
        tell: (event) => told.push(`${event.event} ${'node' in event ? event.node : ''}`),
        mark: (kind, text) => marks.push(`${kind}: ${text}`),
      },
      onEvent: () => undefined,
      onServing: ({ id }) => Promise.resolve(served.push(id)),
    },
    {
      child: (options) => {
        const child = new FakeChild(options);
        children.set(options.id, child);
        return child;
      },
      feed: (api, adminToken, onEvent) => {
        expect(adminToken).toBe('admin');
        const id = [...children.keys()].at(-1) ?? '';
        events.set(id, onEvent);
        return { close: () => closed.push(`${id} ${api}`) };
      },
    },
  );
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function planOf(id: string) {
  const number = Number(id.slice(1));
  return { id, httpPort: 4_000 + number, raftPort: 5_000 + number };
}

function child(id: string): FakeChild {
  const found = children.get(id);
  if (found === undefined) throw new Error(`there is no ${id}`);
  return found;
}

async function startAll(): Promise<void> {
  for (const node of processes.all) await processes.start(node);
}

/** A node says that it has this role in this term. */
function say(id: string, role: 'leader' | 'follower', term: number): void {
  const { status } = nodeView(id, { figures: { role, term } });
  if (status !== null) events.get(id)?.({ kind: 'status', status });
}

describe('nodes', () => {
  test('are known by name, in order, before they start', () => {
    expect(processes.ids).toEqual(['n1', 'n2', 'n3']);
    expect(processes.running).toEqual([]);
    expect([processes.anyId, processes.leader]).toEqual(['n1', undefined]);
    expect(processes.find('n9')).toBeUndefined();
    expect(() => processes.get('n9')).toThrow('there is no node n9; there are n1, n2, n3');
  });

  test('are given each other, and what is wrong at their start', async () => {
    expect(child('n2').options.args).toEqual(
      expect.arrayContaining(['--id=n2', '--peers=n1=127.0.0.1:5001,n3=127.0.0.1:5003']),
    );
    groups = [['n1'], ['n2']];
    const { QUORATE_FAULTS: faults = '', QUORATE_ADMIN_TOKEN: token } = child('n1').options.env();
    expect(JSON.parse(faults)).toMatchObject({ groups });
    expect(token).toBe('admin');
    await processes.start(processes.get('n1'));
    expect([told, served]).toEqual([['started n1'], ['n1']]);
  });

  test('say who leads: the newest term of those that run', async () => {
    await startAll();
    say('n1', 'leader', 2);
    say('n2', 'leader', 3);
    say('n3', 'follower', 3);
    expect([processes.leader?.id, processes.anyId]).toEqual(['n2', 'n2']);
    await processes.kill('n2');
    expect([processes.leader?.id, viewOf(processes.get('n2')).status]).toEqual(['n1', null]);
    processes.pause('n1');
    expect([processes.leader, processes.anyId]).toEqual([undefined, 'n3']);
  });

  test('that end by themselves are a fault, those that are ended are not', async () => {
    await startAll();
    child('n1').exit(3, null);
    expect([told.at(-1), marks.at(-1)]).toEqual(['exited n1', 'fault: n1 ended']);
    await processes.kill('n2');
    expect(marks.at(-1)).toBe('fault: kill n2');
  });

  test('write lines, which are told with their name', () => {
    child('n1').options.onLine('port taken');
    expect([told, marks]).toEqual([['log n1'], ['log: n1: port taken']]);
  });
});

describe('what cannot be done now is refused, and nothing happens', () => {
  test('with strangers', async () => {
    await expect(processes.kill('n9')).rejects.toThrow(ActionError);
    await expect(processes.restart('n9')).rejects.toThrow(ActionError);
    await expect(processes.loseBoards('n9')).rejects.toThrow(ActionError);
    expect(() => processes.pause('n9')).toThrow(ActionError);
    expect(() => processes.resume('n9')).toThrow(ActionError);
    expect([told, marks]).toEqual([[], []]);
  });

  test('with nodes that are stopped', async () => {
    await expect(processes.kill('n1')).rejects.toThrow('n1 is already stopped');
    expect(() => processes.pause('n1')).toThrow(new ActionError('n1 is stopped'));
    expect(() => processes.resume('n1')).toThrow(new ActionError('n1 is not paused'));
    processes.resume();
    expect([told, marks]).toEqual([[], []]);
  });

  test('twice', async () => {
    await startAll();
    await expect(processes.start(processes.get('n1'))).rejects.toThrow('n1 is running');
    processes.pause('n1');
    expect(() => processes.pause('n1')).toThrow('n1 is paused');
    processes.pause('n2');
    processes.resume();
    expect(marks.slice(-2)).toEqual(['repair: resume n1', 'repair: resume n2']);
    expect(() => processes.resume('n1')).toThrow('n1 is not paused');
  });

  test('while it starts', async () => {
    const starting = processes.start(processes.get('n1'));
    await expect(processes.restart('n1')).rejects.toThrow('n1 is already starting');
    await starting;
    expect(child('n1').told).toEqual(['start']);
  });
});

describe('a restart', () => {
  test('ends a node that runs or stands still, and starts one that does not', async () => {
    await startAll();
    processes.pause('n2');
    for (const id of ['n1', 'n2']) await processes.restart(id);
    expect(child('n2').told).toEqual(['start', 'kill', 'start']);
    await processes.kill('n3');
    await processes.restart('n3');
    expect(child('n3').told).toEqual(['start', 'kill', 'start']);
    expect(processes.running.length).toBe(3);
  });

  test('that fails says why, and can be tried again', async () => {
    child('n1').trouble = 'the disk is gone';
    await expect(processes.restart('n1')).rejects.toThrow(ActionError);
    expect(served).toEqual([]);
    child('n1').trouble = undefined;
    await processes.restart('n1');
    expect(served).toEqual(['n1']);
  });
});

describe('data', () => {
  test('of boards alone is lost with a machine', async () => {
    await startAll();
    for (const part of ['boards', 'raft']) mkdirSync(join(folder, 'n1', part), { recursive: true });
    await processes.loseBoards('n1');
    expect(['boards', 'raft'].map((part) => existsSync(join(folder, 'n1', part)))).toEqual([
      false,
      true,
    ]);
    expect(child('n1').state).toBe('stopped');
  });

  test('goes with a node that is dismissed, and nobody is told of that node any more', async () => {
    await startAll();
    const joining = processes.add(planOf('n4'), '--join');
    expect(child('n4').options.args).toContain('--join');
    await processes.start(joining);
    mkdirSync(join(folder, 'n4'));
    await processes.dismiss(joining);
    expect([existsSync(join(folder, 'n4')), processes.ids]).toEqual([false, ['n1', 'n2', 'n3']]);
    expect([child('n4').told.at(-1), closed]).toEqual(['stop', ['n4 http://127.0.0.1:4004']]);
    processes.add(planOf('n5'), '--join');
    expect(child('n5').options.args.join(' ')).not.toContain('n4=');
  });
});

test('in the end those that run stop one after the other, all of them expected to', async () => {
  await startAll();
  await processes.kill('n2');
  processes.pause('n3');
  told.length = 0;
  await processes.close();
  expect(told).toEqual(['exited n1', 'stopped n1', 'exited n3', 'stopped n3']);
  expect(child('n3').told.slice(-2)).toEqual(['expectExit', 'stop']);
  expect(marks.filter((mark) => mark.endsWith('ended'))).toEqual([]);
  expect(closed.length).toBe(3);
});
