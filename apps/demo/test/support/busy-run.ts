import { SimCluster, type SimInput } from '../../src/sim/sim-cluster.ts';

const create = (atMs: number, node: string, key: string): SimInput => ({
  atMs,
  kind: 'request',
  request: {
    node,
    method: 'POST',
    path: '/v1/boards',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ title: key }),
  },
});

/** Boards, configuration and faults on five nodes. */
export const busyInputs: readonly SimInput[] = [
  create(3_000, 'n1', 'first'),
  create(3_500, 'n2', 'second'),
  {
    atMs: 4_000,
    kind: 'request',
    request: {
      node: 'n3',
      method: 'PUT',
      path: '/v1/config/flags/dark',
      headers: { 'content-type': 'application/json' },
      body: '{"value":"on"}',
    },
  },
  { atMs: 5_000, kind: 'fault', fault: { kind: 'crash', node: 'n1', mode: 'power' } },
  create(6_000, 'n3', 'third'),
  { atMs: 7_000, kind: 'fault', fault: { kind: 'restart', node: 'n1' } },
  { atMs: 9_000, kind: 'fault', fault: { kind: 'partition', left: ['n1', 'n2'], right: ['n3'] } },
  create(10_000, 'n4', 'fourth'),
  { atMs: 12_000, kind: 'fault', fault: { kind: 'calm' } },
];

/** Seeds of runs that are made in Node and in a browser. */
export const seeds = [1, 2, 3] as const;

/** 15 s in which much happens. */
export async function busyRun(seed: number): Promise<SimCluster> {
  const cluster = new SimCluster({ seed, nodeCount: 5, inputs: busyInputs });
  await cluster.runTo(15_000);
  return cluster;
}
