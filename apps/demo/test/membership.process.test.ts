/**
 * Nodes that come and go on real processes. Goal: a new process becomes a voter that holds boards,
 * an old one leaves and its process ends, and keys stay; also when all is started again on other
 * ports. Method: the supervisor does what its page would, and the nodes themselves are asked.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';

import type { ClusterView } from '../src/supervisor/cluster-view.ts';
import { RealDemo } from './support/real-demo.ts';

let demo: RealDemo | undefined;

afterEach(async () => {
  await demo?.dispose();
  demo = undefined;
});

/** Whether these nodes are there, and all of them say that these and no others are members. */
function isSettled({ nodes }: ClusterView, ids: readonly string[]): boolean {
  return (
    nodes.map(({ id }) => id).join() === ids.join() &&
    nodes.every(({ status }) => {
      const names = [
        status?.raft.voters,
        status?.boards.members,
        status?.members.map(({ id }) => id),
      ];
      return names.every((list) => list?.toSorted().join() === ids.join());
    })
  );
}

test('a process joins, another leaves, and both last', { timeout: 180_000 }, async () => {
  demo = await RealDemo.start();
  const { dataDirectory } = demo;
  const [n1] = demo.nodes;
  const put = await demo.ask(n1!, '/v1/config/kept', { method: 'PUT', body: '{"value":"1"}' });
  expect(put.status).toBe(201);

  await demo.act('nodes');
  const grown = ['n1', 'n2', 'n3', 'n4'];
  const { nodes } = await demo.until('n4 is a member', (view) => isSettled(view, grown), 60_000);
  const n4 = nodes.find(({ id }) => id === 'n4')!;
  const read = await fetch(`${n4.api}/v1/config/kept`);
  expect(await read.json()).toMatchObject({ value: '1' });

  await demo.act('nodes/n2', undefined, 'DELETE');
  const rest = ['n1', 'n3', 'n4'];
  await demo.until('n2 has left', (view) => isSettled(view, rest), 60_000);
  expect(existsSync(join(dataDirectory, 'n2'))).toBe(false);
  await expect(demo.act('nodes/n2', undefined, 'DELETE')).rejects.toThrow(/there is no node n2/);

  await demo.stop();
  demo = await RealDemo.start(dataDirectory);
  await demo.until('the same three', (view) => isSettled(view, rest), 60_000);
  const again = await demo.ask(demo.nodes[0]!, '/v1/config/kept');
  expect(again.body).toContain('"1"');
});
