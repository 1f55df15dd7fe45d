import { beforeEach, describe, expect, test } from 'vitest';

import type { ProcessState } from '../../src/supervisor/child-node.ts';
import { ActionError, type NodeRequest } from '../../src/supervisor/controlled-cluster.ts';
import { Faults } from '../../src/supervisor/faults.ts';

let states: Record<string, ProcessState>;
let deaf: string[];
let told: Map<string, unknown>;
let marks: string[];
let faults: Faults;

beforeEach(() => {
  states = { n1: 'running', n2: 'running', n3: 'running' };
  deaf = [];
  told = new Map();
  marks = [];
  const nodeOf = (id: string) => ({ id, child: { state: states[id] ?? 'stopped' } });
  faults = new Faults({
    processes: {
      get all() {
        return Object.keys(states).map(nodeOf);
      },
      get(id) {
        if (id in states) return nodeOf(id);
        throw new ActionError(`there is no node ${id}`);
      },
    },
    client: {
      administer(id: string, { path, body = '' }: NodeRequest) {
        if (states[id] === 'paused') return new Promise(() => undefined);
        if (deaf.includes(id)) return Promise.resolve(new Response('', { status: 503 }));
        told.set(id, { path, ...(JSON.parse(body) as object) });
        return Promise.resolve(new Response('{}'));
      },
    },
    journal: { tell: () => undefined, mark: (kind, text) => marks.push(`${kind}: ${text}`) },
  });
});

const slow = { kind: 'slow', from: 'n1', to: 'n2', latencyMs: 50, jitterMs: 5 } as const;

describe('each node is told all that is wrong with it', () => {
  test('at once, whatever changed', async () => {
    await faults.partition([['n1', 'n2'], ['n3']]);
    await faults.setLinks([slow]);
    await faults.changeMachine('n1', { isDiskFull: true });
    const groups = [['n1', 'n2'], ['n3']];
    expect(told.get('n1')).toMatchObject({
      ...{ path: '/admin/faults', groups },
      rules: [{ kind: 'slow', peer: 'n2' }],
      machine: { isDiskFull: true },
    });
    expect(told.get('n2')).toMatchObject({ groups, rules: [] });
    expect(marks).toEqual([
      'fault: partition n1,n2/n3',
      'fault: slow 50..55 ms n1→n2',
      'fault: n1: disk full',
    ]);
  });

  test('a change of a machine leaves the rest of it', async () => {
    await faults.changeMachine('n1', { isDiskFull: true });
    await faults.changeMachine('n1', { clockSkewMs: 10 });
    expect(faults.machines).toMatchObject({ n1: { isDiskFull: true, clockSkewMs: 10 } });
    await faults.changeMachine('n1', { isDiskFull: false, clockSkewMs: 0 });
    expect(faults.machines).toEqual({});
  });

  test('healing ends everything', async () => {
    await faults.partition([['n1'], ['n2', 'n3']]);
    await faults.setLinks([slow]);
    await faults.changeMachine('n2', { syncDelayMs: 10 });
    await faults.heal();
    expect([faults.groups, faults.links, faults.machines]).toEqual([[], [], {}]);
    expect(told.get('n2')).toMatchObject({ groups: [], rules: [], machine: { syncDelayMs: 0 } });
  });
});

describe('who cannot be told', () => {
  test('is named if it was awaited; the others know all the same', async () => {
    deaf = ['n1', 'n3'];
    await expect(faults.partition([['n1'], ['n2', 'n3']])).rejects.toThrow(/from n1, n3;/);
    expect([...told.keys()]).toEqual(['n2']);
  });

  test('is not waited for while it is paused, starting or stopped', async () => {
    states = { n1: 'paused', n2: 'starting', n3: 'stopped' };
    await faults.partition([['n1'], ['n2', 'n3']]);
    expect([...told.keys()]).toEqual([]);
    // What it is told when it serves.
    expect(faults.of('n2')).toMatchObject({ groups: [['n1'], ['n2', 'n3']] });
  });

  test('because there is none of that name: nothing changes', async () => {
    await expect(faults.partition([['n1'], ['n9']])).rejects.toThrow(ActionError);
    await expect(faults.setLinks([{ ...slow, to: 'n9' }])).rejects.toThrow(ActionError);
    await expect(faults.changeMachine('n9', { isDiskFull: true })).rejects.toThrow(ActionError);
    expect([faults.groups, faults.links, faults.machines, told.size]).toEqual([[], [], {}, 0]);
  });
});
